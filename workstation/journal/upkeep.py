"""What is done to an open journal beside appending: new segments, redactions, snapshots of the fold.

Each stands in the journal as an entry: before it is done where doing it takes something away, and
after it where it could fail harmlessly.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from workstation.core.entry import Draft, Kind, Outcome, parse_entry
from workstation.journal import besides
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.rows import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from workstation.core.entry import Entry, EntryTime
    from workstation.core.strict_json import JsonObject
    from workstation.journal.log import Log

SEGMENT_BYTES: Final = 1000 * 1024 * 1024
"""At this size a new segment begins: the write-ahead log may add some, and a file stays below a gibibyte."""


def begin_segment(
    log: Log, key: bytearray, cause: str, time: EntryTime, *, decided: Callable[[], None] | None = None
) -> Entry:
    """Go on in a new database with another key; `decided` makes the change final on the disk."""
    segments = log.segments
    log.guard(lambda: segments.prepare(key))
    if decided is not None:
        log.guard(decided)
    log.guard(lambda: segments.commit(key))
    said: JsonObject = {"number": segments.place.number, "first": log.tree.size, "cause": cause}
    return log.append(Draft(kind=Kind.JOURNAL_SEGMENT, outcome=Outcome.INFO, payload=said), time)


def redact(log: Log, order: int) -> None:
    """Take away what entry `order` says is to be; raises JournalFailure (refused) when it says no such thing.

    The order is a `journal.redact` entry that was allowed: no redaction without its entry.
    """
    said = next((parse_entry(body) for body in log.bodies(order, order + 1)), None)
    if said is None or said.kind is not Kind.JOURNAL_REDACT or said.outcome is not Outcome.ALLOWED:
        raise JournalFailure(FailureName.REFUSED, f"entry {order} allows no redaction")
    seq, names = said.payload.get("entry"), said.payload.get("names")
    if not isinstance(seq, int) or not isinstance(names, list):
        raise JournalFailure(FailureName.REFUSED, f"entry {order} does not say what to redact")
    wanted = tuple(str(name) for name in names)
    there = {each.name for each in log.besides(seq, seq + 1)}
    if not wanted or not there.issuperset(wanted):
        raise JournalFailure(
            FailureName.REFUSED, f"beside entry {seq} there is only: {', '.join(sorted(there))}"
        )
    segments = log.segments
    log.guard(lambda: besides.take_away(segments, seq, wanted))


def keep_snapshot(log: Log, size: int, body: bytes, time: EntryTime) -> Entry:
    """Keep a fold of all `size` entries, and say so in the next; raises JournalFailure (refused)."""
    if size != log.tree.size:
        raise JournalFailure(
            FailureName.REFUSED, f"a fold of {size} entries found, of {log.tree.size} wanted"
        )
    said: JsonObject = {
        "size": size,
        "root": log.tree.root().hex(),
        "digest": hashlib.sha256(body).hexdigest(),
    }
    entry = log.append(Draft(kind=Kind.JOURNAL_FOLD, outcome=Outcome.INFO, payload=said), time)
    segments = log.segments
    log.guard(lambda: segments.keep_snapshot(Snapshot(size=size, body=body)))
    return entry


def snapshot(log: Log) -> Snapshot | None:
    """Return the newest snapshot, if its digest is in the entry that follows what it is a fold of.

    A snapshot that was altered or put back is none: the journal is folded whole then.
    """
    found = log.segments.snapshot()
    if found is None:
        return None
    for body in log.bodies(found.size, found.size + 1):
        said = parse_entry(body)
        if (said.kind, said.payload.get("digest")) == (
            Kind.JOURNAL_FOLD,
            hashlib.sha256(found.body).hexdigest(),
        ):
            return found
    return None
