"""Watching where zstd frames begin and end (RFC 8878 section 3), as their bytes go by.

The library unpacks a stream that is cut short without a word; this is who notices.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_SKIPPABLE: Final = (b"\x2a\x4d\x18", range(0x50, 0x60))
_SINGLE_SEGMENT, _CHECKSUM = 0x20, 0x04
_DICTIONARY_SIZES: Final = (0, 1, 2, 4)
_CONTENT_SIZES: Final = (0, 2, 4, 8)
_RUN: Final = 1  # a block of one byte, repeated


class FrameWatch:
    """Counts the frames of a stream; `skipped` ones hold no data."""

    def __init__(self) -> None:
        self.frames, self.skipped = 0, 0
        self._between = True
        self._walk = self._walked()
        self._wanted = next(self._walk)
        self._header = b""

    @property
    def between(self) -> bool:
        """Whether no frame is open, nor the first bytes of one came."""
        return self._between and not self._header

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream; what makes no sense is left to the library to refuse."""
        place = 0
        while place < len(data):
            if self._wanted < 0:  # so many bytes of content to pass over
                step = min(-self._wanted, len(data) - place)
                self._wanted += step
            else:
                step = min(self._wanted - len(self._header), len(data) - place)
                self._header += data[place : place + step]
            place += step
            self._advance()

    def _advance(self) -> None:
        while self._wanted == len(self._header):
            header, self._header = self._header, b""
            self._wanted = self._walk.send(header)

    def _walked(self) -> Generator[int, bytes]:
        """Ask for headers by their length, and pass over content by its length below zero."""
        while True:
            self._between = True
            magic = yield 4
            self._between = False
            if magic == MAGIC:
                self.frames += 1
                yield from self._frame()
            elif magic[1:] == _SKIPPABLE[0] and magic[0] in _SKIPPABLE[1]:
                self.skipped += 1
                yield -int.from_bytes((yield 4), "little")
            else:
                while True:
                    yield -(1 << 62)

    def _frame(self) -> Generator[int, bytes]:
        descriptor = (yield 1)[0]
        single = bool(descriptor & _SINGLE_SEGMENT)
        content = _CONTENT_SIZES[descriptor >> 6] or (1 if single else 0)
        yield -(0 if single else 1) - _DICTIONARY_SIZES[descriptor & 3] - content
        last = False
        while not last:
            block = int.from_bytes((yield 3), "little")
            last = bool(block & 1)
            yield -(1 if block >> 1 & 3 == _RUN else block >> 3)
        if descriptor & _CHECKSUM:
            yield -4
