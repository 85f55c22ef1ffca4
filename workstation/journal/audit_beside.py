"""Verifying what is kept beside the entries: nothing altered, and nothing gone that nobody redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.entry import Kind, Outcome, beside_hash, parse_entry
from workstation.core.errors import Malformed
from workstation.journal.besides import besides

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.core.entry import Entry
    from workstation.journal.segments import Segments


def beside_findings(segments: Segments, size: int, bodies: Iterable[bytes]) -> Iterator[str]:
    """Tell what is wrong with the texts beside the entries; `bodies` speak of one, or redact some."""
    wanted: dict[tuple[int, str], str] = {}
    redacted: set[tuple[int, str]] = set()
    for entry in _entries(bodies):
        wanted |= {(entry.seq, name): found for name, found in entry.beside.items()}
        if (entry.kind, entry.outcome) == (Kind.JOURNAL_REDACT, Outcome.ALLOWED):
            redacted |= _named(entry)
    for each in besides(segments, 0, size):
        said = wanted.pop((each.seq, each.name), None)
        if said is None or beside_hash(each.salt, each.value.decode("utf-8", "replace")) != said:
            yield f"entry {each.seq}: its {each.name} is not the one it was written with"
    for seq, name in sorted(set(wanted) - redacted):
        yield f"entry {seq}: its {name} is gone, and nobody redacted it"


def _entries(bodies: Iterable[bytes]) -> Iterator[Entry]:
    for body in bodies:
        try:
            yield parse_entry(body)
        except Malformed:
            continue  # it is not what was written, and its own checks tell of it


def _named(order: Entry) -> set[tuple[int, str]]:
    seq, names = order.payload.get("entry"), order.payload.get("names")
    if not isinstance(seq, int) or not isinstance(names, list):
        return set()
    return {(seq, str(name)) for name in names}
