"""The builder's commands: `request create` and `request show`."""

from __future__ import annotations

import mimetypes
import os
import shutil
from argparse import Namespace
from datetime import timedelta
from pathlib import Path
from typing import Final

from workstation import bootstrap
from workstation.console.checkout import with_history
from workstation.console.opening import signing_key
from workstation.console.reply import Reply
from workstation.core import dsse, statement, strict_json
from workstation.core.errors import Malformed, MediaError, WorkstationError
from workstation.core.evidence import (
    CYCLONEDX_MEDIA_TYPE,
    DSSE_MEDIA_TYPE,
    OCTETS_MEDIA_TYPE,
    SPDX_MEDIA_TYPE,
    Evidence,
    Provenance,
    parse_evidence,
    summary,
)
from workstation.core.manifest import Artifact
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.core.public_key import PublicKey
from workstation.core.release_contents import is_reserved
from workstation.core.request import REQUEST_TITLE, Request, parse_request
from workstation.core.shape import Shape, time_text
from workstation.core.source_history import Source
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.intake.release_reader import read_release
from workstation.intake.request_reader import read_request
from workstation.release.layout_writer import Content, hashed_file, write_bundle
from workstation.tokens.signing_key import signed_envelope

GOOD_FOR_DAYS: Final = 14
OUTPUTS: Final = ("dsse-release", "journal-proof")


def create(arguments: Namespace) -> Reply:
    """Make a request and write it as a bundle."""
    evidence = [_evidence(Path(path)) for path in arguments.evidence]
    artifacts = [_artifact(Path(path)) for path in arguments.artifact]
    with signing_key(arguments, arguments.key) as key:
        predicate = _predicate(arguments, key.public_key, [item for item, _ in evidence])
        payload = statement.make_statement([a for a, _ in artifacts], statement.REQUEST, predicate)
        envelope = signed_envelope(payload, key)
    contents = [
        Content(title=REQUEST_TITLE, media_type=DSSE_MEDIA_TYPE, source=envelope.received),
        *(Content(title=a.name, media_type=OCTETS_MEDIA_TYPE, source=path) for a, path in artifacts),
        *(Content(title=e.name, media_type=e.media_type, source=data) for e, data in evidence),
    ]
    out = Path(arguments.out)
    write_bundle(out, REQUEST_BUNDLE, contents, name="request")
    request = _read_back(out)
    lines = (f"Request {request.id} written to {out}", *_described(request))
    return Reply(document={"request": request.id, "directory": str(out)}, lines=lines)


def show(arguments: Namespace) -> Reply:
    """Show a request as its bundle has it; signatures are looked at by a workstation."""
    request = read_request(Path(arguments.directory))
    manifest: list[JsonValue] = [artifact.to_subject() for artifact in request.manifest]
    evidence: list[JsonValue] = [
        {"name": item.name, "digest": item.digest, "summary": summary(item.content)}
        for item in request.evidence
    ]
    document: JsonObject = {
        "request": request.id,
        "product": request.product.to_string(),
        "channel": request.channel,
        "submitter": request.submitter,
        "created": time_text(request.created),
        "notAfter": time_text(request.not_after),
        "manifest": manifest,
        "evidence": evidence,
    }
    return Reply(document=document, lines=(f"Request {request.id}", *_described(request)))


def _described(request: Request) -> list[str]:
    lines = [
        f"  {request.product.to_string()} in channel {request.channel}",
        f"  submitted with key {request.submitter}, good until {time_text(request.not_after)}",
    ]
    lines += [f"  artifact {one.name}  {one.size} bytes  sha256 {one.digest}" for one in request.manifest]
    lines += [f"  evidence {one.name}: {summary(one.content)}" for one in request.evidence]
    return lines


def _read_back(directory: Path) -> Request:
    """Read what was just written as a workstation will; nothing of it stays when it would be refused."""
    try:
        return read_request(directory)
    except WorkstationError:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _predicate(arguments: Namespace, key: PublicKey, evidence: list[Evidence]) -> JsonObject:
    created = bootstrap.current_time()
    product = Shape(arguments.product, "--product").purl(with_version=True)
    builders = [item.content.builder_id for item in evidence if isinstance(item.content, Provenance)]
    listed: list[JsonValue] = [
        {"name": item.name, "digest": item.digest, "mediaType": item.media_type} for item in evidence
    ]
    predicate: JsonObject = {
        "requestId": f"{product.name}-{product.version}-{created:%Y%m%dT%H%M%SZ}",
        "product": product.to_string(),
        "channel": Shape(arguments.channel, "--channel").identifier(),
        "submitter": key.fingerprint,
        "builtBy": [*dict.fromkeys(builders)],
        "created": time_text(created),
        "notAfter": time_text(created + timedelta(days=arguments.good_for)),
        "evidence": listed,
        "outputs": [*OUTPUTS],
    }
    if arguments.source is not None:
        predicate["source"] = _source(arguments).to_json()
    elif _asked(arguments, "checkout") is not None:
        raise Malformed("--checkout", "nothing found under --source, where the checkout is from wanted")
    if arguments.previous is not None:
        predicate["previousRelease"] = _previous(Path(arguments.previous))
    for name, option in (("preparedBy", "prepared_by"), ("courier", "courier")):
        if (who := _asked(arguments, option)) is not None:
            predicate[name] = who
    return predicate


def _source(arguments: Namespace) -> Source:
    if arguments.to is None:
        raise Malformed("--to", "nothing found, the revision that was built wanted with --source")
    source = Source(
        uri=arguments.source,
        since=getattr(arguments, "from"),
        until=arguments.to,
        identities=tuple(arguments.identity),
        tag_signer=_asked(arguments, "tag_signer"),
    )
    checkout = _asked(arguments, "checkout")
    return source if checkout is None else with_history(source, Path(checkout))


def _asked(arguments: Namespace, option: str) -> str | None:
    """Return an option that only `add_source_options` knows; other callers leave it out."""
    value: str | None = getattr(arguments, option, None)
    return value


def _previous(directory: Path) -> JsonObject:
    """Name the release this follows by its request bundle's own documents, so that it cannot be mistaken."""
    read = read_release(directory)
    request = parse_request(read.contents.request_bundle, read.documents)
    return {"product": request.product.to_string(), "digest": request.id}


def _artifact(path: Path) -> tuple[Artifact, Path]:
    name = Shape(path.name, f"--artifact {path}").identifier()
    _refuse_reserved(name)
    digest, size = hashed_file(path)
    return Artifact(name=name, size=size, digest=digest), path


def _evidence(path: Path) -> tuple[Evidence, bytes]:
    name = Shape(path.name, f"--evidence {path}").identifier()
    _refuse_reserved(name)
    data = _bytes(path)
    return parse_evidence(name, _media_type(path, data), data), data


def _media_type(path: Path, data: bytes) -> str:
    if path.suffix == ".json":
        found = Shape(strict_json.parse_object(data, where=path.name, decimals=True), path.name).open_fields()
        if found.get("payloadType") is not None:
            dsse.parse_envelope(data, where=path.name)
            return DSSE_MEDIA_TYPE
        if found.get("bomFormat") is not None:
            return CYCLONEDX_MEDIA_TYPE
        if found.get("spdxVersion") is not None:
            return SPDX_MEDIA_TYPE
    return mimetypes.guess_type(path.name)[0] or OCTETS_MEDIA_TYPE


def _refuse_reserved(name: str) -> None:
    if name == REQUEST_TITLE or is_reserved(name):
        raise Malformed(name, "a name kept for the workstation's own documents found")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError(os.fspath(path), f"cannot be read: {error.strerror}") from error
