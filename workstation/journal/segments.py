"""The databases of one journal, read as one: entries go on from file to file, appends go into the last.

A file stays below a gibibyte, and a new one begins when a key holder is removed. Each knows the keys
of those before it, so one key opens all of history. A new file comes to be under another name, and
counts once it has its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.durable import sync_directory
from workstation.journal import besides
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.rows import MOST_SEGMENTS, Earlier, Place
from workstation.journal.secret import scrubbed
from workstation.journal.store import Store
from workstation.process.frames import wipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from workstation.core.merkle import Node
    from workstation.journal.driver import Cells
    from workstation.journal.rows import Beside, Row, Snapshot, Station

DATABASE: Final = "journal.db"
_NAME: Final = re.compile(r"journal\.([0-9]{4})\.db", re.ASCII)
_UNFINISHED: Final = ".new"


def segment_name(number: int) -> str:
    """Return the file name of a segment."""
    return f"journal.{number:04}.db" if number else DATABASE


def newest_number(directory: Path) -> int:
    """Return the number of the last segment in a directory; 0 when there is none."""
    found = (_NAME.fullmatch(path.name) for path in directory.iterdir())
    return max((int(each[1]) for each in found if each), default=0)


def settle_unfinished(directory: Path, since: int) -> None:
    """Finish or forget a segment whose making was cut short; `since` is the first one of the current key.

    With the envelope the change of keys was decided: before it nothing has changed, after it all has.
    """
    for path in directory.glob(f"journal*.db{_UNFINISHED}*"):
        if path.name == segment_name(since) + _UNFINISHED and not (directory / segment_name(since)).exists():
            path.rename(directory / segment_name(since))
        else:
            path.unlink()
    sync_directory(directory)


class Segments:
    """All databases of an open journal. Every method raises JournalFailure."""

    def __init__(self, directory: Path, key: bytearray, newest: Store) -> None:
        """Take over the newest database and its key, which is wiped at the end."""
        self._directory, self._key = directory, key
        self._stores: dict[int, Store] = {newest.place.number: newest}
        self._newest = newest
        self._earlier = _earlier(newest)

    @classmethod
    def create(cls, directory: Path, key: bytearray, station: Station) -> Segments:
        """Make the first database; raises JournalFailure (exists)."""
        found = cls(directory, bytearray(key), Store.create(directory / DATABASE, key, station))
        _sync_names(directory)
        return found

    @classmethod
    def open(cls, directory: Path, key: bytearray) -> Segments:
        """Open the newest database; earlier ones are opened when they are read."""
        number = newest_number(directory)
        store = Store.open(directory / segment_name(number), key)
        try:
            found = cls(directory, bytearray(key), store)
            found._expect_whole(number)
            _sync_names(directory)
        except JournalFailure:
            store.close()
            raise
        return found

    @property
    def place(self) -> Place:
        """Which segment takes the appends."""
        return self._newest.place

    def station(self) -> Station:
        """Return whose journal this is."""
        return self._newest.station()

    def size(self) -> int:
        """Return the number of entries, by the highest sequence number."""
        return self._newest.size()

    def bytes_on_disk(self) -> int:
        """Return the size of the newest database's file."""
        try:
            return (self._directory / segment_name(self.place.number)).stat().st_size
        except OSError as error:
            raise JournalFailure(FailureName.DISK, str(error)) from error

    def append(self, row: Row, nodes: Iterable[Node], besides: Iterable[Beside] = ()) -> None:
        """Commit one entry, the subtrees it completed and what is kept beside it, durably."""
        self._newest.append(row, nodes, besides)

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the entries with start <= seq < stop, in order."""
        for store in self.stores(start, stop):
            yield from store.rows(start, stop)

    def cells(self, start: int, stop: int) -> Iterator[Cells]:
        """Yield number, leaf, seal and body of those entries as they stand there, whatever they are."""
        for store in self.stores(start, stop):
            yield from store.cells(start, stop)

    def subtree_row(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return kept hashes of one level: leaves at level 0, else a multiple of TILE_LEVELS."""
        stores = self.stores(start << level, stop << level)
        found = [each for store in stores for each in store.hashes(level, start, stop)]
        if len(found) != stop - start:
            raise JournalFailure(
                FailureName.LOSS, f"rows of level {level} are missing from {start} to {stop}"
            )
        return found

    def flush(self) -> None:
        """Bring the write-ahead log into the database and empty it."""
        self._newest.flush()

    def damage(self) -> list[str]:
        """Return what the databases' own checks find."""
        found: list[str] = []
        for number in range(self.place.number + 1):
            name = segment_name(number)
            found.extend(f"{name}: {each}" if number else each for each in self._store(number).damage())
        return found

    def stores(self, start: int, stop: int) -> Iterator[Store]:
        """Yield the databases that can hold an entry with start <= seq < stop, in order."""
        firsts = [*(each.place.first for each in self._earlier), self.place.first]
        for number, first in enumerate(firsts):
            following = firsts[number + 1] if number + 1 < len(firsts) else stop
            if first < stop and start < max(following, first + 1):
                yield self._store(number)

    def snapshot(self) -> Snapshot | None:
        """Return the newest snapshot of the fold there is."""
        found = (besides.snapshot_in(self._store(number)) for number in range(self.place.number, -1, -1))
        return next((each for each in found if each is not None), None)

    def keep_snapshot(self, snapshot: Snapshot) -> None:
        """Put a snapshot in the place of the one before."""
        besides.keep_snapshot(self._newest, snapshot)

    def prepare(self, key: bytearray) -> None:
        """Make the next database under another name; nothing has changed yet."""
        number, name = self.place.number + 1, self._unfinished
        if number > MOST_SEGMENTS:
            raise JournalFailure(FailureName.REFUSED, f"a journal has at most {MOST_SEGMENTS} segments")
        self._newest.flush()
        place = Place(number=number, first=self.size())
        earlier = (*self._earlier, Earlier(place=self.place, key=bytearray(self._key)))
        name.unlink(missing_ok=True)
        Store.create(name, key, self.station(), place, earlier).close()

    def commit(self, key: bytearray) -> None:
        """Let the prepared database take the appends from now on."""
        path = self._directory / segment_name(self.place.number + 1)
        self._unfinished.rename(path)
        self._newest = Store.open(path, key)
        _sync_names(self._directory)
        self._stores[self.place.number] = self._newest
        self._earlier = _earlier(self._newest)
        wipe(self._key)
        self._key = bytearray(key)

    def close(self) -> None:
        """Close every database and wipe the key."""
        for store in self._stores.values():
            store.close()
        for secret in (self._key, *(each.key for each in self._earlier)):
            wipe(secret)

    @property
    def _unfinished(self) -> Path:
        return self._directory / (segment_name(self.place.number + 1) + _UNFINISHED)

    def _store(self, number: int) -> Store:
        if number not in self._stores:
            earlier = self._earlier[number]
            store = Store.open(self._directory / segment_name(number), earlier.key)
            if store.place != earlier.place:
                store.close()
                raise JournalFailure(FailureName.DAMAGED, f"{segment_name(number)} is another segment")
            self._stores[number] = store
        return self._stores[number]

    def _expect_whole(self, number: int) -> None:
        if self.place.number != number:
            raise JournalFailure(FailureName.DAMAGED, f"{segment_name(number)} is another segment")
        for each in range(number):
            if not (self._directory / segment_name(each)).exists():
                why = f"{segment_name(each)} is not there; a journal is never started afresh"
                raise JournalFailure(FailureName.MISSING, why)


def _sync_names(directory: Path) -> None:
    """Make the name of a write-ahead log durable, which opening made; raises JournalFailure (disk).

    SQLite does so too, and never says when it could not.
    """
    try:
        sync_directory(directory)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, str(error)) from error


def _earlier(store: Store) -> tuple[Earlier, ...]:
    found: list[Earlier] = []
    for cells in store.run("select number, first, key from earlier order by number"):
        match cells:
            case (int(number), int(first), bytes(key)) if number == len(found):
                found.append(Earlier(place=Place(number=number, first=first), key=scrubbed(key)))
            case _:
                raise JournalFailure(FailureName.DAMAGED, "the list of earlier segments is damaged")
    if len(found) != store.place.number:
        raise JournalFailure(FailureName.DAMAGED, "the list of earlier segments is not whole")
    return tuple(found)
