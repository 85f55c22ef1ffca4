"""Recomputing a release as a deployer does: from what travelled, with no state and no network.

It stands on the core and on the readers of media, artifacts and trust roots. A contract among the floors
keeps everything that decides, keeps state or reaches a token out of it, even by a detour.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Final

from workstation.console.documents import read_document
from workstation.core import strict_json
from workstation.core.errors import MediaError, Untrusted
from workstation.core.recompute import Recomputed, recompute
from workstation.core.request import parse_request
from workstation.core.shape import Shape
from workstation.intake.release_reader import ReadRelease, read_release
from workstation.review.prepare import NamedFile
from workstation.review.unwalled import artifact_signers_in_process
from workstation.trust.verification import verify_repository

KNOWN_FILE: Final = "known-versions.json"
DOCUMENT_LIMIT: Final = 4 * 1024 * 1024


def recomputed(directory: Path, root: bytes, now: datetime) -> Recomputed:
    """Return what follows from the release in `directory`; raises Malformed, Untrusted and MediaError."""
    read: ReadRelease = read_release(directory)
    trust = verify_repository(read.contents.trust, root=root, now=now)
    signers = artifact_signers_in_process(_artifacts(directory, read))
    return recompute(read.contents, read.documents, trust.snapshot, now=now, artifact_signers=signers)


def _artifacts(directory: Path, read: ReadRelease) -> list[NamedFile]:
    """Return where the artifacts lie on the medium: their bytes were compared with their digests already."""
    blobs = directory / "blobs" / "sha256"
    manifest = parse_request(read.contents.request_bundle, read.documents).manifest
    return [NamedFile(name=one.name, path=blobs / one.digest) for one in manifest]


def remember(directory: Path, found: Recomputed) -> None:
    """Refuse roster and policy older than any seen, and remember these; raises Untrusted and MediaError."""
    path = directory / KNOWN_FILE
    now = {
        "roster": found.trust.roster.version,
        "policy": found.trust.policy.version,
        found.head.origin: found.head.size,
    }
    seen: dict[str, int] = {}
    if path.exists():
        fields = Shape(
            strict_json.parse_object(read_document(str(path), limit=DOCUMENT_LIMIT), where=str(path)),
            str(path),
        )
        seen = {name: shape.integer(0, 2**53 - 1) for name, shape in fields.open_fields().each()}
    for name, value in now.items():
        # A journal goes on between two releases, but they may be verified in any order.
        if name in ("roster", "policy") and value < seen.get(name, 0):
            raise Untrusted(name, f"version {value} found, version {seen[name]} has been seen here")
    merged = {name: max(value, seen.get(name, 0)) for name, value in now.items()}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(seen | merged))
        unfinished.replace(path)
    except OSError as error:
        raise MediaError(str(directory), f"cannot be written: {error.strerror}") from error
