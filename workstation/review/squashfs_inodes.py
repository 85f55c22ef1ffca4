"""The inodes of a squashfs image, basic and extended, each read strictly into one value."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.ledger import Lie, TooMuch
from workstation.review.squashfs_blocks import NONE32

if TYPE_CHECKING:
    from workstation.review.squashfs_blocks import Blocks

_HEADER: Final = struct.Struct("<HHHHII")
_FOLDER: Final = struct.Struct("<IIHHI")  # block, links, size, offset, parent
_LARGE_FOLDER: Final = struct.Struct("<IIIIHHI")  # links, size, block, parent, indexes, offset, xattrs
_FILE: Final = struct.Struct("<IIII")  # start, fragment, offset, size
_LARGE_FILE: Final = struct.Struct("<QQQIIII")  # start, size, sparse, links, fragment, offset, xattrs
_LINK: Final = struct.Struct("<II")  # links, size
_LONGEST_TARGET: Final = 65_536
_MOST_BLOCKS: Final = 1 << 22
_BASIC_KINDS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Inode:
    """What one inode says; `start` is where its data or listing begins, `offset` into a block or fragment."""

    kind: MemberKind
    number: int
    mode: int
    user: int
    group: int
    size: int = 0
    start: int = 0
    offset: int = 0
    fragment: int = NONE32
    block_size: int = 0
    blocks: tuple[int, ...] = ()
    target: bytes = b""
    xattrs: int = NONE32


def read_inode(blocks: Blocks, start: int, offset: int, block_size: int, where: str) -> Inode:
    """Return the inode at an offset into the metadata block at `start`; raises Lie and TooMuch."""
    return _Reading(blocks, start, offset, where).inode(block_size)


class _Reading:
    """Reads on and on from a place in the metadata."""

    def __init__(self, blocks: Blocks, start: int, offset: int, where: str) -> None:
        self._blocks, self._start, self._offset, self._where = blocks, start, offset, where

    def inode(self, block_size: int) -> Inode:
        kind, mode, user, group, _, number = self._fields(_HEADER)
        large = kind > _BASIC_KINDS
        common = Inode(kind=MemberKind.SPECIAL, number=number, mode=mode & 0o7777, user=user, group=group)
        match kind - _BASIC_KINDS if large else kind:
            case 1:
                return self._folder(common, large=large)
            case 2:
                return self._file(common, block_size, large=large)
            case 3:
                return self._link(common, large=large)
            case 4 | 5 | 6 | 7:
                return common
            case _:
                raise Lie(self._where, f"a squashfs inode of unknown kind {kind}")

    def _folder(self, common: Inode, *, large: bool) -> Inode:
        if large:
            _, size, start, _, _, offset, xattrs = self._fields(_LARGE_FOLDER)
        else:
            start, _, size, offset, _ = self._fields(_FOLDER)
            xattrs = NONE32
        return replace(common, kind=MemberKind.FOLDER, size=size, start=start, offset=offset, xattrs=xattrs)

    def _file(self, common: Inode, block_size: int, *, large: bool) -> Inode:
        if large:
            start, size, _, _, fragment, offset, xattrs = self._fields(_LARGE_FILE)
        else:
            start, fragment, offset, size = self._fields(_FILE)
            xattrs = NONE32
        count = size // block_size if fragment != NONE32 else -(-size // block_size)
        if count > _MOST_BLOCKS:
            raise TooMuch(self._where, f"a squashfs file of {size} bytes found")
        return replace(
            common,
            kind=MemberKind.FILE,
            size=size,
            start=start,
            offset=offset,
            fragment=fragment,
            block_size=block_size,
            blocks=struct.unpack(f"<{count}I", self._bytes(count * 4)),
            xattrs=xattrs,
        )

    def _link(self, common: Inode, *, large: bool) -> Inode:
        _, size = self._fields(_LINK)
        if size > _LONGEST_TARGET:
            raise TooMuch(self._where, f"a link target of {size} bytes found")
        target = self._bytes(size)
        xattrs = int.from_bytes(self._bytes(4), "little") if large else NONE32
        return replace(common, kind=MemberKind.LINK, target=target, xattrs=xattrs)

    def _fields(self, layout: struct.Struct) -> tuple[int, ...]:
        return layout.unpack(self._bytes(layout.size))

    def _bytes(self, count: int) -> bytes:
        if not count:
            return b""
        data, self._start, self._offset = self._blocks.metadata(self._start, self._offset, count)
        return data
