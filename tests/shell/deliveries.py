"""What builders bring: small real packages, evidence about them, and bundles, well-formed and not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.archives import sdist, wheel
from shell.cast import BUILDER_ID, PACKAGE, SOURCE

from workstation.core import statement
from workstation.core.oci_layout import RELEASE_BUNDLE, REQUEST_BUNDLE, Bundle
from workstation.core.request import REQUEST_TITLE
from workstation.intake.medium import Medium
from workstation.release.layout_writer import Content, hashed_file, write_bundle
from workstation.tokens.pem import PemKey
from workstation.tokens.signing_key import signed_envelope

Document = dict[str, Any]
Change = Callable[[Document], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One version of the package, and the evidence its CI made."""

    version: str
    artifacts: tuple[Path, ...]
    evidence: tuple[Path, ...]

    def words(self, key: Path, out: Path, previous: Path | None = None) -> tuple[str, ...]:
        """Return the words of `request create` for it."""
        following = () if previous is None else ("--previous", str(previous))
        return (
            "request", "create", "--product", f"pkg:pypi/{PACKAGE}@{self.version}", "--channel", "stable",
            "--artifact", *map(str, self.artifacts), "--evidence", *map(str, self.evidence),
            "--source", SOURCE, "--to", self.version, *following, "--key", f"pem:{key}", "--out", str(out),
        )  # fmt: skip


def delivered(
    version: str,
    directory: Path,
    ci_key: Path,
    *,
    builder_id: str = BUILDER_ID,
    actor: str = "forge:1002",
) -> Delivery:
    """Build a version of the package and the evidence about it."""
    directory.mkdir(parents=True)
    code = f"VERSION = {version!r}\n\n\ndef tide(hour):\n    return hour % 12\n".encode()
    artifacts = {
        f"{PACKAGE}-{version}-py3-none-any.whl": wheel(PACKAGE, version, {f"{PACKAGE}/__init__.py": code}),
        f"{PACKAGE}-{version}.tar.gz": sdist(PACKAGE, version, {f"{PACKAGE}/__init__.py": code}),
    }
    made = _written(directory, artifacts)
    subjects = [{"name": path.name, "digest": {"sha256": hashed_file(path)[0]}} for path in made]
    evidence: dict[str, tuple[str, Document]] = {
        "provenance.dsse.json": (statement.PROVENANCE, _provenance(version, builder_id, actor)),
        "tests.dsse.json": (statement.TEST_RESULT, {"result": "PASSED", "configuration": []}),
    }
    key = PemKey(ci_key)
    signed = {name: _signed(subjects, kind, said, key) for name, (kind, said) in evidence.items()}
    return Delivery(version=version, artifacts=made, evidence=_written(directory, signed))


def forged(bundle: Path, out: Path, key: Path, change: Change) -> None:
    """Write a request bundle again with its statement changed, signed anew as its builder would."""
    contents, layers = _contents(bundle)
    payload = payload_of(contents[REQUEST_TITLE])
    change(payload)
    envelope = signed_envelope(json.dumps(payload).encode(), PemKey(key)).received
    relaid(out, contents | {REQUEST_TITLE: envelope}, layers)


def relaid(out: Path, contents: Mapping[str, bytes], bundle: Bundle, *, name: str = "request") -> None:
    """Write a bundle of these contents under the media types `bundle` gives them."""
    types = {layer.title: layer.media_type for layer in bundle.layers}
    found = [Content(title=t, media_type=types[t], source=data) for t, data in contents.items()]
    write_bundle(out, bundle.bundle_type, found, name=name)


def rewritten(release: Path, out: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write a release again with other contents, and digests to match."""
    with Medium(release) as medium:
        bundle = medium.bundle(RELEASE_BUNDLE)
        contents = {layer.title: medium.read(layer) for layer in bundle.layers}
    change(contents)
    relaid(out, contents, bundle, name="release")
    return out


def without_a_countersignature(contents: dict[str, bytes]) -> None:
    """Take one approver's countersignature out of a release."""
    del contents["countersignature.p-alice.dsse.json"]


def payload_of(envelope: bytes) -> Document:
    """Return the document in a DSSE envelope."""
    payload: Document = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    return payload


def blob_of(bundle: Path, title: str, bundle_type: str = REQUEST_BUNDLE) -> Path:
    """Return the path of the blob a bundle keeps under a title."""
    with Medium(bundle) as medium:
        layers = medium.bundle(bundle_type).layers
    return bundle / "blobs" / "sha256" / next(layer.digest for layer in layers if layer.title == title)


def _contents(directory: Path) -> tuple[dict[str, bytes], Bundle]:
    with Medium(directory) as medium:
        bundle = medium.bundle(REQUEST_BUNDLE)
        return {layer.title: medium.read(layer) for layer in bundle.layers}, bundle


def _written(directory: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    for name, data in files.items():
        (directory / name).write_bytes(data)
    return tuple(directory / name for name in files)


def _signed(subjects: list[Document], kind: str, predicate: Document, key: PemKey) -> bytes:
    payload = {
        "_type": statement.STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": kind,
        "predicate": predicate,
    }
    return signed_envelope(json.dumps(payload).encode(), key).received


def _provenance(version: str, builder_id: str, actor: str) -> Document:
    return {
        "buildDefinition": {
            "buildType": "https://ci.example.org/build-types/python-package/v1",
            "externalParameters": {"tag": version},
            "internalParameters": {"actorId": actor, "triggeringActorId": actor},
            "resolvedDependencies": [{"uri": f"{SOURCE}@refs/tags/{version}"}],
        },
        "runDetails": {"builder": {"id": builder_id}, "metadata": {"invocationId": f"run-{version}"}},
    }
