"""The journal itself: database, leaf log and tree as one append-only thing.

An append is durable in the database, then in the leaf log, and only then acknowledged. After any
failed write nothing more is written until the journal is opened again, which heals the one entry
that may be in the database and not yet in the leaf log.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workstation.core.entry import (
    NO_LEAF,
    NONCE_BYTES,
    Draft,
    Entry,
    EntryTime,
    Kind,
    Outcome,
    parse_entry,
    placed,
)
from workstation.core.merkle import leaf_hash
from workstation.journal import besides
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.head import Head
from workstation.journal.leaf_format import LEAF_LOG, Frame, Slot
from workstation.journal.leaf_log import LeafLog
from workstation.journal.recovery import recovered_key
from workstation.journal.rows import Beside, Row, Station
from workstation.journal.seal import commitment, next_key, seal_of
from workstation.journal.segments import DATABASE, Segments
from workstation.journal.tree import Tree
from workstation.process.frames import wipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workstation.core.strict_json import JsonObject

__all__ = ["DATABASE", "LEAF_LOG", "Log", "Parts"]

FLUSH_EVERY: Final = 256
"""Appends between two emptyings of the write-ahead log."""

FLUSH_BYTES: Final = 16 * 1024 * 1024
"""Or this many bytes of entries."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Parts:
    """What a verification reads: both files, and the key that would seal the next entry."""

    store: Segments
    leaf_log: LeafLog
    key: bytearray


