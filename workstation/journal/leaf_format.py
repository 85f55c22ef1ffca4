"""The leaf log's bytes: a header with two seal slots and a closing mark, then frames of 80 bytes.

Offsets and layouts are in docs/spec/journal.md. Every piece ends with eight bytes of SHA-256 over
itself, which find accidents; what finds forgery is the tree and the seals.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from workstation.journal.failure import FailureName, JournalFailure

LEAF_LOG: Final = "leaf.log"
"""Its name in the journal's directory."""

HEADER_BYTES: Final = 4096
FRAME_BYTES: Final = 80
SLOT_OFFSETS: Final = (0, 2048)
MARK_OFFSET: Final = 1024
_CHECK_BYTES: Final = 8
_FRAME: Final = struct.Struct(">Q32s32s")
_SLOT: Final = struct.Struct(">4sQ32s")
_MARK: Final = struct.Struct(">4sQ")
SLOT_BYTES: Final = _SLOT.size + _CHECK_BYTES
MARK_BYTES: Final = _MARK.size + _CHECK_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One entry in the leaf log: its number, leaf hash and seal."""

    seq: int
    leaf: bytes
    seal: bytes

    def to_bytes(self) -> bytes:
        """Return the 80 bytes."""
        return _checked(b"\x03", _FRAME.pack(self.seq, self.leaf, self.seal))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Slot:
    """The key that will seal entry `index`."""

    index: int
    key: bytes

    def to_bytes(self) -> bytes:
        """Return the 52 bytes."""
        return _checked(b"\x05", _SLOT.pack(b"SEAL", self.index, self.key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the header says: slots by place (None: empty or torn), and the size at an orderly close."""

    slots: tuple[Slot | None, Slot | None]
    torn: bool
    """One slot is neither empty nor whole, as when power went while it was written."""

    closed_at: int | None

    def slot_of(self, index: int) -> Slot | None:
        """Return the slot with the key of entry `index`."""
        return next((slot for slot in self.slots if slot and slot.index == index), None)

    @property
    def newest(self) -> int:
        """The highest index in a slot, or -1."""
        return max((slot.index for slot in self.slots if slot), default=-1)


def mark_bytes(size: int) -> bytes:
    """Return the 20 bytes that say the journal was closed in order with `size` entries."""
    return _checked(b"\x06", _MARK.pack(b"SHUT", size))


def parse_frame(data: bytes) -> Frame | None:
    """Return the frame in 80 bytes, or None when it is torn or damaged."""
    if len(data) != FRAME_BYTES or not _is_checked(b"\x03", data):
        return None
    seq, leaf, seal = _FRAME.unpack_from(data)
    return Frame(seq=seq, leaf=leaf, seal=seal)


def parse_header(data: bytes, count: int) -> Header:
    """Return the header of a log of `count` frames; raises JournalFailure (damaged).

    A byte where none belongs is damage; a closing mark that was being written, or taken away, is none.
    """
    slot_data = [data[at : at + SLOT_BYTES] for at in SLOT_OFFSETS]
    first, second = (_slot(each) for each in slot_data)
    if len(data) != HEADER_BYTES or any(_between(data)):
        raise JournalFailure(FailureName.DAMAGED, "the leaf log's header is damaged")
    return Header(
        slots=(first, second),
        torn=any(slot is None and any(each) for slot, each in zip((first, second), slot_data, strict=True)),
        closed_at=_closed_at(data[MARK_OFFSET : MARK_OFFSET + MARK_BYTES], mark_bytes(count)),
    )


def _between(data: bytes) -> bytes:
    first, second = SLOT_OFFSETS
    gaps = (
        (first + SLOT_BYTES, MARK_OFFSET),
        (MARK_OFFSET + MARK_BYTES, second),
        (second + SLOT_BYTES, HEADER_BYTES),
    )
    return b"".join(data[start:stop] for start, stop in gaps)


def _slot(data: bytes) -> Slot | None:
    if len(data) != SLOT_BYTES or not _is_checked(b"\x05", data):
        return None
    magic, index, key = _SLOT.unpack_from(data)
    return Slot(index=index, key=key) if magic == b"SEAL" else None


def _closed_at(data: bytes, mark: bytes) -> int | None:
    if not any(data) or _is_torn(data, mark):
        return None
    if not _is_checked(b"\x06", data):
        raise JournalFailure(FailureName.DAMAGED, "the leaf log's closing mark is damaged")
    size: int = _MARK.unpack_from(data)[1]
    return size


def _is_torn(data: bytes, mark: bytes) -> bool:
    """Say whether the mark got no further than before its check, or has lost its beginning already.

    Neither is one turned bit away from a whole mark.
    """
    written = (mark[:stop].ljust(MARK_BYTES, b"\0") for stop in range(1, _MARK.size + 1))
    taken_away = (bytes(stop) + mark[stop:] for stop in range(1, MARK_BYTES))
    return data in {*written, *taken_away}


def _checked(kind: bytes, data: bytes) -> bytes:
    return data + hashlib.sha256(kind + data).digest()[:_CHECK_BYTES]


def _is_checked(kind: bytes, data: bytes) -> bool:
    return _checked(kind, data[:-_CHECK_BYTES]) == data
