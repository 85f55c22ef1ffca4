"""One encrypted database of the journal: rows in, rows out, and no way to change one.

Confidentiality and random damage are SQLCipher's business; history is not (see `log`). Pages are
encrypted under a raw key handed over in a buffer that is wiped: a PRAGMA would leave copies.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, cast

from sqlcipher3 import dbapi2  # pyright: ignore[reportMissingTypeStubs] (it has none; `driver` says what we use)

from workstation.journal.failure import FailureName, JournalFailure, database_failure
from workstation.journal.rows import FIRST_PLACE, Earlier, Place, Row, Station
from workstation.journal.schema import (
    CHECKED,
    LEAST_SQLITE,
    PLAIN_HEADER,
    SCHEMA,
    SETTINGS,
    TILE_LEVELS,
    authorise,
)
from workstation.journal.secret import KEY_BYTES, held
from workstation.journal.secret import quoted as _quoted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path

    from workstation.core.merkle import Node
    from workstation.journal.driver import Cell, Cells, Connection, Driver
    from workstation.journal.rows import Beside

__all__ = ["Row", "Station", "Store"]

_DRIVER: Final = cast("Driver", dbapi2)


class Store:
    """An open database. Every method raises JournalFailure (disk or damaged)."""

    def __init__(self, connection: Connection) -> None:
        """Take over a connection that has been keyed and set up."""
        self._connection = connection
        self.place = self._read_place()

    @classmethod
    def create(
        cls,
        path: Path,
        key: bytearray,
        station: Station,
        place: Place = FIRST_PLACE,
        earlier: Sequence[Earlier] = (),
    ) -> Store:
        """Make the database; raises JournalFailure (exists) when there is one."""
        if path.exists():
            raise JournalFailure(FailureName.EXISTS, f"{path.name} is there already")
        connection = _connected(path, key)
        try:
            _fill(connection, station, place, earlier)
            store = cls._guarded(connection)
            store.flush()
            _expect_encrypted(path)
        except JournalFailure:
            connection.close()
            raise
        return store

    @classmethod
    def open(cls, path: Path, key: bytearray) -> Store:
        """Open the database; raises JournalFailure (missing, wrong-key, damaged, unsafe)."""
        if not path.exists():
            raise JournalFailure(
                FailureName.MISSING, f"{path.name} is not there; a journal is never started afresh"
            )
        _expect_encrypted(path)
        connection = _connected(path, key)
        try:
            return cls._guarded(connection)
        except JournalFailure:
            connection.close()
            raise

    @classmethod
    def _guarded(cls, connection: Connection) -> Store:
        found = {
            str(row[0]) for row in _run(connection, "select sql from sqlite_master where sql is not null")
        }
        if found != set(SCHEMA):
            raise JournalFailure(FailureName.DAMAGED, "the database has another schema")
        connection.set_authorizer(authorise)
        return cls(connection)

    def station(self) -> Station:
        """Return whose journal this is."""
        match self.run("select origin, private_key from station"):
            case [(str(origin), bytes(private_key))]:
                return Station(origin=origin, private_key=private_key)
            case _:
                raise JournalFailure(FailureName.DAMAGED, "the station's row is not there")

    def size(self) -> int:
        """Return how many entries there are with this part's last one, by the highest sequence number."""
        match self.run("select max(seq) from entry"):
            case [(int(last),)]:
                return last + 1
            case _:
                return self.place.first

    def append(self, row: Row, nodes: Iterable[Node], besides: Iterable[Beside] = ()) -> None:
        """Commit one entry, the subtrees it completed and what is kept beside it, durably."""
        kept = [node for node in nodes if node.level and not node.level % TILE_LEVELS]
        with self.transaction():
            self.run("insert into entry values(?, ?, ?, ?)", (row.seq, row.leaf, row.seal, row.body))
            for node in kept:
                self.run("insert into node values(?, ?, ?)", (node.level, node.index, node.hash))
            for each in besides:
                self.run(
                    "insert into beside values(?, ?, ?, ?)", (each.seq, each.name, each.salt, each.value)
                )

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the entries with start <= seq < stop, in order."""
        for cells in self.cells(start, stop):
            match cells:
                case (int(seq), bytes(leaf), bytes(seal), bytes(body)):
                    yield Row(seq=seq, leaf=leaf, seal=seal, body=body)
                case _:
                    raise JournalFailure(FailureName.DAMAGED, "an entry's row has another shape")

    def cells(self, start: int, stop: int) -> Iterator[Cells]:
        """Yield number, leaf, seal and body of those entries as they stand there, whatever they are."""
        asked = "select seq, leaf, seal, body from entry where seq >= ? and seq < ? order by seq"
        return _stream(self._connection, asked, (start, stop))

    def hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return those hashes of a level that are here: leaves at 0, else a multiple of TILE_LEVELS."""
        asked = "select leaf from entry where seq >= ? and seq < ? order by seq"
        cells: tuple[Cell, ...] = (start, stop)
        if level:
            asked = "select hash from node where level = ? and idx >= ? and idx < ? order by idx"
            cells = (level, *cells)
        return [row[0] for row in self.run(asked, cells) if isinstance(row[0], bytes)]

    def flush(self) -> None:
        """Bring the write-ahead log into the database and empty it."""
        match self.run("pragma wal_checkpoint(truncate)"):
            case [(0, _, _)]:
                return
            case found:
                raise JournalFailure(FailureName.DISK, f"the write-ahead log could not be emptied: {found}")

    def damage(self) -> list[str]:
        """Return what SQLCipher's and SQLite's own checks find; empties the write-ahead log first.

        The table of entries is left out of SQLite's: the audit asks for every row of it by its number, and
        holds it to more than the table's rules.
        """
        self.flush()
        found = self.run("pragma cipher_integrity_check")
        for table in CHECKED:
            found += self.run(f"pragma integrity_check({table})")
        return [str(row[0]) for row in found if row[0] != "ok"]

    def close(self) -> None:
        """Close the connection; SQLite then removes its write-ahead log."""
        self._connection.close()

    def run(self, sql: str, cells: Sequence[Cell] = ()) -> list[Cells]:
        """Run one statement; the authorizer refuses what may not be done."""
        return _run(self._connection, sql, cells)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Commit what is run inside, durably, or nothing of it."""
        try:
            self.run("begin immediate")
            yield
            self.run("commit")
        except JournalFailure:
            with suppress(JournalFailure):
                self.run("rollback")
            raise

    def _read_place(self) -> Place:
        match self.run("select number, first from segment"):
            case [(int(number), int(first))]:
                return Place(number=number, first=first)
            case _:
                raise JournalFailure(FailureName.DAMAGED, "the segment's row is not there")


def _fill(connection: Connection, station: Station, place: Place, earlier: Sequence[Earlier]) -> None:
    _run(connection, "begin immediate")
    for statement in SCHEMA:
        _run(connection, statement)
    _run(connection, "insert into station values(1, ?, ?)", (station.origin, station.private_key))
    _run(connection, "insert into segment values(1, ?, ?)", (place.number, place.first))
    for each in earlier:
        cells = (each.place.number, each.place.first, each.key)
        _run(connection, "insert into earlier values(?, ?, ?)", cells)
    _run(connection, "commit")


def _connected(path: Path, key: bytearray) -> Connection:
    if _DRIVER.sqlite_version_info < LEAST_SQLITE:
        raise JournalFailure(
            FailureName.UNSAFE, f"SQLite {_DRIVER.sqlite_version_info} found, {LEAST_SQLITE} wanted"
        )
    if len(key) != KEY_BYTES:
        # Anything else would silently be taken for a passphrase.
        raise JournalFailure(FailureName.WRONG_KEY, f"{len(key)} bytes of key found, {KEY_BYTES} wanted")
    try:
        connection = _DRIVER.connect(str(path), isolation_level=None)
    except _DRIVER.Error as error:
        raise database_failure(str(error)) from error
    try:
        _key(connection, key)
        # Nothing is read before this: without EXCLUSIVE, reading would make a shared-memory file.
        _set_up(connection)
    except JournalFailure:
        connection.close()
        raise
    return connection


def _key(connection: Connection, key: bytearray) -> None:
    with held(_quoted(key)) as quoted:
        try:
            connection.set_key(quoted)
        except _DRIVER.Error as error:
            raise database_failure(str(error)) from error


def _set_up(connection: Connection) -> None:
    for name, wanted, answer in SETTINGS:
        _run(connection, f"pragma {name} = {wanted}")
        found = _run(connection, f"pragma {name}")
        if [str(cell) for row in found for cell in row] != [answer]:
            raise JournalFailure(FailureName.UNSAFE, f"{name} is {found}, {answer} wanted")
    if _run(connection, "pragma cipher_status") != [("1",)]:
        raise JournalFailure(FailureName.UNSAFE, "the database would not be encrypted")


def _expect_encrypted(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(len(PLAIN_HEADER))
    if len(header) < len(PLAIN_HEADER) or header == PLAIN_HEADER:
        raise JournalFailure(FailureName.DAMAGED, f"{path.name} is not an encrypted database")


def _run(connection: Connection, sql: str, cells: Sequence[Cell] = ()) -> list[Cells]:
    return list(_stream(connection, sql, cells))


def _stream(connection: Connection, sql: str, cells: Sequence[Cell] = ()) -> Iterator[Cells]:
    try:
        yield from connection.execute(sql, cells)
    except _DRIVER.Error as error:
        raise database_failure(str(error)) from error
