"""What is kept beside the entries: texts that can be redacted, and a snapshot of the fold.

Neither is history. An entry holds the salted hash of each text and the digest of each snapshot, so
what is here can be missing, and that is told, but not altered.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from workstation.core.entry import SALT_BYTES
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.rows import Beside, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workstation.core.entry import Draft
    from workstation.journal.segments import Segments
    from workstation.journal.store import Store


def salts_for(draft: Draft) -> dict[str, bytes]:
    """Return a fresh salt for each text kept beside an entry."""
    return {name: os.urandom(SALT_BYTES) for name in draft.beside}


def rows_for(draft: Draft, seq: int, salts: Mapping[str, bytes]) -> tuple[Beside, ...]:
    """Return the texts of a draft as they stand in the database."""
    return tuple(
        Beside(seq=seq, name=name, salt=salts[name], value=text.encode())
        for name, text in draft.beside.items()
    )


def besides(segments: Segments, start: int, stop: int) -> Iterator[Beside]:
    """Yield what is kept beside the entries with start <= seq < stop, in order."""
    asked = "select seq, name, salt, value from beside where seq >= ? and seq < ? order by seq, name"
    for store in segments.stores(start, stop):
        for cells in store.run(asked, (start, stop)):
            match cells:
                case (int(seq), str(name), bytes(salt), bytes(value)):
                    yield Beside(seq=seq, name=name, salt=salt, value=value)
                case _:
                    raise JournalFailure(FailureName.DAMAGED, "a text beside an entry has another shape")


def take_away(segments: Segments, seq: int, names: tuple[str, ...]) -> None:
    """Delete texts beside one entry, and every copy of them in the database's files."""
    for store in segments.stores(seq, seq + 1):
        with store.transaction():
            for name in names:
                store.run("delete from beside where seq = ? and name = ?", (seq, name))
        # Deleted pages are overwritten (secure_delete); older ones stand in the write-ahead log until now.
        store.flush()


def keep_snapshot(store: Store, snapshot: Snapshot) -> None:
    """Put a snapshot in the place of the one before."""
    with store.transaction():
        store.run("delete from fold")
        store.run("insert into fold values(?, ?)", (snapshot.size, snapshot.body))


def snapshot_in(store: Store) -> Snapshot | None:
    """Return the snapshot, if there is one."""
    match store.run("select size, body from fold order by size desc limit 1"):
        case [(int(size), bytes(body))]:
            return Snapshot(size=size, body=body)
        case _:
            return None
