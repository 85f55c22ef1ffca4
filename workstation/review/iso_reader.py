"""ISO 9660 images as a stream of entries: one tree is shown, and the others may hold nothing it has not.

Linux reads Rock Ridge first, then Joliet; Windows reads Joliet. So a file that only one of the trees
has would be seen by some and not by others, which is refused.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.iso_boot import boot_entries
from workstation.review.iso_volume import Extents, Record, read_volume, records, self_record
from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.names import joined_name
from workstation.review.rock_ridge import Posix, posix_of, skipped_bytes
from workstation.review.source import Counted, Entry, Source, chained, chunks, nothing, stream, text_of

if TYPE_CHECKING:
    from workstation.review.source import Read

_DEEPEST: Final = 100
_KINDS: Final = {
    stat.S_IFREG: MemberKind.FILE,
    stat.S_IFDIR: MemberKind.FOLDER,
    stat.S_IFLNK: MemberKind.LINK,
}


def iso_entries(source: Source, where: str, ledger: Ledger) -> Iterator[Entry]:
    """Return the entries of an ISO image; raises Lie, TooMuch and Closed."""
    volume = read_volume(source, where)
    own = self_record(source, volume.primary, where)
    skip = skipped_bytes(own.system_use)
    by_joliet = skip is None and volume.joliet is not None
    shown = _Tree(source, where, ledger, skip=skip, joliet=by_joliet)
    root, other = volume.primary, volume.joliet
    if by_joliet and other is not None:
        root, other = other, root
    for found in shown.files(root):
        yield shown.entry(found)
    yield from boot_entries(source, volume, shown.extents, where)
    if other is not None:
        hidden = _Tree(source, where, ledger, joliet=other is volume.joliet)
        for _ in hidden.files(other):
            pass
        _compare_trees(shown.extents, hidden.extents, where, ledger)
    if any(piece.strip(b"\0") for piece in chunks(stream(source, volume.size))):
        ledger.odd(60, where, "data follows the end of the ISO volume")


def _compare_trees(shown: set[Extents], other: set[Extents], where: str, ledger: Ledger) -> None:
    # A file without bytes has no place of its own.
    if {one for one in shown ^ other if any(size for _, size in one)}:
        ledger.lie(where, "the trees of the ISO image hold different files; readers disagree on them")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A record with its name in the tree, and what Rock Ridge says of it."""

    name: str
    record: Record
    posix: Posix
    folder: bool


class _Tree:
    """One of the trees of an image; `extents` are those of the files that came already."""

    def __init__(
        self, source: Source, where: str, ledger: Ledger, *, skip: int | None = None, joliet: bool = False
    ) -> None:
        self._source, self._where, self._ledger = source, where, ledger
        self._skip, self._joliet = skip, joliet
        self.extents: set[Extents] = set()

    def files(self, root: Record) -> Iterator[_Found]:
        """Yield everything below a folder; raises Lie where folders go in circles."""
        waiting, seen = [("", root)], {root.extents[0][0]}
        while waiting:
            name, folder = waiting.pop()
            if name.count("/") > _DEEPEST:
                raise TooMuch(self._where, "folders nested too deep")
            below = list[tuple[str, Record]]()
            for record in records(self._source, folder, self._where, self._ledger):
                found = self._found(name, record)
                if found.posix.relocated:
                    continue  # it is shown where its link stands
                yield found
                if found.folder:
                    if found.record.extents[0][0] in seen:
                        raise Lie(self._where, "an ISO folder stands in two places")
                    seen.add(found.record.extents[0][0])
                    below.append((found.name, found.record))
                elif found.posix.target is None:
                    self.extents.add(record.extents)
            waiting.extend(reversed(below))

    def entry(self, found: _Found) -> Entry:
        """Return the entry a record is."""
        posix, record = found.posix, found.record
        path = f"{self._where}!/{found.name}"
        kind = self._kind(found, path)
        mode = 0 if posix.mode is None else posix.mode & 0o7777
        file = kind is MemberKind.FILE
        return Entry(
            name=found.name,
            kind=kind,
            read=self._content(record, path) if file else nothing,
            size=record.size if file else 0,
            mode=mode,
            owner=posix.owner,
            target=text_of(posix.target or b""),
        )

    def _kind(self, found: _Found, path: str) -> MemberKind:
        if found.posix.mode is None:
            return MemberKind.FOLDER if found.folder else MemberKind.FILE
        kind = _KINDS.get(stat.S_IFMT(found.posix.mode))
        if kind is None:
            self._ledger.lie(path, "a device, pipe or socket found")
            return MemberKind.SPECIAL
        if (kind is MemberKind.FOLDER) != found.folder or (kind is MemberKind.LINK) != (
            found.posix.target is not None
        ):
            self._ledger.lie(path, "Rock Ridge says another kind of file than the record")
        return kind

    def _content(self, record: Record, path: str) -> Read:
        parts = (stream(self._source, start, size) for start, size in record.extents)
        return Counted(chained(parts), record.size, path).read

    def _found(self, folder: str, record: Record) -> _Found:
        if self._skip is None:
            return _Found(
                name=joined_name(folder, self._plain_name(record)),
                record=record,
                posix=Posix(),
                folder=record.folder,
            )
        posix = posix_of(self._source, record.system_use[self._skip :], self._where)
        name = self._plain_name(record) if posix.name is None else text_of(posix.name)
        if "/" in name or name in (".", ".."):
            raise Lie(self._where, f"a Rock Ridge name that is none: {name[:200]!a}")
        if posix.child is not None:
            return self._relocated(joined_name(folder, name), posix)
        return _Found(name=joined_name(folder, name), record=record, posix=posix, folder=record.folder)

    def _relocated(self, name: str, link: Posix) -> _Found:
        """Return the folder a child link leads to (RRIP 4.1.5), under the name of the link."""
        start = link.child or 0
        placed = Record(name=b"", extents=((start, 2048),), folder=True, system_use=b"")
        own = self_record(self._source, placed, self._where)
        posix = posix_of(self._source, own.system_use[self._skip or 0 :], self._where)
        return _Found(name=name, record=own, posix=posix, folder=True)

    def _plain_name(self, record: Record) -> str:
        """Return a name without its version; Joliet spells names in UCS-2, big endian."""
        if not self._joliet:
            return text_of(record.name).partition(";")[0].removesuffix(".")
        try:
            name = record.name.decode("utf-16-be")
        except UnicodeDecodeError:
            raise Lie(self._where, f"a Joliet name that is not UTF-16: {record.name[:200]!a}") from None
        return name.removesuffix(";1")