class Log:
    """An open journal; the caller holds the lock."""

    def __init__(self, store: Segments, leaf_log: LeafLog) -> None:
        """Join the parts and recover; raises JournalFailure (loss, damaged)."""
        self._store, self._leaf_log = store, leaf_log
        self._station = store.station()
        size = store.size()
        self._key = recovered_key(store, leaf_log, size)
        self.recovered = size - leaf_log.count
        """Entries that were committed and not acknowledged before: 0 or 1."""
        self._settle(size)
        self.tree = Tree(store, size)
        self._last = next(store.rows(size - 1, size)).leaf.hex() if size else NO_LEAF
        self._poison: str | None = None
        self._unflushed = self._unflushed_bytes = 0

    @classmethod
    def create(
        cls, directory: Path, key: bytearray, *, station: Station, seal_key: bytearray, now: EntryTime
    ) -> Log:
        """Make a journal with its first entry; raises JournalFailure (exists, disk)."""
        try:
            leaf_log = LeafLog.create(directory / LEAF_LOG, Slot(index=0, key=bytes(seal_key)))
        except FileExistsError as error:
            raise JournalFailure(FailureName.EXISTS, f"{LEAF_LOG} is there already") from error
        except OSError as error:
            raise JournalFailure(FailureName.DISK, str(error)) from error
        try:
            store = Segments.create(directory, key, station)
        except JournalFailure:
            leaf_log.close()
            raise
        log = cls(store, leaf_log)
        said: JsonObject = {"station": log.station_key.hex(), "seal": commitment(seal_key)}
        log.append(Draft(kind=Kind.JOURNAL_GENESIS, outcome=Outcome.INFO, payload=said), now)
        return log

    @classmethod
    def open(cls, directory: Path, key: bytearray) -> Log:
        """Open a journal; raises JournalFailure (missing, wrong-key, damaged, loss, disk)."""
        try:
            leaf_log = LeafLog.open(directory / LEAF_LOG)
        except OSError as error:
            raise JournalFailure(FailureName.DISK, str(error)) from error
        store: Segments | None = None
        try:
            store = Segments.open(directory, key)
            return cls(store, leaf_log)
        except (JournalFailure, OSError) as error:
            leaf_log.close()
            if store is not None:
                store.close()
            if isinstance(error, JournalFailure):
                raise
            raise JournalFailure(FailureName.DISK, str(error)) from error

    @property
    def station_key(self) -> bytes:
        """The station's raw Ed25519 public key."""
        return self._signing_key.public_key().public_bytes_raw()

    def head(self) -> Head:
        """Return size and root of all that is acknowledged."""
        return Head(origin=self._station.origin, size=self.tree.size, root=self.tree.root())

    def append(self, draft: Draft, time: EntryTime) -> Entry:
        """Write one entry and return it once it is durable in both files.

        Raises Malformed when the draft cannot be an entry (nothing is written), JournalFailure
        (disk, poisoned) when it could not be written: it may be found after the next open.
        """
        self._expect_sound()
        seq, salts = self.tree.size, besides.salts_for(draft)
        nonce = os.urandom(NONCE_BYTES).hex()
        entry = placed(
            draft, log=self._station.origin, seq=seq, prev=self._last, nonce=nonce, time=time, salts=salts
        )
        body = entry.to_bytes()
        parse_entry(body)  # What could not be read back is never written.
        leaf = leaf_hash(body)
        row = Row(seq=seq, leaf=leaf, seal=seal_of(self._key, seq, leaf), body=body)
        self._write(row, besides.rows_for(draft, seq, salts))
        return entry

    def bodies(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the exact bytes of the entries with start <= seq < stop."""
        self._expect_sound()
        for row in self._store.rows(start, min(stop, self.tree.size)):
            yield row.body

    def besides(self, start: int, stop: int) -> Iterator[Beside]:
        """Yield the texts kept beside the entries with start <= seq < stop, in order."""
        self._expect_sound()
        return besides.besides(self._store, start, stop)

    def frames(self, start: int, stop: int) -> bytes:
        """Return the bytes of the leaf log's frames with start <= seq < stop."""
        self._expect_sound()
        return self._leaf_log.frame_bytes(start, min(stop, self.tree.size))

    @property
    def segments(self) -> Segments:
        """The databases, for upkeep; raises JournalFailure (poisoned)."""
        self._expect_sound()
        return self._store

    def sign(self, message: bytes) -> bytes:
        """Return the station's Ed25519 signature; whether there should be one is decided in `signing`."""
        self._expect_sound()
        return self._signing_key.sign(message)

    def parts(self) -> Parts:
        """Return what `audit` reads."""
        self._expect_sound()
        return Parts(store=self._store, leaf_log=self._leaf_log, key=self._key)

    @property
    def segment_number(self) -> int:
        """The number of the segment that takes the appends, whether or not a write failed."""
        return self._store.place.number

    def poison(self, why: str) -> None:
        """Let nothing more be written until the journal is opened again."""
        self._poison = why

    def guard(self, write: Callable[[], None]) -> None:
        """Do something to the files; whatever goes wrong poisons the journal."""
        try:
            write()
        except BaseException as error:
            # What is on the disk now is unknown, whatever the cause: only opening again tells.
            self._poison = str(error)
            if isinstance(error, OSError):
                raise JournalFailure(
                    FailureName.DISK, f"the leaf log could not be written ({error})"
                ) from error
            raise

    def close(self) -> None:
        """Close in order, unless a write failed; the seal key is wiped. Raises JournalFailure (disk)."""
        try:
            if self._poison is None:
                self.guard(self._store.flush)
        finally:
            self._store.close()
            wipe(self._key)
            if self._poison is None:
                self._leaf_log.close_in_order()
            else:
                self._leaf_log.close()

    @property
    def _signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._station.private_key)

    def _settle(self, size: int) -> None:
        leaf_log, slot = self._leaf_log, Slot(index=size, key=bytes(self._key))
        if self.recovered:
            row = next(self._store.rows(size - 1, size))
            leaf_log.append(_frame(row), slot)
        leaf_log.settle(slot)

    def _write(self, row: Row, kept: tuple[Beside, ...]) -> None:
        """Make one entry durable in both files, or poison the journal."""
        nodes, following = self.tree.completed_by(row.leaf), next_key(self._key)
        self.guard(lambda: self._flush_when_due(len(row.body)))
        self.guard(lambda: self._store.append(row, nodes, kept))
        slot = Slot(index=row.seq + 1, key=bytes(following))
        self.guard(lambda: self._leaf_log.append(_frame(row), slot))
        wipe(self._key)
        self.tree.grow(row.leaf)
        self._key, self._last = following, row.leaf.hex()

    def _flush_when_due(self, coming: int) -> None:
        if self._unflushed >= FLUSH_EVERY or self._unflushed_bytes + coming > FLUSH_BYTES:
            self._store.flush()
            self._unflushed = self._unflushed_bytes = 0
        self._unflushed += 1
        self._unflushed_bytes += coming

    def _expect_sound(self) -> None:
        if self._poison is not None:
            raise JournalFailure(FailureName.POISONED, f"open the journal again: {self._poison}")


def _frame(row: Row) -> Frame:
    return Frame(seq=row.seq, leaf=row.leaf, seal=row.seal)
