"""The APK Signing Block: what stands in a zip archive right before its central directory.

Source: APK Signature Scheme v2 (source.android.com): size, pairs of size, id and value, size again, magic.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from workstation.review.ledger import Lie
from workstation.review.source import Source

_MAGIC: Final = b"APK Sig Block 42"
_FOOTER: Final = struct.Struct("<Q16s")
_PAIR: Final = struct.Struct("<QI")
_SIZE, _ID = 8, 4
_PAGE: Final = 4096
_MOST_BYTES: Final = 16 * 1024 * 1024
_NO_SIGNATURES: Final = frozenset({0x42726577, 0x504B4453})
"""Padding for fs-verity, and the list of dependencies the Android Gradle plugin encrypts for the store."""


def apk_signatures(source: Source, directory: int, where: str) -> Iterator[bytes]:
    """Yield each signature, its id first, in the block that ends where the central `directory` begins.

    Nothing where there is no such block. Raises Lie for a damaged one.
    """
    pairs = _pairs(source, directory, where)
    place = 0
    while place < len(pairs):
        if place + _PAIR.size > len(pairs):
            raise Lie(where, "an entry of the APK signing block is cut short")
        size, scheme = _PAIR.unpack_from(pairs, place)
        place, end = place + _SIZE, place + _SIZE + size
        if size < _ID or end > len(pairs):
            raise Lie(where, "an entry of the APK signing block is damaged")
        if scheme not in _NO_SIGNATURES:
            yield pairs[place:end]
        place = end


def only_a_block(source: Source, place: int, directory: int) -> bool:
    """Whether nothing but a signing block, on a page of its own, stands between `place` and `directory`."""
    footer = source.at(max(0, directory - _FOOTER.size), _FOOTER.size)
    start = directory - int.from_bytes(footer[:_SIZE], "little") - _SIZE
    filling = source.at(place, start - place) if 0 <= start - place < _PAGE else b"?"
    return footer.endswith(_MAGIC) and not filling.strip(b"\0")


def _pairs(source: Source, directory: int, where: str) -> bytes:
    footer = source.at(max(0, directory - _FOOTER.size), _FOOTER.size)
    if directory < _FOOTER.size or not footer.endswith(_MAGIC):
        return b""
    size, _ = _FOOTER.unpack(footer)
    start = directory - size
    if not _FOOTER.size <= size <= min(_MOST_BYTES, directory - _SIZE):
        raise Lie(where, "the APK signing block is larger than it can be")
    if source.at(start - _SIZE, _SIZE) != footer[:_SIZE]:
        raise Lie(where, "the APK signing block gives two sizes")
    return source.at(start, size - _FOOTER.size)
