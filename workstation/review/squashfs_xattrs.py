"""The extended attributes of a squashfs image (kernel's Documentation/filesystems/squashfs.rst, 3.8)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from workstation.review.ledger import Lie
from workstation.review.source import text_of

if TYPE_CHECKING:
    from workstation.review.squashfs_blocks import Blocks

_TABLE: Final = struct.Struct("<QII")
_ROW: Final = struct.Struct("<QII")
_REFERENCE: Final = struct.Struct("<Q")
_PREFIXES: Final = ("user.", "trusted.", "security.")
_ELSEWHERE: Final = 0x100  # the value stands once for several attributes, and here is where
_MOST: Final = 1000
_LARGEST: Final = 65_536  # XATTR_SIZE_MAX


def attributes_of(blocks: Blocks, table: int | None, number: int, path: str) -> dict[str, bytes]:
    """Return the attributes in a row of the table by name; raises Lie."""
    if table is None:
        raise Lie(path, "it has extended attributes, and the image has none")
    start, rows, _ = _TABLE.unpack(blocks.plain(table, _TABLE.size))
    if number >= rows:
        raise Lie(path, "its extended attributes are not in the image's table")
    place, count, _ = _ROW.unpack(blocks.row(table + _TABLE.size, number, _ROW.size))
    if count > _MOST:
        raise Lie(path, f"{count} extended attributes found")
    reading = _Reading(blocks, start, place, path)
    return dict(reading.attribute() for _ in range(count))


class _Reading:
    """Reads attribute after attribute from a place in their own metadata."""

    def __init__(self, blocks: Blocks, start: int, place: int, path: str) -> None:
        self._blocks, self._first, self._path = blocks, start, path
        self._start, self._offset = start + (place >> 16), place & 0xFFFF

    def attribute(self) -> tuple[str, bytes]:
        kind, length = struct.unpack("<HH", self._bytes(4))
        name = text_of(self._bytes(length))
        value = self.value()
        if kind & _ELSEWHERE:
            if len(value) != _REFERENCE.size:
                raise Lie(self._path, "an extended attribute's value is elsewhere, and nobody can say where")
            (place,) = _REFERENCE.unpack(value)
            value = _Reading(self._blocks, self._first, place, self._path).value()
        kind &= ~_ELSEWHERE
        prefix = _PREFIXES[kind] if kind < len(_PREFIXES) else f"{kind}."
        return prefix + name, value

    def value(self) -> bytes:
        """Return the value that stands here; raises Lie."""
        size = int.from_bytes(self._bytes(4), "little")
        if size > _LARGEST:
            raise Lie(self._path, f"an extended attribute of {size} bytes found")
        return self._bytes(size)

    def _bytes(self, count: int) -> bytes:
        if not count:
            return b""
        data, self._start, self._offset = self._blocks.metadata(self._start, self._offset, count)
        return data
