"""Squashfs images, version 4, as a stream of entries (kernel Documentation/filesystems/squashfs.rst).

Every inode is read once; a name for an inode that came already is a hard link to it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from workstation.core.release_diff import MemberKind
from workstation.review.attributes import attributes_text
from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.names import joined_name
from workstation.review.source import Entry, Source, chunks, nothing, stream, text_of
from workstation.review.squashfs_blocks import NONE32, Blocks, read_superblock
from workstation.review.squashfs_inodes import Inode, read_inode
from workstation.review.squashfs_xattrs import attributes_of

_LIST: Final = struct.Struct("<III")
_NAME: Final = struct.Struct("<HhHH")
_EMPTY: Final = 3  # what the size of an empty folder is
_MOST_NAMES: Final = 256
_DEEPEST: Final = 1000


def squashfs_entries(source: Source, where: str, ledger: Ledger) -> Iterator[Entry]:
    """Return the entries of a squashfs image, folder by folder; raises Lie, TooMuch and Closed."""
    yield from _Image(source, where, ledger).entries()


class _Image:
    def __init__(self, source: Source, where: str, ledger: Ledger) -> None:
        self._where, self._ledger = where, ledger
        self._super = read_superblock(source, where)
        self._blocks = Blocks(source, self._super, where, ledger)
        self._owners = [
            int.from_bytes(self._blocks.row(self._super.id_table, number, 4), "little")
            for number in range(self._super.ids)
        ]
        self._seen: dict[int, str] = {}
        rest = stream(source, self._super.used)
        if any(piece.strip(b"\0") for piece in chunks(rest)):
            ledger.lie(where, "data follows the end of the squashfs image")

    def entries(self) -> Iterator[Entry]:
        root = self._inode(self._super.root)
        if root.kind is not MemberKind.FOLDER:
            raise Lie(self._where, "the root of the squashfs image is no folder")
        self._seen[root.number] = ""
        waiting = [("", root)]
        while waiting:
            name, folder = waiting.pop()
            if name.count("/") > _DEEPEST:
                raise TooMuch(self._where, "folders nested too deep")
            below = list[tuple[str, Inode]]()
            for inner, inode in self._listed(name, folder):
                yield self._entry(inner, inode)
                if inode.kind is MemberKind.FOLDER:
                    below.append((inner, inode))
            waiting.extend(reversed(below))

    def _inode(self, reference: int) -> Inode:
        start = self._super.inode_table + (reference >> 16)
        return read_inode(self._blocks, start, reference & 0xFFFF, self._super.block_size, self._where)

    def _listed(self, name: str, folder: Inode) -> Iterator[tuple[str, Inode]]:
        """Yield the name and inode of everything in a folder; the names have to be sorted, each once."""
        start, offset = self._super.directory_table + folder.start, folder.offset
        left, last = folder.size - _EMPTY, b""
        while left > 0:
            header, start, offset = self._blocks.metadata(start, offset, _LIST.size)
            count, inodes, _ = _LIST.unpack(header)
            left -= _LIST.size
            if count >= _MOST_NAMES:
                raise Lie(self._where, "a squashfs folder lists too many names at once")
            for _ in range(count + 1):
                head, start, offset = self._blocks.metadata(start, offset, _NAME.size)
                place, _, _, length = _NAME.unpack(head)
                raw, start, offset = self._blocks.metadata(start, offset, length + 1)
                left -= _NAME.size + length + 1
                if raw <= last or b"/" in raw or b"\0" in raw:
                    raise Lie(self._where, "the names in a squashfs folder are not sorted, or none")
                last = raw
                yield joined_name(name, text_of(raw)), self._inode(inodes << 16 | place)
        if left < 0:
            raise Lie(self._where, "a squashfs folder is cut short")

    def _entry(self, name: str, inode: Inode) -> Entry:
        path = f"{self._where}!/{name}"
        before = self._seen.setdefault(inode.number, name)
        if before is not name:
            if inode.kind is MemberKind.FOLDER:
                raise Lie(path, "a squashfs folder stands in two places")
            kind, target = MemberKind.HARD_LINK, before
        else:
            kind, target = inode.kind, text_of(inode.target)
        file = kind is MemberKind.FILE
        if kind is MemberKind.SPECIAL:
            self._ledger.lie(path, "a device, pipe or socket found")
        owner = f"{self._owner(inode.user)}:{self._owner(inode.group)}"
        return Entry(
            name=name,
            kind=kind,
            read=_Content(self._blocks, inode, path).read if file else nothing,
            size=inode.size if file else 0,
            mode=inode.mode,
            owner=owner,
            target=target,
            attributes="" if kind is MemberKind.HARD_LINK else self._attributes(inode, path),
        )

    def _owner(self, number: int) -> int:
        if number >= len(self._owners):
            raise Lie(self._where, "a squashfs inode has an owner that is not listed")
        return self._owners[number]

    def _attributes(self, inode: Inode, path: str) -> str:
        if inode.xattrs == NONE32:
            return ""
        return attributes_text(attributes_of(self._blocks, self._super.xattr_table, inode.xattrs, path))


class _Content:
    """The data of a file: its blocks, and its end in a fragment."""

    def __init__(self, blocks: Blocks, inode: Inode, path: str) -> None:
        self._blocks, self._inode, self._path = blocks, inode, path
        self._pieces = self._unpacked()
        self._waiting = b""

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; none at the end; raises Lie."""
        if not self._waiting:
            self._waiting = next(self._pieces, b"")
        data, self._waiting = self._waiting[:count], self._waiting[count:]
        return data

    def _unpacked(self) -> Iterator[bytes]:
        inode, start, left = self._inode, self._inode.start, self._inode.size
        for word in inode.blocks:
            size = min(left, inode.block_size)
            yield self._blocks.data(start, word, size)
            start += word & 0xFFFFFF
            left -= size
        if inode.fragment != NONE32:
            fragment = self._blocks.fragment(inode.fragment)
            end = fragment[inode.offset : inode.offset + left]
            if len(end) < left:
                raise Lie(self._path, "the end of the file lies outside its fragment")
            yield end
