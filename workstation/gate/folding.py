"""The state of the workstation at its start: the last snapshot of the fold, and the entries after it."""

from __future__ import annotations

from typing import Final

from workstation.core.entry import Draft
from workstation.core.errors import Malformed, WorkstationError
from workstation.core.identity import digest_of
from workstation.core.ledger import Ledger
from workstation.core.ledger_snapshot import parse_snapshot, to_bytes
from workstation.core.merkle import verify_inclusion
from workstation.core.unfinished import unfinished
from workstation.journal.client import Journal

FOLD_EVERY: Final = 1000
"""Entries that are folded one by one before a snapshot is kept, so that the next start is quick."""


def folded(journal: Journal) -> Ledger:
    """Return the fold of the whole journal; raises JournalError when entries do not follow on."""
    known = _from_snapshot(journal)
    ledger = known.after(journal.entries(known.size))
    if ledger.size - known.size < FOLD_EVERY:
        return ledger
    try:
        body = to_bytes(ledger)
    except Malformed:
        return ledger  # too large to be kept: every start folds from the last one that was not
    return ledger.after([journal.keep_snapshot(ledger.size, body)])


def unended(journal: Journal, ledger: Ledger) -> tuple[Draft, ...]:
    """Return what ends, in the open, every action that was begun and never ended before this start."""
    return unfinished(journal.entries(ledger.begun[0], ledger.size)) if ledger.begun else ()


def refolded_findings(journal: Journal) -> tuple[str, ...]:
    """Fold the journal from its first entry and tell whether the snapshot says the same."""
    kept = journal.snapshot()
    if kept is None:
        return ()
    size, body = kept
    fold = Ledger().after(journal.entries(0, size))
    return () if to_bytes(fold) == body else (f"snapshot: it is not the fold of the first {size} entries",)


def _from_snapshot(journal: Journal) -> Ledger:
    """Return what the snapshot says once its digest is proved to be in the journal, else the empty fold."""
    kept = journal.snapshot()
    if kept is None:
        return Ledger()
    size, body = kept
    try:
        (entry,) = journal.entries(size, size + 1)
        head = journal.head()
        verify_inclusion(entry.leaf(), size, head.size, journal.inclusion(size, head.size), head.root)
        found = parse_snapshot(body)
    except (WorkstationError, ValueError):
        return Ledger()
    # A snapshot of another program version, of another size or with another digest is none.
    right = (found.size, entry.payload.get("digest")) == (size, digest_of(body))
    return found if right else Ledger()
