"""Which words of a changed line changed: marks on both sides, so that the eye goes there first.

Checked like the line diff: what stands outside the marks is the same on both sides, or nothing is marked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from workstation.core.inert_text import inert
from workstation.core.shortest_edit import common_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Marks: TypeAlias = tuple[tuple[int, int], ...]
"""Places in a line's inert text, from and up to, increasing."""

_WORD: Final = re.compile(r"‹U\+[0-9A-F]+›|[A-Za-z0-9_]+|.", re.DOTALL)  # noqa: RUF001 (as inert text spells)
_LONGEST: Final = 2000  # characters; a longer line is marked by nothing
_MOST_EDITS: Final = 80
_LEAST_SHARED: Final = (
    3  # one part in three of the shorter line, or the two have nothing to do with each other
)


def word_marks(old: bytes, new: bytes) -> tuple[Marks, Marks]:
    """Return the marks on the inert text of `old` and of `new`; none where too little is shared."""
    before, now = (inert(line.decode("utf-8", "surrogateescape")) for line in (old, new))
    if max(len(before), len(now)) > _LONGEST:
        return (), ()
    left, right = _WORD.findall(before), _WORD.findall(now)
    numbers: dict[str, int] = {}
    sides = [[numbers.setdefault(word, len(numbers)) for word in words] for words in (left, right)]
    pairs = common_pairs(*sides, at_most=_MOST_EDITS)
    shared = sum(len(left[place]) for place, _ in pairs if not left[place].isspace())
    if shared * _LEAST_SHARED < min(len(before.replace(" ", "")), len(now.replace(" ", ""))) or not shared:
        return (), ()
    found = tuple(_marks(left, {one for one, _ in pairs})), tuple(_marks(right, {one for _, one in pairs}))
    return found if outside(before, found[0]) == outside(now, found[1]) else ((), ())


def outside(text: str, marks: Marks) -> str:
    """Return what of `text` no mark covers."""
    ends = (0, *(stop for _, stop in marks))
    starts = (*(start for start, _ in marks), len(text))
    return "".join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _marks(words: Sequence[str], same: set[int]) -> Iterator[tuple[int, int]]:
    place, start = 0, -1
    for number, word in enumerate(words):
        if number in same and start >= 0:
            yield start, place
            start = -1
        elif number not in same and start < 0:
            start = place
        place += len(word)
    if start >= 0:
        yield start, place
