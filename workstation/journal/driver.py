"""What we use of the database library, which comes without types of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Cell: TypeAlias = "int | str | bytes | bytearray | None"
Cells: TypeAlias = "tuple[Cell, ...]"


class Cursor(Protocol):
    """The rows of one statement."""

    def __iter__(self) -> Iterator[Cells]: ...


class Connection(Protocol):
    """An open database (PEP 249, with SQLCipher's key by buffer)."""

    def set_key(self, key: bytearray, /) -> None:
        """Hand over the key without a copy in SQL text."""

    def execute(self, sql: str, cells: Sequence[Cell] = (), /) -> Cursor:
        """Run one statement."""
        ...

    def set_authorizer(self, authorizer: Callable[..., int], /) -> None:
        """Ask `authorizer` about every statement from now on (sqlite3_set_authorizer)."""

    def close(self) -> None:
        """Close the database."""


class Driver(Protocol):
    """The module itself."""

    Error: type[Exception]
    sqlite_version_info: tuple[int, int, int]

    def connect(self, database: str, *, isolation_level: None) -> Connection:
        """Open or make a database file."""
        ...
