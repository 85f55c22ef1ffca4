"""Taking the spool over into the journal once it is unlocked, and starting the next one."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from workstation.core.entry import Draft, Kind, Outcome, parse_time, time_to_json
from workstation.core.errors import Malformed
from workstation.core.public_key import from_loaded
from workstation.core.shape import Shape
from workstation.core.strict_json import JsonObject, parse_object
from workstation.journal import hpke
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.secret import derived, held
from workstation.journal.spool import (
    NO_RECORD,
    NONCE_BYTES,
    SPOOL,
    SpoolHead,
    SpoolRecord,
    following,
    read_head,
    record_info,
    records,
    tag_of,
    write_head,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec

    from workstation.core.entry import EntryTime
    from workstation.journal.opened import Opened

SPOOLED: Final = frozenset(
    {Kind.BOOT, Kind.TOKEN_INSERT, Kind.TOKEN_REMOVE, Kind.PIN_FAILED, Kind.UNLOCK_FAILED}
)
"""What can happen before the journal is unlocked."""

_MOST_FINDINGS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """What a spool holds: drafts in their order, what was found wrong with it, and its last hash."""

    drafts: tuple[Draft, ...]
    findings: tuple[str, ...]
    head: bytes


def import_spool(opened: Opened, directory: Path, time: EntryTime) -> int:
    """Append what the spool holds, and what is wrong with it; begin the next. Return how many entries.

    Raises JournalFailure (disk). If the machine stops in between, a record may come twice, never not.
    """
    found = read_spool(opened, directory)
    if found.drafts or found.findings:
        for draft in (_summary(found), *found.drafts):
            opened.append(draft, time)
    # An empty spool that is sound stays: nothing is written at a start where nothing happened.
    if found.drafts or found.findings:
        begin_spool(opened, directory)
        return 1 + len(found.drafts)
    return 0


def begin_spool(opened: Opened, directory: Path) -> None:
    """Begin an empty spool that the journal's present key opens; raises JournalFailure (disk)."""
    nonce = os.urandom(NONCE_BYTES)
    recipient = from_loaded(_own(opened).public_key(), where="spool")
    with held(_first_key(opened, nonce)) as key:
        head = SpoolHead(
            origin=opened.log.head().origin, recipient=recipient, nonce=nonce, index=0, key=bytes(key)
        )
    try:
        fd = os.open(directory / SPOOL, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            write_head(directory, head)
            os.ftruncate(fd, 0)
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, f"the spool could not be begun ({error})") from error


def read_spool(opened: Opened, directory: Path) -> Spooled:
    """Return what the spool holds, with what was found wrong with it."""
    data = b""
    with suppress(FileNotFoundError):
        data = (directory / SPOOL).read_bytes()
    found, end = records(data)
    findings: list[str] = []
    if end != len(data):
        findings.append(f"spool: what stands behind record {len(found) - 1} does not follow on")
    try:
        head = read_head(directory)
    except (JournalFailure, Malformed) as error:
        return Spooled(drafts=(), findings=(f"spool: {error}",), head=_last(found))
    own = from_loaded(_own(opened).public_key(), where="spool")
    if (head.origin, head.recipient.fingerprint) != (opened.log.head().origin, own.fingerprint):
        findings.append("spool: it is sealed to somebody else")
    findings.extend(_tag_findings(opened, head, found))
    drafts: list[Draft] = []
    prev = NO_RECORD
    for record in found:
        try:
            drafts.append(_draft(_unsealed(opened, head, record, prev)))
        except (JournalFailure, Malformed) as error:
            findings.append(f"spool record {record.index}: {error}")
        prev = record.hash
    return Spooled(drafts=tuple(drafts), findings=tuple(findings[:_MOST_FINDINGS]), head=_last(found))


def _tag_findings(opened: Opened, head: SpoolHead, found: list[SpoolRecord]) -> list[str]:
    findings: list[str] = []
    key = bytes(_first_key(opened, head.nonce))
    for record in found:
        if tag_of(key, record.hash) != record.tag:
            findings.append(f"spool record {record.index}: its tag is not the one made when it was written")
        before, key = key, following(key)
        if record.index + 1 == len(found) and (head.index, head.key) == (record.index, before):
            return findings  # power went between the record and its key's end
    if (head.index, head.key) != (len(found), key):
        findings.append(f"spool: {len(found)} records are there, {head.index} were written")
    return findings


def _unsealed(opened: Opened, head: SpoolHead, record: SpoolRecord, prev: bytes) -> bytearray:
    own = _own(opened)
    point, sealed = record.sealed[: hpke.POINT_BYTES], record.sealed[hpke.POINT_BYTES :]
    recipient = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    info = record_info(head.origin, head.nonce, record.index, prev)
    return hpke.unseal(hpke.agreed(own, point), point, recipient, info, sealed)


def _draft(text: bytearray) -> Draft:
    fields = Shape(parse_object(bytes(text).rstrip(b" "), where="spool"), "spool").fields(
        "kind", "payload", "time"
    )
    kind = fields["kind"].choice(Kind)
    if kind not in SPOOLED:
        raise fields["kind"].wanted("something that happens before the journal is unlocked")
    payload = fields["payload"].value
    if not isinstance(payload, dict):
        raise fields["payload"].wanted("an object")
    time = time_to_json(parse_time(fields["time"]))
    return Draft(kind=kind, outcome=Outcome.INFO, payload={**payload, "spooled": time})


def _summary(found: Spooled) -> Draft:
    said: JsonObject = {
        "records": len(found.drafts),
        "head": found.head.hex(),
        "findings": [*found.findings],
    }
    outcome = Outcome.FAILED if found.findings else Outcome.DONE
    return Draft(kind=Kind.JOURNAL_SPOOL, outcome=outcome, payload=said)


def _own(opened: Opened) -> ec.EllipticCurvePrivateKey:
    with held(derived(opened.key, "spool")) as material:
        return hpke.key_pair(material)


def _first_key(opened: Opened, nonce: bytes) -> bytearray:
    return derived(opened.key, "spool/" + nonce.hex())


def _last(found: list[SpoolRecord]) -> bytes:
    return found[-1].hash if found else NO_RECORD
