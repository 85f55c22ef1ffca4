"""Verifying what is kept beside the entries: nothing altered, and nothing gone that nobody redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.entry import Kind, Outcome, beside_hash, parse_entry
from workstation.core.errors import Malformed
from workstation.journal.besides import besides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.entry import Entry
    from workstation.journal.segments import Segments

# Only these entries are read whole: those that say something of a text beside them, and redactions.
_ASKED: Final = (
    'select body from entry where instr(body, cast(\'"beside":{"\' as blob))'
    ' or instr(body, cast(\'"kind":"journal.redact"\' as blob)) order by seq'
)


def beside_findings(segments: Segments, size: int) -> Iterator[str]:
    """Tell what is wrong with the texts beside the entries."""
    wanted: dict[tuple[int, str], str] = {}
    redacted: set[tuple[int, str]] = set()
    for entry in _entries(segments, size):
        wanted |= {(entry.seq, name): found for name, found in entry.beside.items()}
        if (entry.kind, entry.outcome) == (Kind.JOURNAL_REDACT, Outcome.ALLOWED):
            redacted |= _named(entry)
    for each in besides(segments, 0, size):
        said = wanted.pop((each.seq, each.name), None)
        if said is None or beside_hash(each.salt, each.value.decode("utf-8", "replace")) != said:
            yield f"entry {each.seq}: its {each.name} is not the one it was written with"
    for seq, name in sorted(set(wanted) - redacted):
        yield f"entry {seq}: its {name} is gone, and nobody redacted it"


def _entries(segments: Segments, size: int) -> Iterator[Entry]:
    for store in segments.stores(0, size):
        for cells in store.run(_ASKED):
            try:
                yield parse_entry(cells[0] if isinstance(cells[0], bytes) else b"")
            except Malformed:
                continue  # the chain's own check tells of it


def _named(order: Entry) -> set[tuple[int, str]]:
    seq, names = order.payload.get("entry"), order.payload.get("names")
    if not isinstance(seq, int) or not isinstance(names, list):
        return set()
    return {(seq, str(name)) for name in names}
