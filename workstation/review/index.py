"""The index of one side of a release: every member by its path, in a database in memory.

A million members as Python objects take a gigabyte; here they take about a hundred bytes each.
Nothing is written to disk: the database is `:memory:`, and its temporary tables are too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple
from weakref import finalize

from workstation.core.release_diff import Member, MemberKind

NO_TEXT: Final = -1


class Facts(NamedTuple):
    """What is known of a member besides its path; `text` is where its text is held, or NO_TEXT."""

    kind: int
    size: int
    mode: int
    owner: str
    target: str
    digest: bytes
    attributes: str = ""
    text: int = NO_TEXT

    @property
    def is_file(self) -> bool:
        """Whether it is a file with bytes of its own."""
        return self.kind == FILE

    @property
    def seen(self) -> tuple[object, ...]:
        """Return what makes it the same as another or not."""
        return self[:7]


_KINDS: Final = tuple(MemberKind)
NUMBER: Final = {kind: number for number, kind in enumerate(_KINDS)}
FILE: Final = NUMBER[MemberKind.FILE]
_BATCH: Final = 4096
_SCHEMA: Final = """
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -2000;
    CREATE TABLE member (
        folder INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, size INTEGER NOT NULL,
        mode INTEGER NOT NULL, owner TEXT NOT NULL, target TEXT NOT NULL, digest BLOB NOT NULL,
        attributes TEXT NOT NULL, text INTEGER NOT NULL,
        PRIMARY KEY (folder, name)
    ) WITHOUT ROWID;
"""
_INSERT: Final = "INSERT INTO member VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FACTS: Final = "kind, size, mode, owner, target, digest, attributes, text"
_ONE: Final = f"SELECT {_FACTS} FROM member WHERE folder = ? AND name = ?"  # noqa: S608 (a constant)
_WITHIN: Final = f"SELECT {_FACTS}, name FROM member WHERE folder = ? ORDER BY name"  # noqa: S608 (as above)


class MemberIndex(Mapping[str, Member]):
    """The members of one side by path; a path is kept as its folder and the name within."""

    def __init__(self) -> None:
        # No statement waits for another: this process has one thread, and one owner of this database.
        self._database = sqlite3.connect(":memory:")
        finalize(self, self._database.close)
        self._database.executescript(_SCHEMA)
        self._folders: dict[str, int] = {}
        self._paths: list[str] = []
        self._waiting: dict[tuple[int, str], Facts] = {}
        self._count = 0
        self._written = 0  # folders below this number may have members in the database

    def add(self, member: Member, text: int = NO_TEXT) -> None:
        """Keep a member and where its text is held; a second one of its path does not replace the first."""
        self.put(member.path, facts_of(member, text))

    def put(self, path: str, facts: Facts) -> None:
        """Keep what is known of the member at a path, as `add` does."""
        folder, name = parted(path)
        number = self._id(folder)
        if self._found(number, name) is None:
            self._waiting[number, name] = facts
            if len(self._waiting) >= _BATCH:
                self._write()

    def kind(self, path: str) -> MemberKind | None:
        """Return what is at a path, or None where nothing is."""
        facts = self.facts(path)
        return None if facts is None else _KINDS[facts.kind]

    def facts(self, path: str) -> Facts | None:
        """Return what is known of the member at a path, or None."""
        folder, name = parted(path)
        number = self._folders.get(folder)
        return None if number is None else self._found(number, name)

    def mark(self) -> int:
        """Return a mark of what is here now, for `forget` and `below`: members that come in new folders."""
        return len(self._paths)

    def forget(self, mark: int) -> None:
        """Strike out every member in a folder that came since `mark`."""
        self._write()
        gone = self._database.execute("DELETE FROM member WHERE folder >= ?", (mark,))
        self._count -= gone.rowcount
        for path in self._paths[mark:]:
            del self._folders[path]
        del self._paths[mark:]
        self._written = min(self._written, mark)

    def folders(self, since: int = 0) -> Iterator[str]:
        """Yield the paths of folders in the order they came, from a mark on."""
        return islice(self._paths, since, None)

    def has_folder(self, folder: str) -> bool:
        """Whether anything is known in a folder."""
        return folder in self._folders

    def within(self, folder: str) -> Iterator[tuple[str, Facts]]:
        """Yield the name and facts of everything directly in a folder, by name."""
        self._write()
        number = self._folders.get(folder)
        if number is None:
            return
        for *facts, name in self._database.execute(_WITHIN, (number,)):
            yield str(name), Facts(*facts)

    def __getitem__(self, path: str) -> Member:
        facts = self.facts(path)
        if facts is None:
            raise KeyError(path)
        return member_from(path, facts)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.facts(path) is not None

    def __iter__(self) -> Iterator[str]:
        for folder in self._paths:
            yield from (joined(folder, name) for name, _ in self.within(folder))

    def __len__(self) -> int:
        return self._count + len(self._waiting)

    def _id(self, folder: str) -> int:
        number = self._folders.get(folder)
        if number is None:
            number = self._folders[folder] = len(self._paths)
            self._paths.append(folder)
        return number

    def _found(self, folder: int, name: str) -> Facts | None:
        waiting = self._waiting.get((folder, name))
        if waiting or folder >= self._written:
            return waiting
        stored = self._database.execute(_ONE, (folder, name)).fetchone()
        return None if stored is None else Facts(*stored)

    def _write(self) -> None:
        """Move what waits into the database."""
        rows = [(*key, *facts) for key, facts in self._waiting.items()]
        with self._database:
            self._database.executemany(_INSERT, rows)
        self._count += len(rows)
        self._waiting.clear()
        self._written = len(self._paths)


def joined(folder: str, name: str) -> str:
    """Return the path of `name` in `folder`; the outermost folder has no name."""
    return f"{folder}/{name}" if folder else name


def parted(path: str) -> tuple[str, str]:
    """Return the folder of a path (`…!` for what stands in a container), and the name within it."""
    folder, _, name = path.rpartition("/")
    return folder, name


def facts_of(member: Member, text: int = NO_TEXT) -> Facts:
    """Return what a member is besides its path."""
    digest = bytes.fromhex(member.digest)
    kind = NUMBER[member.kind]
    rights = member.mode, member.owner, member.target
    return Facts(kind, member.size, *rights, digest, member.attributes, text)


def member_from(path: str, facts: Facts) -> Member:
    """Return the member at a path."""
    return Member(
        path=path,
        kind=_KINDS[facts.kind],
        size=facts.size,
        mode=facts.mode,
        owner=facts.owner,
        target=facts.target,
        digest=facts.digest.hex(),
        attributes=facts.attributes,
    )
