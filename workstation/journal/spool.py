"""The spool: what happens before the journal is unlocked, sealed so that only its holders can read it.

Each record is sealed (HPKE) to a key made from the journal key, chained to the one before by hash, and
tagged with a key that is gone once the record is written. Whoever takes the machine reads nothing,
alters nothing, and takes nothing away from the end unnoticed.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.public_key import PublicKey
from workstation.core.shape import Shape
from workstation.journal import hpke
from workstation.journal.envelope import unlock_key
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import p256
from workstation.journal.secret import KEY_BYTES

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from workstation.core.strict_json import JsonObject

SPOOL: Final = "spool.log"
SPOOL_HEAD: Final = "spool.json"
NO_RECORD: Final = bytes(32)
NONCE_BYTES: Final = 16
TAG_BYTES: Final = 32
MOST_RECORDS: Final = 10_000
_HEADER: Final = struct.Struct(">4sIQ32s")
_MAGIC: Final = b"SPL1"
_PADDING: Final = 256
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolHead:
    """Who can read the spool, which spool it is, and the key that tags record number `index`."""

    origin: str
    recipient: PublicKey
    nonce: bytes
    index: int
    key: bytes

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        document: JsonObject = {
            "origin": self.origin,
            "spki": base64.b64encode(self.recipient.spki).decode(),
            "nonce": self.nonce.hex(),
            "index": self.index,
            "key": self.key.hex(),
        }
        return canonical(document, where=SPOOL_HEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolRecord:
    """One record as it stands in the file: number, hash, ephemeral point and sealed text, tag."""

    index: int
    hash: bytes
    sealed: bytes
    tag: bytes


def spool(directory: Path, said: JsonObject) -> None:
    """Append one record, durably; no secret is needed. Raises JournalFailure (missing, damaged, disk)."""
    try:
        with _locked(directory / SPOOL) as fd:
            _append(directory, fd, said)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, f"the spool could not be written ({error})") from error


def records(data: bytes) -> tuple[list[SpoolRecord], int]:
    """Return the whole records at the beginning of `data` that follow on, and how many bytes they take."""
    found: list[SpoolRecord] = []
    at, prev = 0, NO_RECORD
    while len(data) - at >= _HEADER.size:
        magic, length, index, before = _HEADER.unpack_from(data, at)
        end = at + _HEADER.size + length
        if (magic, index, before) != (_MAGIC, len(found), prev) or end + TAG_BYTES > len(data):
            break
        prev = hashlib.sha256(b"\x08" + data[at:end]).digest()
        sealed, tag = data[at + _HEADER.size : end], data[end : end + TAG_BYTES]
        found.append(SpoolRecord(index=index, hash=prev, sealed=sealed, tag=tag))
        at = end + TAG_BYTES
    return found, at


def record_info(origin: str, nonce: bytes, index: int, prev: bytes) -> bytes:
    """Return what a record's seal is bound to."""
    return b"countersign/spool/v1\n" + origin.encode() + b"\n" + nonce + index.to_bytes(8, "big") + prev


def tag_of(key: bytes | bytearray, record_hash: bytes) -> bytes:
    """Return a record's tag under its own key."""
    return hmac.digest(key, record_hash, "sha256")


def following(key: bytes | bytearray) -> bytes:
    """Return the key of the record after."""
    return hashlib.sha256(b"\x09" + key).digest()


def read_head(directory: Path) -> SpoolHead:
    """Return the spool's head; raises JournalFailure (missing) and Malformed."""
    try:
        data = (directory / SPOOL_HEAD).read_bytes()
    except OSError as error:
        raise JournalFailure(FailureName.MISSING, f"{SPOOL_HEAD} cannot be read ({error})") from error
    fields = Shape(parse_canonical(data, where=SPOOL_HEAD), SPOOL_HEAD).fields(
        "origin", "spki", "nonce", "index", "key"
    )
    nonce = fields["nonce"].text(at_most=2 * NONCE_BYTES)
    return SpoolHead(
        origin=fields["origin"].printable(),
        recipient=unlock_key(fields["spki"].base64(), where=f"{SPOOL_HEAD}.spki"),
        nonce=_hex(fields["nonce"], nonce, NONCE_BYTES),
        index=fields["index"].integer(0, MOST_RECORDS),
        key=_hex(fields["key"], fields["key"].text(at_most=2 * KEY_BYTES), KEY_BYTES),
    )


def write_head(directory: Path, head: SpoolHead) -> None:
    """Replace the head in one step, durably; raises OSError."""
    fresh = directory / f"{SPOOL_HEAD}.new"
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.write(fd, head.to_bytes())
        os.fsync(fd)
    finally:
        os.close(fd)
    fresh.replace(directory / SPOOL_HEAD)


def _append(directory: Path, fd: int, said: JsonObject) -> None:
    head = read_head(directory)
    data = os.pread(fd, os.fstat(fd).st_size, 0)
    found, end = records(data)
    if head.index >= MOST_RECORDS:
        raise JournalFailure(FailureName.REFUSED, f"the spool has {MOST_RECORDS} records, and takes no more")
    if len(found) == head.index + 1 and tag_of(head.key, found[-1].hash) == found[-1].tag:
        head = _ratcheted(directory, head)  # power went between a record and its key's end
    prev = found[-1].hash if found else NO_RECORD
    os.ftruncate(fd, end)
    os.pwrite(fd, _record(head, prev, said), end)
    os.fsync(fd)
    _ratcheted(directory, head)


def _record(head: SpoolHead, prev: bytes, said: JsonObject) -> bytes:
    text = canonical(said, where="spool")
    if len(text) > _LONGEST:
        raise JournalFailure(FailureName.REFUSED, f"a record of {len(text)} bytes is too long")
    # Padded, so that the length does not tell what happened.
    padded = bytearray(text + b" " * (-len(text) % _PADDING))
    info = record_info(head.origin, head.nonce, head.index, prev)
    point, sealed = hpke.seal(padded, p256(head.recipient), info)
    body = _HEADER.pack(_MAGIC, len(point) + len(sealed), head.index, prev) + point + sealed
    return body + tag_of(head.key, hashlib.sha256(b"\x08" + body).digest())


def _ratcheted(directory: Path, head: SpoolHead) -> SpoolHead:
    fresh = SpoolHead(
        origin=head.origin,
        recipient=head.recipient,
        nonce=head.nonce,
        index=head.index + 1,
        key=following(head.key),
    )
    write_head(directory, fresh)
    return fresh


@contextmanager
def _locked(path: Path) -> Generator[int]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)


def _hex(shape: Shape, text: str, length: int) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise shape.wanted(f"{2 * length} hex digits") from error
    if len(found) != length or found.hex() != text:
        raise shape.wanted(f"{2 * length} hex digits")
    return found
