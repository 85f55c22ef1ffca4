"""One tar header block of 512 bytes: v7, ustar, GNU (POSIX.1-1988 ustar; GNU tar manual, "Standard")."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from workstation.review.ledger import Lie

BLOCK: Final = 512
_OCTAL: Final = re.compile(rb" *([0-7]*)[ \0]*(?:\0.*)?", re.DOTALL)
_BLANK_CHECKSUM: Final = 8 * 0x20
_SUM: Final = 0xFFFF
_NEGATIVE: Final = 0xFF
_BINARY: Final = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class TarHeader:
    """The fields of one header as they stand; names are raw bytes."""

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
    if _number(block[148:156], where) != _checksum(block):
        raise Lie(where, "a tar header's checksum is wrong")
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and block[345]:
        name = _text(block[345:500]) + b"/" + name
    return TarHeader(
        name=name,
        target=_text(block[157:257]),
        kind=block[156:157],
        mode=_number(block[100:108], where) & 0o7777,
        uid=_number(block[108:116], where),
        gid=_number(block[116:124], where),
        size=_number(block[124:136], where),
        mtime=_number(block[136:148], where),
    )


def looks_like_tar(head: bytes) -> bool:
    """Whether a file beginning so is a tar archive; v7 has no magic, only its checksum."""
    if len(head) < BLOCK or not head[0]:
        return False
    if head[257:262] == b"ustar":
        return True
    return _octal(head[148:156]) == _checksum(head[:BLOCK]) and _numbers_hold(head)


def _numbers_hold(head: bytes) -> bool:
    try:
        parse_header(head[:BLOCK], "")
    except Lie:
        return False
    return True


def _checksum(block: bytes) -> int:
    """Return the sum of a block's bytes, those of its checksum taken for spaces.

    Adler-32 keeps the plain sum in its lower half, modulo a prime that no 256 bytes reach: ten times
    as fast as `sum`.
    """
    halves = (zlib.adler32(block[:256]) & _SUM) + (zlib.adler32(block[256:]) & _SUM) - 2
    return halves - sum(block[148:156]) + _BLANK_CHECKSUM


def _text(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


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
