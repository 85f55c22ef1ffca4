"""Rows of changed text: what was and is there, a little around it, and how much was left out."""

from __future__ import annotations

from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Final

from workstation.core.inert_text import inert_bytes
from workstation.core.line_diff import Block, equal_blocks
from workstation.core.release_diff import RowKind, TextRow
from workstation.core.word_diff import word_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workstation.core.word_diff import Marks

CONTEXT: Final = 3
MOST_MARKED: Final = 400
"""Lines of one text whose changed words are marked; finding them takes work."""


def lines_of(text: bytes) -> list[bytes]:
    """Return the lines of a text, without their newlines; a newline at the end makes a last, empty line."""
    return text.split(b"\n") if text else []


def added_lines(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """Return the lines of `new` that are not in `old` at their place, numbered from one."""
    found: list[tuple[int, bytes]] = []
    for before, block in pairwise(_bordered(old, new)):
        found.extend((place + 1, new[place]) for place in range(before.new + before.length, block.new))
    return found


def rows_of(
    old: Sequence[bytes], new: Sequence[bytes], *, most_marked: int = MOST_MARKED
) -> Iterator[TextRow]:
    """Yield the rows of a text that changed from `old` to `new`, the words of `most_marked` lines marked."""
    marker = _Marker(most_marked)
    for before, block in pairwise(_bordered(old, new)):
        gone = old[before.old + before.length : block.old]
        come = new[before.new + before.length : block.new]
        yield from marker.rows(gone, come, before)
        first = block.old == block.new == 0
        last = block.old + block.length == len(old) and block.new + block.length == len(new)
        yield from _unchanged(block, new, first=first, last=last)


class _Marker:
    """Holds lines that took the place of others word by word, until it has held enough of them."""

    def __init__(self, most: int) -> None:
        self._left = most

    def rows(self, old: Sequence[bytes], new: Sequence[bytes], after: Block) -> Iterator[TextRow]:
        """Yield the rows of `new` lines that came after a block in place of `old` ones."""
        marks = self._marks(old, new)
        first = after.old + after.length + 1, after.new + after.length + 1
        for number, (line, (marked, _)) in enumerate(zip(old, marks, strict=False)):
            yield TextRow(kind=RowKind.REMOVED, old=first[0] + number, text=inert_bytes(line), marks=marked)
        for number, (line, (_, marked)) in enumerate(zip(new, marks, strict=False)):
            yield TextRow(kind=RowKind.ADDED, new=first[1] + number, text=inert_bytes(line), marks=marked)

    def _marks(self, old: Sequence[bytes], new: Sequence[bytes]) -> Iterable[tuple[Marks, Marks]]:
        """Return the marks of each line with its counterpart: there are as many lines as there were."""
        if len(old) != len(new) or len(old) > self._left:
            return repeat(((), ()))
        self._left -= len(old)
        return [word_marks(*pair) for pair in zip(old, new, strict=True)]


def _bordered(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """Return the equal blocks between two empty ones, so that every change stands between two."""
    ends = Block(old=0, new=0, length=0), Block(old=len(old), new=len(new), length=0)
    return [ends[0], *equal_blocks(old, new), ends[1]]


def _unchanged(block: Block, new: Sequence[bytes], *, first: bool, last: bool) -> Iterator[TextRow]:
    """Yield an unchanged block: its ends towards a change, and one row for what lies between."""
    head = 0 if first else min(CONTEXT, block.length)
    tail = 0 if last else min(CONTEXT, block.length - head)
    left_out = block.length - head - tail
    yield from (_context(block, offset, new) for offset in range(head))
    if left_out:
        yield TextRow(kind=RowKind.SKIPPED, text=f"{left_out} unchanged lines")
    yield from (_context(block, offset, new) for offset in range(block.length - tail, block.length))


def _context(block: Block, offset: int, new: Sequence[bytes]) -> TextRow:
    place = block.new + offset
    old = block.old + offset + 1
    return TextRow(kind=RowKind.CONTEXT, old=old, new=place + 1, text=inert_bytes(new[place]))
