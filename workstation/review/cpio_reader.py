"""Cpio archives in the new ASCII form, with and without checksums (cpio(5)), as a stream of entries."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.names import clean
from workstation.review.source import Counted, Entry, Read, chunks, exactly, nothing, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGICS: Final = (b"070701", b"070702")
_CHECKED: Final = MAGICS[1]
_HEADER_SIZE: Final = 110
_HEADER: Final = re.compile(rb"(?P<magic>07070[12])(?P<numbers>[0-9A-Fa-f]{104})")
_END: Final = b"TRAILER!!!"
_LONGEST_TARGET: Final = 4096
_KINDS: Final = {
    stat.S_IFREG: MemberKind.FILE,
    stat.S_IFDIR: MemberKind.FOLDER,
    stat.S_IFLNK: MemberKind.LINK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """The fields of one header that matter, its name raw."""

    name: bytes
    inode: tuple[int, int, int]
    mode: int
    owner: str
    links: int
    size: int
    checksum: int | None


def cpio_entries(read: Read, where: str, ledger: Ledger) -> Iterator[Entry]:
    """Return the entries of a cpio archive in order; raises Lie and TooMuch.

    One of several names of a file holds its data, so the others come as hard links to it, after it.
    """
    waiting: dict[tuple[int, int, int], list[_Header]] = {}
    holding: dict[tuple[int, int, int], _Header] = {}
    while (header := _next_header(read, where, ledger)).name != _END:
        kind = _KINDS.get(stat.S_IFMT(header.mode))
        linked = kind is MemberKind.FILE and header.links > 1
        if linked and not header.size:
            if header.inode in holding:
                yield _hard_link(header, holding[header.inode])
            else:
                waiting.setdefault(header.inode, []).append(header)
            continue
        yield from _entry(header, kind, read, where, ledger)
        if linked:
            holding.setdefault(header.inode, header)
        for other in waiting.pop(header.inode, []):
            yield _hard_link(other, header)
    for left in waiting.values():
        # Every name of an empty file is as good as the other.
        yield from _entry(left[0], MemberKind.FILE, read, where, ledger)
        yield from (_hard_link(other, left[0]) for other in left[1:])
    _check_rest(header, read, where, ledger)


def _next_header(read: Read, where: str, ledger: Ledger) -> _Header:
    block = exactly(read, _HEADER_SIZE)
    found = _HEADER.fullmatch(block)
    if not found:
        raise Lie(where, "a cpio header is damaged or cut short")
    numbers = [int(found["numbers"][place : place + 8], 16) for place in range(0, 104, 8)]
    inode, mode, uid, gid, links, _, size, major, minor, _, _, length, checksum = numbers
    if not 1 < length <= ledger.limits.name + 1:
        raise TooMuch(where, f"a cpio name of {length} bytes found")
    field = exactly(read, -(-(_HEADER_SIZE + length) // 4) * 4 - _HEADER_SIZE)
    name = field[: length - 1]
    if field[length - 1 : length] != b"\0" or b"\0" in name:
        raise Lie(where, "a cpio name does not end where its header says")
    return _Header(
        name=name,
        inode=(inode, major, minor),
        mode=mode,
        owner=f"{uid}:{gid}",
        links=links,
        size=size,
        checksum=checksum if found["magic"] == _CHECKED else None,
    )


def _entry(
    header: _Header, kind: MemberKind | None, read: Read, where: str, ledger: Ledger
) -> Iterator[Entry]:
    name = clean(text_of(header.name))
    path = f"{where}!/{name}"
    content = _Content(header, read, path)
    mode = header.mode & 0o7777
    if kind is None:
        ledger.lie(path, "a device, pipe or socket found")
    if kind is MemberKind.LINK:
        if header.size > _LONGEST_TARGET:
            raise TooMuch(path, f"a link target of {header.size} bytes found")
        target = text_of(exactly(content.read, header.size))
        yield Entry(name=name, kind=kind, read=nothing, mode=mode, owner=header.owner, target=target)
    elif kind is MemberKind.FILE:
        yield Entry(name=name, kind=kind, read=content.read, size=header.size, mode=mode, owner=header.owner)
    else:
        if header.size:
            ledger.lie(path, f"a folder or special file with {header.size} bytes of data")
        if name or kind is not MemberKind.FOLDER:
            kind = kind or MemberKind.SPECIAL
            yield Entry(name=name, kind=kind, read=nothing, mode=mode, owner=header.owner)
    content.finish(ledger)


def _hard_link(header: _Header, to: _Header) -> Entry:
    return Entry(
        name=clean(text_of(header.name)),
        kind=MemberKind.HARD_LINK,
        read=nothing,
        mode=header.mode & 0o7777,
        owner=header.owner,
        target=clean(text_of(to.name)),
    )


def _check_rest(trailer: _Header, read: Read, where: str, ledger: Ledger) -> None:
    if trailer.size:
        ledger.lie(where, "the end marker of the cpio archive holds data")
    if any(piece.strip(b"\0") for piece in chunks(read)):
        ledger.lie(where, "data follows the end marker of the cpio archive")


class _Content:
    """The data of one entry, the padding behind it, and the checksum some archives have."""

    def __init__(self, header: _Header, read: Read, path: str) -> None:
        self._header, self._source, self._path = header, read, path
        self._counted = Counted(read, header.size, path)
        self._sum = 0

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes of the data; raises Lie where the archive ends too soon."""
        data = self._counted.read(count)
        if self._header.checksum is not None:
            self._sum = (self._sum + sum(data)) & 0xFFFFFFFF
        return data

    def finish(self, ledger: Ledger) -> None:
        """Read past whatever is left of the data, and the padding."""
        for _ in chunks(self.read):
            pass
        if self._header.checksum not in (None, self._sum):
            ledger.lie(self._path, "its data has another checksum than announced")
        if exactly(self._source, -self._header.size % 4).strip(b"\0"):
            ledger.odd(45, self._path, "the padding behind it holds data")
