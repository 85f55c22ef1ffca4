"""Unpacking compressed streams within limits: gzip (RFC 1952), bzip2, xz, LZMA, zstd (RFC 8878).

Bytes after the stream, a stream cut short and an absurd ratio are contradictions, not tolerated.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Final, Protocol, cast

import zstandard

from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.zstd_frames import MAGIC as ZSTD_MAGIC
from workstation.review.zstd_frames import FrameWatch

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
    ZSTD = "zstd"
    LZMA = "lzma"
    DEFLATE = "deflate"


MAGIC: Final = {
    Packing.GZIP: b"\x1f\x8b",
    Packing.BZIP2: b"BZh",
    Packing.XZ: b"\xfd7zXZ\0",
    Packing.ZSTD: ZSTD_MAGIC,
    Packing.LZMA: b"\x5d\0\0",
}
_ALONE: Final = (Packing.DEFLATE, Packing.LZMA)  # streams after which nothing of their kind follows


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
    if packing is Packing.ZSTD:
        return _Zstd(read, _Growth(ledger, where, packed_size)).read
    return _Unpacking(read, packing, _Growth(ledger, where, packed_size)).read


class _Growth:
    """Counts what comes out of one stream, and says what is wrong with it."""

    def __init__(self, ledger: Ledger, where: str, packed_size: int) -> None:
        self.ledger, self.where = ledger, where
        self._most = max(ledger.limits.ratio_from, ledger.limits.ratio * packed_size)
        self._unpacked = 0

    def count(self, data: bytes) -> bytes:
        """Count unpacked bytes and hand them on; raises TooMuch."""
        self._unpacked += len(data)
        self.ledger.count_unpacked(self.where, len(data))
        if self._unpacked > self._most:
            raise TooMuch(self.where, f"it unpacks to more than {self.ledger.limits.ratio} times its size")
        return data

    def damaged(self, packing: Packing) -> Lie:
        """Return what to raise; the library's own words differ between versions, and diffs may not."""
        return Lie(self.where, f"the {packing.value} stream is damaged or wants too much")


class _Zstd:
    """Unpacks zstd frames; the library pulls, so this hands it bytes and watches them."""

    def __init__(self, read: Read, growth: _Growth) -> None:
        self._source, self._growth = read, growth
        self._watch = FrameWatch()
        engine = zstandard.ZstdDecompressor(max_window_size=growth.ledger.limits.zstd_window)
        pulled = cast("IO[bytes]", _Pulled(self._more))  # no more than `read` is asked of it
        self._reader = engine.stream_reader(pulled, read_size=_INPUT, read_across_frames=True)
        self._ended = False

    def _more(self, count: int) -> bytes:
        data = self._source(count)
        self._watch.feed(data)
        return data

    def read(self, count: int) -> bytes:
        """Return up to `count` unpacked bytes; none at the end."""
        try:
            data = self._reader.read(count)
        except (zstandard.ZstdError, MemoryError) as error:
            raise self._growth.damaged(Packing.ZSTD) from error
        if not data and count and not self._ended:
            self._ended = True
            self._finish()
        return self._growth.count(data)

    def _finish(self) -> None:
        """Hold the end against the frames: the library takes a stream that is cut short for whole."""
        while self._more(_INPUT):
            pass
        where = self._growth.where
        if not self._watch.between:
            raise Lie(where, "the zstd stream is cut short")
        if self._watch.skipped:
            self._growth.ledger.odd(45, where, "a zstd frame that readers skip stands in the stream")
        if self._watch.frames > 1:
            self._growth.ledger.odd(20, where, "several zstd streams stand one after another")


class _Pulled:
    """A reader with the face of a file."""

    def __init__(self, read: Read) -> None:
        self.read = read


class _Unpacking:
    def __init__(self, read: Read, packing: Packing, growth: _Growth) -> None:
        self._source, self._packing, self._growth = read, packing, growth
        self._ledger, self._where = growth.ledger, growth.where
        self._engine = _engine(packing, self._ledger.limits)
        self._waiting = b""
        self._several = False

    def read(self, count: int) -> bytes:
        """Return up to `count` unpacked bytes; none at the end."""
        while not self._engine.eof or self._next_stream():
            data = self._step(count)
            if data:
                return self._growth.count(data)
        return b""

    def _step(self, count: int) -> bytes:
        packed = self._more() if self._engine.needs_input else b""
        ended = self._engine.needs_input and not packed
        try:
            data = self._engine.decompress(packed, count)
        except (*_DAMAGE, MemoryError) as error:
            raise self._growth.damaged(self._packing) from error
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
        if self._packing in _ALONE or not rest.startswith(MAGIC[self._packing]):
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
        case Packing.LZMA:
            return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=limits.xz_memory)
        case Packing.ZSTD:
            raise AssertionError("zstd is pulled, not pushed")
