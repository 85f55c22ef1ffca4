"""The texts a walk holds for comparison: in packed blocks, because most of them are never asked for.

What has the same bytes before and now needs no text; that is known only when both sides were
walked, and nothing may be written to disk meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import zstandard

from workstation.review.index import NO_TEXT, MemberIndex

_BLOCK_BITS: Final = 18
_BLOCK: Final = 1 << _BLOCK_BITS
_LEVEL: Final = -10  # half as fast again as level 1, for a third more room
_LOOSE: Final = 48 * 1024 * 1024


class TextStore:
    """Texts one after another, by their place; `size` is what they take unpacked, in bytes."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._loose = 0  # so many of the first blocks are not packed: few texts are not worth it
        self._open = bytearray()
        self._last = -1, b""
        self._packer = zstandard.ZstdCompressor(level=_LEVEL)
        self._unpacker = zstandard.ZstdDecompressor()
        self.size = 0

    def keep(self, text: bytes) -> int:
        """Keep a text and return its place."""
        place = len(self._blocks) << _BLOCK_BITS | len(self._open)
        self.size += len(text)
        self._open += text
        if len(self._open) >= _BLOCK:
            loose = self.size <= _LOOSE
            self._blocks.append(bytes(self._open) if loose else self._packer.compress(self._open))
            self._loose += loose
            self._open = bytearray()
        return place

    def at(self, place: int, size: int) -> bytes:
        """Return the text of `size` bytes at a place."""
        offset = place & _BLOCK - 1
        return self._block(place >> _BLOCK_BITS)[offset : offset + size]

    def _block(self, number: int) -> bytes:
        """Return a block unpacked; the last one asked for is kept, as neighbours are asked for in turn."""
        if number == len(self._blocks):
            return bytes(self._open)
        if number < self._loose:
            return self._blocks[number]
        if self._last[0] != number:
            self._last = number, self._unpacker.decompress(self._blocks[number])
        return self._last[1]


class Texts(Mapping[str, bytes]):
    """The texts of one side by path."""

    def __init__(self, members: MemberIndex, store: TextStore) -> None:
        self._members, self._store = members, store

    def __getitem__(self, path: str) -> bytes:
        facts = self._members.facts(path)
        if facts is None or facts.text == NO_TEXT:
            raise KeyError(path)
        return self._store.at(facts.text, facts.size)

    def __contains__(self, path: object) -> bool:
        facts = self._members.facts(path) if isinstance(path, str) else None
        return facts is not None and facts.text != NO_TEXT

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._members if path in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
