"""OpenPGP packets, subpackets and numbers (RFC 9580 sections 3.2, 4.2 and 5.2.3.7), strictly.

No partial or indeterminate lengths: keys and signatures have none. Nothing is decompressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from workstation.core.errors import Malformed

_PACKET, _NEW_FORMAT = 0x80, 0x40
_TWO_OCTETS, _PARTIAL, _FIVE_OCTETS = 192, 224, 255
_OLD_LENGTHS: Final = {0: 1, 1: 2, 2: 4}
_MOST_PACKETS: Final = 20_000
_CRITICAL: Final = 0x80


class Tag(IntEnum):
    """The packets that matter here (RFC 9580 section 5)."""

    SIGNATURE = 2
    SECRET_KEY = 5
    PUBLIC_KEY = 6
    SECRET_SUBKEY = 7
    PUBLIC_SUBKEY = 14


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its tag as a number and its body."""

    tag: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Subpacket:
    """One subpacket of a signature; `critical` means it must be understood."""

    kind: int
    critical: bool
    body: bytes


class Cursor:
    """A place in some bytes from which the next are taken; running out is Malformed."""

    def __init__(self, data: bytes, where: str) -> None:
        self._data, self._place, self.where = data, 0, where

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._place

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        if count > self.left:
            raise Malformed(self.where, "OpenPGP data that is cut short")
        self._place += count
        return self._data[self._place - count : self._place]

    def number(self, width: int) -> int:
        """Return the next `width` bytes as a number."""
        return int.from_bytes(self.take(width), "big")

    def mpi(self) -> int:
        """Return a multiprecision integer, whose bit count must be exact (RFC 9580 section 3.2)."""
        bits = self.number(2)
        value = int.from_bytes(self.take((bits + 7) // 8), "big")
        if value.bit_length() != bits:
            raise Malformed(self.where, f"a number of {value.bit_length()} bits found, {bits} announced")
        return value

    def finish(self) -> None:
        """Refuse bytes that are left."""
        if self.left:
            raise Malformed(self.where, f"{self.left} bytes after the end found, none wanted")


def packets_in(data: bytes, *, where: str) -> tuple[Packet, ...]:
    """Return every packet; raises Malformed."""
    found = tuple(_packets(Cursor(data, where)))
    if not found:
        raise Malformed(where, "no OpenPGP packet found")
    return found


def subpackets_in(area: bytes, *, where: str) -> tuple[Subpacket, ...]:
    """Return every subpacket of a signature's hashed or unhashed area; raises Malformed."""
    return tuple(_subpackets(Cursor(area, where)))


def _packets(cursor: Cursor) -> Iterator[Packet]:
    for _ in range(_MOST_PACKETS):
        if not cursor.left:
            return
        head = cursor.number(1)
        if not head & _PACKET:
            raise Malformed(cursor.where, "no OpenPGP packet where one should begin")
        tag, length = (head & 0x3F, _new_length(cursor)) if head & _NEW_FORMAT else _old(head, cursor)
        yield Packet(tag, cursor.take(length))
    raise Malformed(cursor.where, f"more than {_MOST_PACKETS} OpenPGP packets found")


def _old(head: int, cursor: Cursor) -> tuple[int, int]:
    width = _OLD_LENGTHS.get(head & 3)
    if width is None:
        raise Malformed(cursor.where, "an OpenPGP packet of indeterminate length found")
    return head >> 2 & 0x0F, cursor.number(width)


def _new_length(cursor: Cursor) -> int:
    first = cursor.number(1)
    if first < _TWO_OCTETS:
        return first
    if first < _PARTIAL:
        return (first - _TWO_OCTETS << 8) + cursor.number(1) + _TWO_OCTETS
    if first == _FIVE_OCTETS:
        return cursor.number(4)
    raise Malformed(cursor.where, "an OpenPGP packet of partial length found")


def _subpackets(cursor: Cursor) -> Iterator[Subpacket]:
    while cursor.left:
        first = cursor.number(1)
        if first >= _TWO_OCTETS:
            wide = first == _FIVE_OCTETS
            first = cursor.number(4) if wide else (first - _TWO_OCTETS << 8) + cursor.number(1) + _TWO_OCTETS
        body = cursor.take(first)
        if not body:
            raise Malformed(cursor.where, "an empty OpenPGP subpacket found")
        yield Subpacket(body[0] & ~_CRITICAL, bool(body[0] & _CRITICAL), body[1:])
