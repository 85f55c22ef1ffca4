"""Unpacking compressed streams within limits: gzip (RFC 1952), bzip2, xz, and zip's deflate.

Bytes after the stream, a stream cut short and an absurd ratio are contradictions, not tolerated.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from workstation.review.ledger import Ledger, Lie, TooMuch

if TYPE_CHECKING:
    from workstation.review.limits import Limits
    from workstation.review.source import Read

_INPUT: Final = 1 << 17
_DAMAGE: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class Packing(StrEnum):
    """How a stream is compressed."""

    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    DEFLATE = "deflate"


MAGIC: Final = {Packing.GZIP: b"\x1f\x8b", Packing.BZIP2: b"BZh", Packing.XZ: b"\xfd7zXZ\0"}


class _Engine(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes: ...


class _Zlib:
    """zlib's decompressor with the face of the other two."""

    def __init__(self, window_bits: int) -> None:
        self._engine = zlib.decompressobj(window_bits)
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def needs_input(self) -> bool:
        return not self._waiting

    @property
    def unused_data(self) -> bytes:
        return self._engine.unused_data

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes:
        unpacked = self._engine.decompress(self._waiting + data, max_length)
        self._waiting = self._engine.unconsumed_tail
        return unpacked


def unpacked(read: Read, packing: Packing, ledger: Ledger, where: str, packed_size: int) -> Read:
    """Return a reader of what `read` unpacks to; reading raises Lie and TooMuch."""
    return _Unpacking(read, packing, ledger, where, packed_size).read


class _Unpacking:
    def __init__(self, read: Read, packing: Packing, ledger: Ledger, where: str, packed_size: int) -> None:
        self._source, self._packing, self._ledger, self._where = read, packing, ledger, where
        self._packed_size = packed_size
        self._engine = _engine(packing, ledger.limits)
        self._waiting = b""
        self._unpacked = 0
        self._several = False

    def read(self, count: int) -> bytes:
        """Return up to `count` unpacked bytes; none at the end."""
        while not self._engine.eof or self._next_stream():
            data = self._step(count)
            if data:
                self._count(len(data))
                return data
        return b""

    def _step(self, count: int) -> bytes:
        packed = self._more() if self._engine.needs_input else b""
        ended = self._engine.needs_input and not packed
        try:
            data = self._engine.decompress(packed, count)
        except (*_DAMAGE, MemoryError) as error:
            # The library's own words differ between versions, and the diff has to be the same everywhere.
            raise Lie(
                self._where, f"the {self._packing.value} stream is damaged or wants too much"
            ) from error
        if ended and not data and not self._engine.eof:
            raise Lie(self._where, f"the {self._packing.value} stream is cut short")
        return data

    def _more(self) -> bytes:
        data, self._waiting = self._waiting or self._source(_INPUT), b""
        return data

    def _next_stream(self) -> bool:
        """Begin the stream that follows, if one does."""
        if self._packing is Packing.DEFLATE:
            return False
        rest = self._rest()
        if not rest:
            return False
        if not rest.startswith(MAGIC[self._packing]):
            self._ledger.lie(self._where, f"bytes follow the end of the {self._packing.value} stream")
            return False
        if not self._several:
            self._ledger.odd(
                20, self._where, f"several {self._packing.value} streams stand one after another"
            )
            self._several = True
        self._engine, self._waiting = _engine(self._packing, self._ledger.limits), rest
        return True

    def _rest(self) -> bytes:
        """Return the bytes after the stream that ended, past the padding xz may have between streams."""
        rest = self._engine.unused_data + self._waiting
        wanted = len(MAGIC[self._packing])
        while len(rest) < wanted and (more := self._source(_INPUT)):
            rest += more
            if self._packing is Packing.XZ:
                rest = rest.lstrip(b"\0")
        return rest.lstrip(b"\0") if self._packing is Packing.XZ else rest

    def _count(self, count: int) -> None:
        limits = self._ledger.limits
        self._unpacked += count
        self._ledger.count_unpacked(self._where, count)
        if self._unpacked > max(limits.ratio_from, limits.ratio * self._packed_size):
            raise TooMuch(self._where, f"it unpacks to more than {limits.ratio} times its size")


def _engine(packing: Packing, limits: Limits) -> _Engine:
    match packing:
        case Packing.GZIP:
            return _Zlib(31)
        case Packing.DEFLATE:
            return _Zlib(-15)
        case Packing.BZIP2:
            return bz2.BZ2Decompressor()
        case Packing.XZ:
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.xz_memory)
