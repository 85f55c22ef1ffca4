"""The encrypted database: rows in, rows out, and no way to change one.

Confidentiality and random damage are SQLCipher's business; history is not (see `log`). Pages are
encrypted under a raw key handed over in a buffer that is wiped: a PRAGMA would leave copies.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from sqlcipher3 import dbapi2  # pyright: ignore[reportMissingTypeStubs] (it has none; `driver` says what we use)

from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.schema import LEAST_SQLITE, PLAIN_HEADER, SCHEMA, SETTINGS, TILE_LEVELS, authorise
from workstation.journal.secret import KEY_BYTES, held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from workstation.core.merkle import Node
    from workstation.journal.driver import Cell, Cells, Connection, Driver

_DRIVER: Final = cast("Driver", dbapi2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stored entry: its number, leaf hash, forward-secure seal, and exact bytes."""

    seq: int
    leaf: bytes
    seal: bytes
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Who this journal belongs to, and the raw Ed25519 key it signs with."""

    origin: str
    private_key: bytes


class Store:
    """An open database. Every method raises JournalFailure (disk or damaged)."""

    def __init__(self, connection: Connection) -> None:
        """Take over a connection that has been keyed and set up."""
        self._connection = connection

    @classmethod
    def create(cls, path: Path, key: bytearray, station: Station) -> Store:
        """Make the database; raises JournalFailure (exists) when there is one."""
        if path.exists():
            raise JournalFailure(FailureName.EXISTS, f"{path.name} is there already")
        connection = _connected(path, key)
        try:
            _run(connection, "begin immediate")
            for statement in SCHEMA:
                _run(connection, statement)
            _run(connection, "insert into station values(1, ?, ?)", (station.origin, station.private_key))
            _run(connection, "commit")
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
        found = {row[0] for row in _run(connection, "select sql from sqlite_master where sql is not null")}
        if found != set(SCHEMA):
            raise JournalFailure(FailureName.DAMAGED, "the database has another schema")
        connection.set_authorizer(authorise)
        return cls(connection)

    def station(self) -> Station:
        """Return whose journal this is."""
        match _run(self._connection, "select origin, private_key from station"):
            case [(str(origin), bytes(private_key))]:
                return Station(origin=origin, private_key=private_key)
            case _:
                raise JournalFailure(FailureName.DAMAGED, "the station's row is not there")

    def size(self) -> int:
        """Return the number of entries, by the highest sequence number."""
        match _run(self._connection, "select max(seq) from entry"):
            case [(int(last),)]:
                return last + 1
            case _:
                return 0

    def append(self, row: Row, nodes: Iterable[Node]) -> None:
        """Commit one entry and the subtrees it completed, durably."""
        kept = [node for node in nodes if node.level and not node.level % TILE_LEVELS]
        try:
            _run(self._connection, "begin immediate")
            _run(
                self._connection,
                "insert into entry values(?, ?, ?, ?)",
                (row.seq, row.leaf, row.seal, row.body),
            )
            for node in kept:
                _run(
                    self._connection, "insert into node values(?, ?, ?)", (node.level, node.index, node.hash)
                )
            _run(self._connection, "commit")
        except JournalFailure:
            with suppress(JournalFailure):
                _run(self._connection, "rollback")
            raise

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """Yield the entries with start <= seq < stop, in order."""
        asked = "select seq, leaf, seal, body from entry where seq >= ? and seq < ? order by seq"
        for cells in _stream(self._connection, asked, (start, stop)):
            match cells:
                case (int(seq), bytes(leaf), bytes(seal), bytes(body)):
                    yield Row(seq=seq, leaf=leaf, seal=seal, body=body)
                case _:
                    raise JournalFailure(FailureName.DAMAGED, "an entry's row has another shape")

    def subtree_row(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return kept hashes of one level: leaves at level 0, else a multiple of TILE_LEVELS."""
        asked = "select leaf from entry where seq >= ? and seq < ? order by seq"
        cells: tuple[Cell, ...] = (start, stop)
        if level:
            asked = "select hash from node where level = ? and idx >= ? and idx < ? order by idx"
            cells = (level, *cells)
        found = [row[0] for row in _run(self._connection, asked, cells) if isinstance(row[0], bytes)]
        if len(found) != stop - start:
            raise JournalFailure(
                FailureName.LOSS, f"rows of level {level} are missing from {start} to {stop}"
            )
        return found

    def flush(self) -> None:
        """Bring the write-ahead log into the database and empty it."""
        match _run(self._connection, "pragma wal_checkpoint(truncate)"):
            case [(0, _, _)]:
                return
            case found:
                raise JournalFailure(FailureName.DISK, f"the write-ahead log could not be emptied: {found}")

    def damage(self) -> list[str]:
        """Return what SQLCipher's and SQLite's own checks find; empties the write-ahead log first."""
        self.flush()
        cipher = _run(self._connection, "pragma cipher_integrity_check")
        plain = _run(self._connection, "pragma integrity_check")
        return [str(row[0]) for row in (*cipher, *plain) if row[0] != "ok"]

    def close(self) -> None:
        """Close the connection; SQLite then removes its write-ahead log."""
        self._connection.close()


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
        raise _failure(str(error)) from error
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
            raise _failure(str(error)) from error


def _quoted(key: bytearray) -> bytearray:
    """Return x'…', which SQLCipher takes as the key itself and not as a passphrase."""
    digits = b"0123456789abcdef"
    return bytearray(b"x'") + bytearray(digits[half] for byte in key for half in divmod(byte, 16)) + b"'"


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
        raise _failure(str(error)) from error


def _failure(text: str) -> JournalFailure:
    if "not a database" in text:
        return JournalFailure(
            FailureName.WRONG_KEY, "the key does not open the database, or its first page is damaged"
        )
    if "malformed" in text:
        return JournalFailure(FailureName.DAMAGED, f"the database is damaged ({text})")
    return JournalFailure(FailureName.DISK, f"the database could not be read or written ({text})")
