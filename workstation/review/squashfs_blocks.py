"""The blocks of a squashfs image: data, metadata (kernel Documentation/filesystems/squashfs.rst).

Every block is packed by itself, so any of them can be read alone.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zstandard

from workstation.review.ledger import Closed, Ledger, Lie, TooMuch

if TYPE_CHECKING:
    from workstation.review.source import Source

MAGIC: Final = b"hsqs"
NONE32: Final = 0xFFFFFFFF
_NONE64: Final = 0xFFFFFFFFFFFFFFFF
_SUPERBLOCK: Final = struct.Struct("<4sIIIIHHHHHHQQQQQQQQ")
_LARGEST_BLOCK: Final = 1 << 20
_METADATA: Final = 8192
_UNPACKED_METADATA, _UNPACKED_DATA = 0x8000, 1 << 24
_KEPT: Final = 64
_GZIP, _XZ, _ZSTD = 1, 4, 6
_PACKINGS: Final = {2: "lzma", 3: "lzo", 5: "lz4"}
_DAMAGE: Final = (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, MemoryError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Superblock:
    """Where everything is, in bytes from the beginning; a table that is not there is None."""

    inodes: int
    block_size: int
    fragments: int
    packing: int
    ids: int
    root: int
    used: int
    id_table: int
    xattr_table: int | None
    inode_table: int
    directory_table: int
    fragment_table: int


def read_superblock(source: Source, where: str) -> Superblock:
    """Return the superblock; raises Lie, and Closed for a packing nobody here can read."""
    block = source.at(0, _SUPERBLOCK.size)
    if len(block) < _SUPERBLOCK.size:
        raise Lie(where, "the squashfs image is cut short")
    _, inodes, _, size, fragments, packing, size_log, _, ids, major, minor, root, used, *tables = (
        _SUPERBLOCK.unpack(block)
    )
    if (major, minor) != (4, 0):
        raise Closed(where, f"a squashfs image of version {major}.{minor}")
    if packing not in (_GZIP, _XZ, _ZSTD):
        raise Closed(where, f"a squashfs image packed with {_PACKINGS.get(packing, packing)}")
    if not _METADATA // 2 <= size <= _LARGEST_BLOCK or size != 1 << min(size_log, 63):
        raise Lie(where, f"a squashfs block size of {size}")
    if used > source.size or any(table > used for table in tables if table != _NONE64):
        raise Lie(where, "a table of the squashfs image lies outside it")
    id_table, xattr_table, inode_table, directory_table, fragment_table, _ = tables
    return Superblock(
        inodes=inodes,
        block_size=size,
        fragments=fragments,
        packing=packing,
        ids=ids,
        root=root,
        used=used,
        id_table=id_table,
        xattr_table=None if xattr_table == _NONE64 else xattr_table,
        inode_table=inode_table,
        directory_table=directory_table,
        fragment_table=fragment_table,
    )


class Blocks:
    """Reads blocks; the last metadata blocks and fragments are kept, as neighbours are asked for in turn."""

    def __init__(self, source: Source, superblock: Superblock, where: str, ledger: Ledger) -> None:
        self._source, self._super, self._where, self._ledger = source, superblock, where, ledger
        self._metadata: OrderedDict[int, tuple[bytes, int]] = OrderedDict()
        self._holes = 0
        self._fragment: tuple[int, bytes] = (-1, b"")
        self._zstd = zstandard.ZstdDecompressor(max_window_size=_LARGEST_BLOCK)

    def metadata(self, start: int, offset: int, count: int) -> tuple[bytes, int, int]:
        """Return `count` bytes from an offset into the metadata block at `start`, and where they end."""
        parts = list[bytes]()
        while True:
            data, following = self._metadata_block(start)
            if offset > len(data):
                raise Lie(self._where, "a place in the squashfs metadata lies outside its block")
            part = data[offset : offset + count]
            parts.append(part)
            count -= len(part)
            offset += len(part)
            if not count:
                return b"".join(parts), start, offset
            start, offset = following, 0

    def data(self, start: int, word: int, size: int) -> bytes:
        """Return the `size` bytes of the data block at `start`; its word says how it is packed."""
        packed_size = word & (_UNPACKED_DATA - 1)
        if not packed_size:
            return self._hole(size)
        packed = self._packed(start, packed_size)
        data = packed if word & _UNPACKED_DATA else self._unpacked(packed, size)
        if len(data) != size:
            raise Lie(self._where, "a squashfs data block has another size than its file says")
        return data

    def _hole(self, size: int) -> bytes:
        """Return zeros nothing is stored for; many of them are a bomb."""
        self._holes += size
        self._ledger.count_unpacked(self._where, size)
        limits = self._ledger.limits
        if self._holes > max(limits.ratio_from, limits.ratio * self._super.used):
            raise TooMuch(self._where, f"it unpacks to more than {limits.ratio} times its size")
        return bytes(size)

    def fragment(self, number: int) -> bytes:
        """Return a fragment block, where the ends of files stand together."""
        if self._fragment[0] != number:
            start, word, _ = struct.unpack("<QII", self.row(self._super.fragment_table, number, 16))
            packed = self._packed(start, word & (_UNPACKED_DATA - 1))
            data = packed if word & _UNPACKED_DATA else self._unpacked(packed, self._super.block_size)
            self._fragment = number, data
        return self._fragment[1]

    def row(self, table: int, number: int, size: int) -> bytes:
        """Return a row of a table whose metadata blocks stand in a list."""
        each = _METADATA // size
        pointer = self._source.at(table + number // each * 8, 8)
        if len(pointer) < 8:  # noqa: PLR2004 (the size of a pointer)
            raise Lie(self._where, "a table of the squashfs image is cut short")
        return self.metadata(int.from_bytes(pointer, "little"), number % each * size, size)[0]

    def _metadata_block(self, start: int) -> tuple[bytes, int]:
        """Return a metadata block and where the next one begins."""
        if start in self._metadata:
            return self._metadata[start]
        word = int.from_bytes(self._packed(start, 2), "little")
        size = word & (_UNPACKED_METADATA - 1)
        packed = self._packed(start + 2, size)
        data = packed if word & _UNPACKED_METADATA else self._unpacked(packed, _METADATA)
        if not data or len(data) > _METADATA:
            raise Lie(self._where, "a squashfs metadata block of a wrong size")
        self._metadata[start] = data, start + 2 + size
        if len(self._metadata) > _KEPT:
            self._metadata.popitem(last=False)
        return self._metadata[start]

    def plain(self, start: int, size: int) -> bytes:
        """Return bytes of the image as they stand; raises Lie where they lie outside."""
        return self._packed(start, size)

    def _packed(self, start: int, size: int) -> bytes:
        data = self._source.at(start, size)
        if start + size > self._super.used or len(data) < size:
            raise Lie(self._where, "a squashfs block lies outside the image")
        return data

    def _unpacked(self, packed: bytes, most: int) -> bytes:
        try:
            data = self._with_packing(packed, most + 1)
        except _DAMAGE as error:
            raise Lie(self._where, "a squashfs block is damaged") from error
        if len(data) > most:
            raise Lie(self._where, "a squashfs block unpacks to more than a block")
        self._ledger.count_unpacked(self._where, len(data))
        return data

    def _with_packing(self, packed: bytes, most: int) -> bytes:
        match self._super.packing:
            case 1:
                return zlib.decompressobj().decompress(packed, most)
            case 4:
                memory = self._ledger.limits.xz_memory
                return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=memory).decompress(packed, most)
            case _:
                return self._zstd.stream_reader(packed).read(most)
