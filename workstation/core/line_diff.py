"""A line diff in bounded work, checked: an error here can show too much, never hide.

Lines found once on both sides anchor the diff (patience); between anchors the shortest edit script
is sought within a bound (Myers 1986), and past the bound a range is shown as replaced. What comes
out is checked: blocks increase and are equal on both sides, so all else is the change.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from workstation.core.shortest_edit import common_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WORK_PER_LINE: Final = 60
_WORK_AT_LEAST: Final = 20_000
_MOST_EDITS: Final = 400
_RUNS: Final = (1, 4, 16, 48)  # where no line is unique, a run of lines may be
_SMALL: Final = 128  # lines; below this the edit script is cheap and better


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`length` lines that are the same, from line `old` and line `new` (counted from zero)."""

    old: int
    new: int
    length: int


@dataclass(frozen=True, slots=True)
class _Range:
    """Lines `old` to `old_end` against lines `new` to `new_end`; ends are not included."""

    old: int
    old_end: int
    new: int
    new_end: int

    @property
    def lines(self) -> int:
        return self.old_end - self.old + self.new_end - self.new

    @property
    def open(self) -> bool:
        return self.old < self.old_end and self.new < self.new_end


def equal_blocks(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[Block, ...]:
    """Return the blocks `old` and `new` share, in order; every line outside them has changed."""
    numbers: dict[bytes, int] = {}
    left = [numbers.setdefault(line, len(numbers)) for line in old]
    right = [numbers.setdefault(line, len(numbers)) for line in new]
    return checked(old, new, _joined(_Matching(left, right).pairs()))


def checked(old: Sequence[bytes], new: Sequence[bytes], blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return those of `blocks` that increase, lie within both sides and are equal there.

    A block that does not hold is left out, so its lines are shown as changed.
    """
    good: list[Block] = []
    old_done = new_done = 0
    for block in blocks:
        old_end, new_end = block.old + block.length, block.new + block.length
        ordered = block.length > 0 and old_done <= block.old and new_done <= block.new
        if ordered and old_end <= len(old) and old[block.old : old_end] == new[block.new : new_end]:
            good.append(block)
            old_done, new_done = old_end, new_end
    return tuple(good)


def _joined(pairs: Iterable[tuple[int, int]]) -> Iterator[Block]:
    """Join neighbouring pairs of equal lines into blocks."""
    first, length = (0, 0), 0
    for pair in pairs:
        if length and pair == (first[0] + length, first[1] + length):
            length += 1
            continue
        if length:
            yield Block(old=first[0], new=first[1], length=length)
        first, length = pair, 1
    if length:
        yield Block(old=first[0], new=first[1], length=length)


class _Matching:
    """One search for equal lines; ranges wait on a stack, so no input nests too deep."""

    def __init__(self, old: Sequence[int], new: Sequence[int]) -> None:
        self._old, self._new = old, new
        self._work_left = _WORK_PER_LINE * (len(old) + len(new)) + _WORK_AT_LEAST

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of equal lines, increasing on both sides."""
        waiting = [_Range(0, len(self._old), 0, len(self._new))]
        while waiting:
            span = waiting.pop()
            if not span.open:
                continue
            same = self._head(span)
            if same:
                yield from self._run(span.old, span.new, same)
                waiting.append(_Range(span.old + same, span.old_end, span.new + same, span.new_end))
                continue
            if tail := self._tail(span):
                # An empty-edit range holding only the tail is found by its head, later and in order.
                waiting.append(_Range(span.old_end - tail, span.old_end, span.new_end - tail, span.new_end))
                waiting.append(_Range(span.old, span.old_end - tail, span.new, span.new_end - tail))
                continue
            anchors = self._anchors(span)
            if anchors:
                waiting.extend(reversed(list(_between(span, anchors))))
            else:
                yield from self._edit_script(span)

    def _run(self, old: int, new: int, length: int) -> Iterator[tuple[int, int]]:
        return zip(range(old, old + length), range(new, new + length), strict=True)

    def _head(self, span: _Range) -> int:
        most = min(span.old_end - span.old, span.new_end - span.new)
        same = 0
        while same < most and self._old[span.old + same] == self._new[span.new + same]:
            same += 1
        return same

    def _tail(self, span: _Range) -> int:
        most = min(span.old_end - span.old, span.new_end - span.new)
        same = 0
        while same < most and self._old[span.old_end - 1 - same] == self._new[span.new_end - 1 - same]:
            same += 1
        return same

    def _anchors(self, span: _Range) -> list[tuple[int, int]]:
        """Return the longest increasing series of lines, or else of runs, found once on each side."""
        for run in _RUNS:
            if self._work_left <= 0 or min(span.old_end - span.old, span.new_end - span.new) < run:
                return []
            self._work_left -= span.lines
            here = _only_once(self._old, span.old, span.old_end, run)
            there = _only_once(self._new, span.new, span.new_end, run)
            found = _longest_increasing([(here[key], place) for key, place in there.items() if key in here])
            if found or span.lines < _SMALL:
                return found
        return []

    def _edit_script(self, span: _Range) -> Iterator[tuple[int, int]]:
        edits = min(_MOST_EDITS, max(0, self._work_left) // span.lines)
        self._work_left -= edits * span.lines
        old = self._old[span.old : span.old_end]
        new = self._new[span.new : span.new_end]
        return ((span.old + one, span.new + other) for one, other in common_pairs(old, new, at_most=edits))


def _between(span: _Range, anchors: Sequence[tuple[int, int]]) -> Iterator[_Range]:
    """Cut a range so that every piece but the first begins at an anchor."""
    edges = [(span.old, span.new), *anchors, (span.old_end, span.new_end)]
    for (old, new), (old_end, new_end) in pairwise(edges):
        yield _Range(old, old_end, new, new_end)


def _only_once(lines: Sequence[int], start: int, end: int, run: int) -> dict[tuple[int, ...], int]:
    """Return where each run of lines begins that occurs once from `start` to `end`, in their order."""
    found: dict[tuple[int, ...], int] = {}
    for place in range(start, end - run + 1):
        key = tuple(lines[place : place + run])
        found[key] = -1 if key in found else place
    return {key: place for key, place in found.items() if place >= 0}


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest series increasing in both; `pairs` already increase in the second."""
    lowest: list[int] = []
    holder: list[int] = []
    before: list[int] = []
    for number, (old, _) in enumerate(pairs):
        pile = bisect_left(lowest, old)
        lowest[pile : pile + 1] = [old]
        holder[pile : pile + 1] = [number]
        before.append(holder[pile - 1] if pile else -1)
    chain: list[tuple[int, int]] = []
    at = holder[-1] if holder else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]
