"""The Authenticode signatures in a Windows program (Microsoft's PE Format: attribute certificate table)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from workstation.review.ledger import Lie
from workstation.review.source import Source

MAGIC: Final = b"MZ"
_OFFSET_AT: Final = 0x3C
_FILE_HEADER: Final = 24
# Where the data directories begin in the optional header of 32 and 64 bit programs.
_DIRECTORIES: Final = {0x10B: 96, 0x20B: 112}
_SECURITY: Final = 4
_TABLE_HEAD: Final = struct.Struct("<IHH")
_SIGNED_DATA: Final = 2
_MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_TABLES: Final = 64


def pe_signatures(source: Source, where: str) -> Iterator[bytes]:
    """Yield each CMS signature of a program; nothing for what is no PE file. Raises Lie for a damaged one."""
    place, size = _table(source)
    if size > _MOST_BYTES or place + size > source.size:
        raise Lie(where, "the program's table of certificates lies outside it")
    end = place + size
    for _ in range(_MOST_TABLES):
        if end - place < _TABLE_HEAD.size:
            return
        length, _, kind = _TABLE_HEAD.unpack(source.at(place, _TABLE_HEAD.size))
        if not _TABLE_HEAD.size <= length <= end - place:
            raise Lie(where, "an entry of the program's table of certificates is damaged")
        if kind == _SIGNED_DATA:
            yield _without_padding(source.at(place + _TABLE_HEAD.size, length - _TABLE_HEAD.size))
        place += length + -length % 8
    raise Lie(where, f"more than {_MOST_TABLES} certificates in the program's table")


def _table(source: Source) -> tuple[int, int]:
    """Return where the table is in the file, and its size; nowhere when there is none."""
    start = _number(source, _OFFSET_AT, 4)
    if source.at(start, 4) != b"PE\0\0":
        return 0, 0
    optional = start + _FILE_HEADER
    directories = _DIRECTORIES.get(_number(source, optional, 2))
    if directories is None or _number(source, optional + directories - 4, 4) <= _SECURITY:
        return 0, 0
    entry = optional + directories + 8 * _SECURITY
    return _number(source, entry, 4), _number(source, entry + 4, 4)


def _number(source: Source, place: int, width: int) -> int:
    return int.from_bytes(source.at(place, width), "little")


def _without_padding(entry: bytes) -> bytes:
    """Return the DER value at the beginning; an entry is filled up with zeros to eight bytes."""
    head = entry[:6]
    count = head[1] & 0x7F if len(head) > 1 and head[1] & 0x80 else 0
    length = int.from_bytes(head[2 : 2 + count], "big") if count else (head[1] if len(head) > 1 else 0)
    whole = 2 + count + length
    return entry if entry[whole:].strip(b"\0") else entry[:whole]
