"""Word-level marks: which words of a removed and an added line differ, where the two belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from workstation.core.release_diff import RowKind, TextRow

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """The stretches of a row to be marked, in characters."""

    spans: tuple[Span, ...]


_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST: Final = 2000
_FURTHEST: Final = 200
_ALIKE: Final = 0.4


def partner(rows: Sequence[TextRow], place: int) -> int | None:
    """Return the line a changed line is to be read beside: the same one of the other half of its run."""
    kind = rows[place].kind
    if kind not in (RowKind.ADDED, RowKind.REMOVED):
        return None
    first = _edge(rows, place, -1)
    removed_end = first
    while removed_end < len(rows) and rows[removed_end].kind is RowKind.REMOVED:
        removed_end += 1
    if kind is RowKind.REMOVED:
        other = removed_end + (place - first)
        return other if other < len(rows) and rows[other].kind is RowKind.ADDED else None
    other = first + (place - removed_end)
    return other if other < removed_end else None


def word_spans(mine: str, others: str) -> tuple[Span, ...]:
    """Return the stretches of `mine` that are not in `others`; none where the lines have little in common."""
    if max(len(mine), len(others)) > _LONGEST:
        return ()
    a, b = _WORD.findall(others), _WORD.findall(mine)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return ()
    starts = [0]
    for word in b:
        starts.append(starts[-1] + len(word))
    return tuple(
        (starts[low], starts[high])
        for tag, _, _, low, high in matcher.get_opcodes()
        if tag in ("insert", "replace") and high > low
    )


def _edge(rows: Sequence[TextRow], place: int, step: int) -> int:
    """Return where the run of changed lines around `place` begins: its removed lines, then its added ones."""
    here = place
    for _ in range(_FURTHEST):
        before = here + step
        if before < 0 or rows[before].kind not in (RowKind.ADDED, RowKind.REMOVED):
            break
        # An added line before a removed one belongs to the run before.
        if rows[here].kind is RowKind.REMOVED and rows[before].kind is RowKind.ADDED:
            break
        here = before
    return here
