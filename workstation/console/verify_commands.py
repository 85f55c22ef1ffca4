"""The deployer's commands: verify, receipt create, and at the workstation receipt admit."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Final

from workstation import bootstrap
from workstation.console.opening import desk_of, signing_key
from workstation.console.reply import REFUSED, Reply, refusal_reply
from workstation.core import strict_json
from workstation.core.checkpoint import parse_note
from workstation.core.errors import MediaError, Untrusted
from workstation.core.journal_proof import parse_journal_proof
from workstation.core.receipt import Receipt, Result, parse_receipt
from workstation.core.recompute import Recomputed, recompute
from workstation.core.release_statement import parse_release
from workstation.core.request import parse_request
from workstation.core.shape import Shape, time_text
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.verdict import Blocked
from workstation.desk.face import Refused
from workstation.intake.release_reader import ReadRelease, read_release
from workstation.review.prepare import NamedFile, artifact_signers_in_process
from workstation.tokens.signing_key import signed_envelope
from workstation.trust.verification import verify_repository

KNOWN_FILE: Final = "known-versions.json"
RECEIPT_LIMIT: Final = 4 * 1024 * 1024
CHECKS: Final = (
    "every digest on the medium",
    "trust root and its threshold",
    "every signature on request, evidence and countersignatures",
    "builder set, approvers, quorum and verdict recomputed",
    "every review opened with the card that signed it, and its risky findings acknowledged",
    "journal checkpoint, inclusion and consistency",
)


def verify(arguments: Namespace) -> Reply:
    """Recompute builder set, approvers, quorum and verdict from what travelled; no network, no state."""
    found = _recomputed(Path(arguments.directory), _root(arguments), _time(arguments))
    if arguments.known is not None:
        _remember(Path(arguments.known), found)
    blocked = isinstance(found.verdict, Blocked)
    return Reply(document=_document(found), lines=tuple(_lines(found)), status=REFUSED if blocked else 0)


def receipt_create(arguments: Namespace) -> Reply:
    """Sign a receipt for a release; with --root it is verified first, and only a good one gets a receipt."""
    directory = Path(arguments.directory)
    read = read_release(directory)
    verified: tuple[str, ...] = CHECKS[:1]
    if arguments.root is not None:
        found = _recomputed(directory, _root(arguments), bootstrap.current_time())
        if isinstance(found.verdict, Blocked) and arguments.result != Result.REJECTED.value:
            raise Untrusted(
                str(directory), f"blocked by {', '.join(found.verdict.rules)}; nothing was signed"
            )
        verified = CHECKS
    request = parse_request(read.contents.request_bundle, read.documents)
    with signing_key(arguments, arguments.token) as key:
        receipt = Receipt(
            release=parse_release(read.contents.release, where="release").envelope.digest,
            request=request.id,
            environment=Shape(arguments.environment, "--environment").identifier(),
            deployer=key.public_key.fingerprint,
            result=Shape(arguments.result, "--result").choice(Result),
            verified=verified,
            at=bootstrap.current_time(),
            checkpoint=_checkpoint(read),
        )
        envelope = signed_envelope(receipt.to_statement(request.manifest), key)
    out = Path(arguments.out)
    _write_new(out, envelope.received)
    lines = (f"Receipt for release {receipt.release} written to {out}",)
    return Reply(document={"receipt": envelope.digest, "file": str(out)}, lines=lines)


def _checkpoint(read: ReadRelease) -> str:
    """Return the workstation's checkpoint as the release has it; the receipt carries it back."""
    note = parse_journal_proof(read.contents.proof, where="journal proof").checkpoint
    parse_note(note)
    return note.decode()


def receipt_admit(arguments: Namespace) -> Reply:
    """Take a receipt back into the workstation."""
    signed = parse_receipt(_bytes(Path(arguments.file), RECEIPT_LIMIT), where=Path(arguments.file).name)
    with desk_of(arguments) as desk:
        outcome = desk.admit_receipt(signed)
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    said = signed.receipt
    lines = (f"Receipt admitted: {said.result.value} in {said.environment}, journal entry {outcome}",)
    return Reply(document={"receipt": signed.envelope.digest, "entry": outcome}, lines=lines)


