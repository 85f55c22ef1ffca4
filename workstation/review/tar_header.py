"""One tar header block of 512 bytes: v7, ustar, GNU (POSIX.1-1988 ustar; GNU tar manual, "Standard")."""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache
from typing import Final, NamedTuple

from workstation.review.ledger import Lie

BLOCK: Final = 512
_FIELDS: Final = struct.Struct("100s24s12s12s8sc100s8s")
_MAGIC: Final = b"ustar\0"
_PREFIX: Final = slice(345, 500)
_OCTAL: Final = re.compile(rb" *([0-7]*)[ \0]*(?:\0.*)?", re.DOTALL)
_BLANK_CHECKSUM: Final = 8 * 0x20
_SUM: Final = 0xFFFF
_NEGATIVE: Final = 0xFF
_BINARY: Final = 0x80


class TarHeader(NamedTuple):
    """The fields of one header as they stand; names are raw bytes.

    There are a hundred thousand of them in a large tree, and a tuple is made in a third of the time.
    """

    name: bytes
    target: bytes
    kind: bytes
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int


def parse_header(block: bytes, where: str) -> TarHeader:
    """Return the header in `block`; raises Lie when its checksum or a number is wrong."""
    name, rights, size, mtime, checksum, kind, target, magic = _FIELDS.unpack_from(block)
    if _number(checksum, where) != _checksum(block):
        raise Lie(where, "a tar header's checksum is wrong")
    name = name.partition(b"\0")[0]
    if magic.startswith(_MAGIC) and block[_PREFIX.start]:
        name = block[_PREFIX].partition(b"\0")[0] + b"/" + name
    size, mtime = _number(size, where), _number(mtime, where)
    return TarHeader(name, target.partition(b"\0")[0], kind, *_rights(rights, where), size, mtime)


def looks_like_tar(head: bytes) -> bool:
    """Whether a file beginning so is a tar archive; v7 has no magic, only its checksum."""
    if len(head) < BLOCK or not head[0]:
        return False
    if head.startswith(b"ustar", 257):
        return True
    # Nearly every text is told apart by the first byte of what would be its checksum.
    if head[148] not in b" 01234567\0":
        return False
    return _octal(head[148:156]) == _checksum(head[:BLOCK]) and _numbers_hold(head)


def _numbers_hold(head: bytes) -> bool:
    try:
        parse_header(head[:BLOCK], "")
    except Lie:
        return False
    return True


def _checksum(block: bytes) -> int:
    """Return the sum of a block's bytes, those of its checksum taken for spaces.

    Adler-32 keeps one and the plain sum in its lower half, modulo a prime that no 256 bytes reach, and no
    block of which half is zeros: ten times as fast as `sum`.
    """
    blank = _BLANK_CHECKSUM - (zlib.adler32(block[148:156]) & _SUM) + 1
    if block.count(0) >= BLOCK // 2:
        return (zlib.adler32(block) & _SUM) - 1 + blank
    return (zlib.adler32(block[:256]) & _SUM) + (zlib.adler32(block[256:]) & _SUM) - 2 + blank


@lru_cache(maxsize=64)
def _rights(fields: bytes, where: str) -> tuple[int, int, int]:
    """Return mode, user and group: the same few in a whole archive."""
    return (
        _number(fields[:8], where) & 0o7777,
        _number(fields[8:16], where),
        _number(fields[16:], where),
    )


def _number(field: bytes, where: str) -> int:
    """Return a number in octal, or in base 256 when its first bit is set (GNU)."""
    if field[0] & _BINARY:
        if field[0] == _NEGATIVE:
            raise Lie(where, "a tar header holds a negative number")
        return int.from_bytes(bytes([field[0] & ~_BINARY]) + field[1:], "big")
    number = _octal(field)
    if number is None:
        raise Lie(where, "a tar header holds a number that is not octal")
    return number


@lru_cache(maxsize=4096)
def _octal(field: bytes) -> int | None:
    found = _OCTAL.fullmatch(field)
    return int(found[1] or b"0", 8) if found else None
