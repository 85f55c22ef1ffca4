"""What the two files of a journal say about each other when it is opened.

Only one difference is an accident: a process that ended between the database's commit and the
leaf log's write. Everything else is loss, an older copy put in place, or damage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.seal import next_key, seal_of

if TYPE_CHECKING:
    from workstation.journal.leaf_log import LeafLog
    from workstation.journal.rows import Row
    from workstation.journal.segments import Segments


def recovered_key(store: Segments, leaf_log: LeafLog, size: int) -> bytearray:
    """Return the key that seals entry `size`; raises JournalFailure (loss, damaged)."""
    _expect_nothing_lost(leaf_log, size)
    row = next(store.rows(size - 1, size)) if size else None
    _expect_same_end(leaf_log, row, size)
    return _key(leaf_log, row, size)


def _expect_nothing_lost(leaf_log: LeafLog, size: int) -> None:
    count, closed = leaf_log.count, leaf_log.header.closed_at
    if count > size:
        raise _loss(f"the leaf log has {count} entries, the database only {size}")
    if count < size - 1 or leaf_log.header.newest < size - 1:
        raise _loss(f"the database has {size} entries, the leaf log only {count}")
    if leaf_log.header.newest > size:
        raise _loss(f"the seals are at {leaf_log.header.newest}, the database only at {size}")
    if closed is not None and (closed, count) != (size, size):
        raise _loss(f"the journal was closed with {closed} entries, {count} and {size} are there")


def _expect_same_end(leaf_log: LeafLog, row: Row | None, size: int) -> None:
    closed = leaf_log.header.closed_at is not None
    if leaf_log.torn and (closed or leaf_log.count == size):
        raise _damaged("something stands behind the leaf log's last frame")
    if closed and (leaf_log.header.torn or leaf_log.header.newest != size):
        raise _damaged("a seal slot is damaged")
    last = leaf_log.last()
    if last and row and last.seq == row.seq and (last.leaf, last.seal) != (row.leaf, row.seal):
        raise _damaged("the leaf log and the database end differently")


def _key(leaf_log: LeafLog, row: Row | None, size: int) -> bytearray:
    before, now = leaf_log.header.slot_of(size - 1), leaf_log.header.slot_of(size)
    if before is None and now is not None:
        return bytearray(now.key)
    if before is None or row is None or seal_of(before.key, row.seq, row.leaf) != row.seal:
        raise _damaged("the last seal does not fit the seal key before it")
    following = next_key(before.key)
    if now is not None and now.key != bytes(following):
        raise _damaged("the two seal keys do not follow each other")
    return following


def _loss(why: str) -> JournalFailure:
    return JournalFailure(FailureName.LOSS, f"{why}: acknowledged entries are gone, or a file was put back")


def _damaged(why: str) -> JournalFailure:
    return JournalFailure(FailureName.DAMAGED, why)