def _recomputed(directory: Path, root: bytes, now: datetime) -> Recomputed:
    read: ReadRelease = read_release(directory)
    trust = verify_repository(read.contents.trust, root=root, now=now)
    signers = artifact_signers_in_process(_artifacts(directory, read))
    return recompute(read.contents, read.documents, trust.snapshot, now=now, artifact_signers=signers)


def _artifacts(directory: Path, read: ReadRelease) -> list[NamedFile]:
    """Return where the artifacts lie on the medium: their bytes were compared with their digests already."""
    blobs = directory / "blobs" / "sha256"
    manifest = parse_request(read.contents.request_bundle, read.documents).manifest
    return [NamedFile(name=one.name, path=blobs / one.digest) for one in manifest]


def _document(found: Recomputed) -> JsonObject:
    builders: list[JsonValue] = [*found.builders.to_json()]
    approvers: list[JsonValue] = [{"person": one.id, "name": one.name} for one in found.quorum.approvers]
    violations: list[JsonValue] = []
    if isinstance(found.verdict, Blocked):
        violations = [violation.to_json() for violation in found.verdict.violations]
    return {
        "verdict": "blocked" if violations else "allowed",
        "release": found.release,
        "product": found.said.purl,
        "channel": found.said.channel,
        "request": found.request.id,
        "builders": builders,
        "approvers": approvers,
        "violations": violations,
        "roster": {"version": found.trust.roster.version, "digest": found.trust.roster.digest},
        "policy": {"version": found.trust.policy.version, "digest": found.trust.policy.digest},
        "journal": found.head.to_json(),
        "artifacts": [artifact.to_subject() for artifact in found.request.manifest],
    }


def _lines(found: Recomputed) -> list[str]:
    names = found.trust.roster
    lines = [
        f"Release {found.release}",
        f"  {found.said.purl} in channel {found.said.channel}",
        "  builder set:",
    ]
    lines += [
        f"    {names.name_of(edge.person)} ← {' ← '.join(edge.because)}" for edge in found.builders.edges
    ]
    lines += ["  approvers, none of them a builder:"]
    lines += [f"    {person.name} ({person.id})" for person in found.quorum.approvers]
    needs = ", ".join(f"{met.have} of {met.need.at_least} {met.need.role}" for met in found.quorum.needs)
    lines += [
        f"  quorum: {needs}",
        f"  roster version {names.version}, policy version {found.trust.policy.version}",
        f"  journal {found.head.origin} at {found.head.size} entries, released {time_text(found.said.at)}",
    ]
    if isinstance(found.verdict, Blocked):
        lines += ["■ BLOCKED"]
        lines += [f"  {violation.rule}: {violation.detail}" for violation in found.verdict.violations]
    else:
        lines += ["✔ ALLOWED: recomputed from what travelled, without trusting the workstation"]
    return lines


def _remember(directory: Path, found: Recomputed) -> None:
    """Refuse roster, policy and journal older than any seen, and remember these."""
    path = directory / KNOWN_FILE
    now = {
        "roster": found.trust.roster.version,
        "policy": found.trust.policy.version,
        found.head.origin: found.head.size,
    }
    seen: dict[str, int] = {}
    if path.exists():
        fields = Shape(strict_json.parse_object(_bytes(path, RECEIPT_LIMIT), where=str(path)), str(path))
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


def _root(arguments: Namespace) -> bytes:
    return _bytes(Path(arguments.root), RECEIPT_LIMIT)


def _time(arguments: Namespace) -> datetime:
    if arguments.at is None:
        return bootstrap.current_time()
    return Shape(arguments.at, "--at").time()


def _bytes(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise MediaError(str(path), f"more than {limit} bytes found")
    return data


def _write_new(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error
