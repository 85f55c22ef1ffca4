"""An open journal with its one key: what appends need beside the log, and what changes the envelope."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from workstation.core.entry import Draft, Kind, Outcome
from workstation.journal import ballast, upkeep
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import read_envelope, sealed, sealed_anew, write_envelope
from workstation.journal.log import Log
from workstation.journal.secret import KEY_BYTES, derived, held
from workstation.journal.spool_import import begin_spool, import_spool
from workstation.process.frames import wipe

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.core.entry import Entry, EntryTime
    from workstation.journal.envelope import Envelope, Slot
    from workstation.journal.lock import Lock

ENVELOPE: Final = "envelope.json"


def database_key(key: bytearray, number: int) -> bytearray:
    """Return the key of a segment's database."""
    return derived(key, f"database/{number}" if number else "database")


class Opened:
    """An open journal, the lock on its directory, and the one key the envelope guards."""

    def __init__(self, *, directory: Path, log: Log, lock: Lock, key: bytearray) -> None:
        """Take them over; they are let go by `close`."""
        self._directory, self.log, self._lock, self.key = directory, log, lock, key

    def append(self, draft: Draft, time: EntryTime) -> Entry:
        """Write one entry; a full disk is written down with the ballast's room before this raises.

        An entry that fills a segment is followed by the one that says a new segment began.
        """
        try:
            entry = self.log.append(draft, time)
        except JournalFailure as error:
            if error.name is FailureName.DISK and ballast.is_full(self._directory):
                with suppress(JournalFailure, OSError):
                    self._note_full_disk(time)
            raise
        if self.log.segments.bytes_on_disk() >= upkeep.SEGMENT_BYTES:
            with held(database_key(self.key, self.log.segments.place.number + 1)) as found:
                upkeep.begin_segment(self.log, found, "size", time)
        return entry

    def envelope(self) -> Envelope:
        """Return the envelope as it stands."""
        return read_envelope(self._directory / ENVELOPE)

    def add_slot(self, slot: Slot) -> None:
        """Let one more way open the journal; raises JournalFailure (refused) when name or key has a slot."""
        envelope = self.envelope()
        for one in envelope.slots:
            if one.name == slot.name or one.recipient.fingerprint == slot.recipient.fingerprint:
                raise JournalFailure(FailureName.REFUSED, f"{slot.name} or its key has a slot already")
        fresh = envelope.with_slot(sealed(envelope.origin, self.key, slot, envelope.since))
        write_envelope(self._directory / ENVELOPE, fresh)

    def replace_slot(self, name: str, instead: Slot | None, time: EntryTime) -> None:
        """Take a way to open the journal away, perhaps for another: a new key and a new segment begin.

        Raises JournalFailure (refused) when there is no such slot, or when nobody could open it then.
        """
        envelope = self.envelope()
        if envelope.named(name) is None:
            raise JournalFailure(FailureName.REFUSED, f"there is no slot {name}")
        rest = envelope.without(name) if instead is None else envelope.without(name).with_slot(instead)
        if not rest.slots:
            raise JournalFailure(FailureName.REFUSED, "nobody could open the journal any more")
        import_spool(self, self._directory, time)
        number = self.log.segments.place.number + 1
        key = bytearray(os.urandom(KEY_BYTES))
        fresh = sealed_anew(rest, key, number)
        with held(database_key(key, number)) as found:
            upkeep.begin_segment(
                self.log,
                found,
                "holder",
                time,
                decided=lambda: write_envelope(self._directory / ENVELOPE, fresh),
            )
        wipe(self.key)
        self.key = key
        begin_spool(self, self._directory)

    def close(self) -> None:
        """Close the journal in order, wipe the key, let go of the lock. Raises JournalFailure (disk)."""
        try:
            self.log.close()
        except OSError as error:
            raise JournalFailure(FailureName.DISK, str(error)) from error
        finally:
            wipe(self.key)
            self._lock.close()

    def _note_full_disk(self, time: EntryTime) -> None:
        """Open the journal again in the room of the ballast, say why it stops, and stop."""
        free = ballast.free_bytes(self._directory)
        ballast.drop(self._directory)
        self.log.close()
        with held(database_key(self.key, self.log.segment_number)) as found:
            self.log = Log.open(self._directory, found)
        self.log.append(
            Draft(kind=Kind.JOURNAL_DISK_FULL, outcome=Outcome.INFO, payload={"free": free}), time
        )
        self.log.poison("the disk is full")
