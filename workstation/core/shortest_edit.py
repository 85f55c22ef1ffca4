"""The shortest edit script within a bound (Myers, "An O(ND) Difference Algorithm", 1986)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def common_pairs(old: Sequence[int], new: Sequence[int], *, at_most: int) -> list[tuple[int, int]]:
    """Return places equal on both sides after the fewest edits, or nothing if `at_most` do not do.

    Work is at most `at_most` times the lengths of both; memory the square of `at_most`.
    """
    old_end, new_end = len(old), len(new)
    reached = {1: 0}  # furthest place in `old` on each diagonal (place in old - place in new)
    trace: list[dict[int, int]] = []
    for edits in range(min(old_end + new_end, at_most) + 1):
        trace.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            # As `_step` does; written out, for this is where all the time goes.
            down = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
            place = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            other = place - diagonal
            while place < old_end and 0 <= other < new_end and old[place] == new[other]:
                place += 1
                other += 1
            reached[diagonal] = place
            if place >= old_end and other >= new_end:
                return _walk_back(trace, old_end, new_end)
    return []


def _goes_down(reached: dict[int, int], diagonal: int, edits: int) -> bool:
    """Whether the best way onto this diagonal is an insertion."""
    if diagonal in (-edits, edits):
        return diagonal == -edits
    return reached[diagonal - 1] < reached[diagonal + 1]


def _step(reached: dict[int, int], diagonal: int, edits: int) -> int:
    if _goes_down(reached, diagonal, edits):
        return reached[diagonal + 1]
    return reached[diagonal - 1] + 1


def _walk_back(trace: list[dict[int, int]], old_end: int, new_end: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    place, diagonal = old_end, old_end - new_end
    for edits in range(len(trace) - 1, -1, -1):
        start = _step(trace[edits], diagonal, edits)
        while place > start:
            place -= 1
            pairs.append((place, place - diagonal))
        down = _goes_down(trace[edits], diagonal, edits)
        diagonal += 1 if down else -1
        place = start if down else start - 1
    return pairs[::-1]
