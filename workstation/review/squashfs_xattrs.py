"""The names of extended attributes in a squashfs image; what they hold shows as other bytes of the image."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from workstation.review.ledger import Lie
from workstation.review.source import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.squashfs_blocks import Blocks

_TABLE: Final = struct.Struct("<QII")
_ROW: Final = struct.Struct("<QII")
_PREFIXES: Final = ("user.", "trusted.", "security.")
_MOST: Final = 1000


def attribute_names(blocks: Blocks, table: int | None, number: int, path: str) -> Iterator[str]:
    """Yield the names of the attributes in a row of the table; raises Lie."""
    if table is None:
        raise Lie(path, "it has extended attributes, and the image has none")
    start, rows, _ = _TABLE.unpack(blocks.plain(table, _TABLE.size))
    if number >= rows:
        raise Lie(path, "its extended attributes are not in the image's table")
    place, count, _ = _ROW.unpack(blocks.row(table + _TABLE.size, number, _ROW.size))
    if count > _MOST:
        raise Lie(path, f"{count} extended attributes found")
    start, offset = start + (place >> 16), place & 0xFFFF
    for _ in range(count):
        head, start, offset = blocks.metadata(start, offset, 4)
        kind, length = struct.unpack("<HH", head)
        name, start, offset = blocks.metadata(start, offset, length)
        head, start, offset = blocks.metadata(start, offset, 4)
        _, start, offset = blocks.metadata(start, offset, int.from_bytes(head, "little"))
        prefix = _PREFIXES[kind & 0xFF] if kind & 0xFF < len(_PREFIXES) else f"{kind & 0xFF}."
        yield prefix + text_of(name)
