"""Measuring a few ways of doing something side by side, and printing them as ratios.

Times on one machine say little; the ratio to a peer or to a physical limit in the same run says more.
The ways are measured in turn, round after round, so that a busy machine is unkind to all of them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 7
ROUND_SECONDS: Final = 0.03


@dataclass(frozen=True, slots=True)
class Row:
    """One way, its median seconds, and what it is beside: the name of another row, or nothing."""

    what: str
    seconds: float
    beside: str = ""


def measured(ways: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median seconds of each way, the first call of each (imports, caches) not counted."""
    repeats = {what: _repeats(way) for what, way in ways.items()}
    taken: dict[str, list[float]] = {what: [] for what in ways}
    for _ in range(rounds):
        for what, way in ways.items():
            taken[what].append(_seconds(way, repeats[what]))
    return {what: statistics.median(found) for what, found in taken.items()}


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a table: milliseconds, and the ratio to what each row is beside."""
    named = {row.what: row.seconds for row in rows}
    print(f"{title:64} {'ms':>10}   ratio")
    for row in rows:
        ratio = f"{row.seconds / named[row.beside]:8.2f} times {row.beside}" if row.beside else ""
        print(f"  {row.what:62} {row.seconds * 1e3:10.3f} {ratio}")


def _repeats(way: Callable[[], object]) -> int:
    way()
    return max(1, int(ROUND_SECONDS / max(_seconds(way, 1), 1e-7)))


def _seconds(way: Callable[[], object], repeats: int) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        way()
    return (time.perf_counter() - began) / repeats
