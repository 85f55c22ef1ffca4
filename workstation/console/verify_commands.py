"""The deployer's commands: verify, receipt create, and at the workstation receipt admit."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Final

from workstation import bootstrap
from workstation.console.documents import read_document
from workstation.console.opening import desk_of, signing_key
from workstation.console.recomputing import DOCUMENT_LIMIT, recomputed, remember
from workstation.console.reply import REFUSED, Reply, refusal_reply
from workstation.core.checkpoint import parse_note
from workstation.core.errors import MediaError, Untrusted
from workstation.core.journal_proof import parse_journal_proof
from workstation.core.receipt import Receipt, Result, parse_receipt
from workstation.core.recompute import Recomputed
from workstation.core.release_statement import parse_release
from workstation.core.request import parse_request
from workstation.core.shape import Shape, time_text
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.verdict import Blocked
from workstation.desk.face import Refused
from workstation.intake.release_reader import ReadRelease, read_release
from workstation.tokens.signing_key import signed_envelope

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
    found = recomputed(Path(arguments.directory), _root(arguments), _time(arguments))
    if arguments.known is not None:
        remember(Path(arguments.known), found)
    blocked = isinstance(found.verdict, Blocked)
    return Reply(document=_document(found), lines=tuple(_lines(found)), status=REFUSED if blocked else 0)


def receipt_create(arguments: Namespace) -> Reply:
    """Sign a receipt for a release; with --root it is verified first, and only a good one gets a receipt."""
    directory = Path(arguments.directory)
    read = read_release(directory)
    verified: tuple[str, ...] = CHECKS[:1]
    if arguments.root is not None:
        found = recomputed(directory, _root(arguments), bootstrap.current_time())
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
    signed = parse_receipt(
        read_document(arguments.file, limit=DOCUMENT_LIMIT), where=Path(arguments.file).name
    )
    with desk_of(arguments) as desk:
        outcome = desk.admit_receipt(signed)
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    said = signed.receipt
    lines = (f"Receipt admitted: {said.result.value} in {said.environment}, journal entry {outcome}",)
    return Reply(document={"receipt": signed.envelope.digest, "entry": outcome}, lines=lines)


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


def _root(arguments: Namespace) -> bytes:
    return read_document(arguments.root, limit=DOCUMENT_LIMIT)


def _time(arguments: Namespace) -> datetime:
    if arguments.at is None:
        return bootstrap.current_time()
    return Shape(arguments.at, "--at").time()


def _write_new(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error
