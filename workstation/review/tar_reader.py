"""Tar archives as a stream of entries, strictly: nothing may hide behind a bad header or an end marker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.attributes import in_pax
from workstation.review.ledger import Ledger, Lie
from workstation.review.names import clean
from workstation.review.source import Buffered, Counted, Entry, Read, after, chunks, nothing, text_of
from workstation.review.tar_extras import EXTRA_KINDS, TarExtras
from workstation.review.tar_header import BLOCK, TarHeader, parse_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ZEROS: Final = bytes(BLOCK)
_FILE_KINDS: Final = (b"0", b"\0", b"7")
_SPECIAL: Final = {b"3": "a character device", b"4": "a block device", b"6": "a named pipe"}
_LARGEST_ID: Final = 1 << 32
_YEAR_10000: Final = 253_402_300_800


def tar_entries(read: Read, where: str, ledger: Ledger) -> Iterator[Entry]:
    """Return the entries of a tar archive in order; raises Lie and TooMuch, writes lesser lies down."""
    pieces = Buffered(read)
    extras = TarExtras(where, ledger)
    while (header := _next_header(pieces, where, ledger)) is not None:
        if header.kind in EXTRA_KINDS:
            extras.take(header, pieces)
            continue
        full, records = extras.apply(header)
        name = clean(text_of(full.name))
        path = f"{where}!/{name}"
        kind = _kind(full, where)
        _look_at(full, records, path, ledger)
        content = _Content(full.size, pieces, path)
        if name or kind is not MemberKind.FOLDER:
            yield _entry(name, kind, full, content, in_pax(records) if records else "")
        # A size on a link or folder: readers disagree on whether data follows.
        if kind is not MemberKind.FILE and full.size:
            ledger.lie(path, f"a {kind.value} with {full.size} bytes of data")
        content.finish(ledger)


def _next_header(pieces: Buffered, where: str, ledger: Ledger) -> TarHeader | None:
    block = pieces.exactly(BLOCK)
    if not block:
        ledger.odd(45, where, "the tar archive has no end marker")
        return None
    if block == _ZEROS:
        block = pieces.exactly(BLOCK)
        if block in (_ZEROS, b""):
            _check_rest(pieces.read, where, ledger)
            return None
        ledger.lie(where, "members follow a block of zeros; readers disagree on them")
    if len(block) < BLOCK:
        raise Lie(where, "a tar header is cut short")
    return parse_header(block, where)


def _check_rest(read: Read, where: str, ledger: Ledger) -> None:
    for piece in chunks(read):
        if piece.strip(b"\0"):
            ledger.lie(where, "data follows the end marker of the tar archive")
            return


def _entry(name: str, kind: MemberKind, header: TarHeader, content: _Content, attributes: str) -> Entry:
    owner = f"{header.uid}:{header.gid}"
    if kind is MemberKind.FILE:
        whole = content.at_hand()
        read = content.read if whole is None else after(whole, nothing)
        return Entry(name, kind, read, header.size, header.mode, owner, "", attributes, whole)
    target = _target(header, kind)
    return Entry(name, kind, nothing, 0, header.mode, owner, target, attributes)


def _kind(header: TarHeader, where: str) -> MemberKind:
    if header.kind == b"5" or (header.kind in (b"0", b"\0") and header.name.endswith(b"/")):
        return MemberKind.FOLDER
    if header.kind in _FILE_KINDS:
        return MemberKind.FILE
    if header.kind in _SPECIAL:
        return MemberKind.SPECIAL
    if header.kind in (b"1", b"2"):
        return MemberKind.HARD_LINK if header.kind == b"1" else MemberKind.LINK
    raise Lie(where, f"a tar entry of unknown kind {header.kind!a} found")


def _target(header: TarHeader, kind: MemberKind) -> str:
    """Return what a link points to; a hard link names another member."""
    match kind:
        case MemberKind.LINK:
            return text_of(header.target)
        case MemberKind.HARD_LINK:
            return clean(text_of(header.target))
        case _:
            return ""


def _look_at(header: TarHeader, records: Mapping[bytes, bytes], path: str, ledger: Ledger) -> None:
    if header.kind in _SPECIAL:
        ledger.lie(path, f"{_SPECIAL[header.kind]} found")
    if max(header.uid, header.gid) >= _LARGEST_ID:
        ledger.odd(45, path, f"the owner {header.uid}:{header.gid} is larger than any system has")
    if header.mtime >= _YEAR_10000:
        ledger.odd(20, path, "the time is beyond the year 9999")
    for key in records:
        if key.startswith(b"GNU.sparse"):
            ledger.lie(path, "a sparse member, whose real size and name only some readers see")


class _Content(Counted):
    """The data of one entry, and the padding behind it."""

    __slots__ = ("_padding", "_pieces")

    def __init__(self, size: int, pieces: Buffered, path: str) -> None:
        super().__init__(pieces.read, size, path)
        self._pieces, self._padding = pieces, -size % BLOCK

    def at_hand(self) -> bytes | None:
        """Return all of the data where no more has to be read for it."""
        data = self._pieces.at_hand(self.left)
        if data is not None:
            self.left = 0
        return data

    def finish(self, ledger: Ledger) -> None:
        """Read past whatever is left of the data, and the padding."""
        while self.left:
            self.read(self.left)
        if self._padding and self._pieces.exactly(self._padding).strip(b"\0"):
            ledger.odd(45, self._path, "the padding behind it holds data")
