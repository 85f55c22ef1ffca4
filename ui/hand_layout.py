"""Where the nodes of a graph of hands are drawn: columns from people to evidence. No Qt.

A line that goes past a column has a place of its own there, so that it runs behind no node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from workstation.core.builder_graph import BuilderGraph, Link, Node

ROW_GAP: Final = 14
LEAST_GAP: Final = 56
EDGE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a node is drawn, or a line passes, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The height at which lines come and go."""
        return self.top + self.height // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A line on its way past a column."""

    link: Link
    column: int


Stop: TypeAlias = Node | Passing


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A place for every node and passing line, and how much room all of them take, in pixels."""

    boxes: Mapping[Stop, Box]
    columns: Mapping[Node, int]
    width: int
    height: int

    def way_of(self, link: Link) -> tuple[Box, ...]:
        """Return the places a line goes through, both ends included."""
        return tuple(self.boxes[stop] for stop in _stops(link, self.columns))


def lay_out(
    graph: BuilderGraph, widths: Mapping[Node, int], words: Mapping[str, int], height: int, room: int
) -> Layout:
    """Return where nodes go, each `height` high and as wide as `widths` says, in `room` pixels if they fit.

    `words` are the widths of what is written on the lines: columns stand as far apart as it takes.
    """
    columns = _filled(graph)
    wide = [max((widths[one] for one in column if isinstance(one, Node)), default=0) for column in columns]
    gaps = [_gap(graph, at, words) for at in range(len(columns) - 1)]
    # What is left over goes between the columns.
    spare = max(0, room - sum(wide) - sum(gaps) - 2 * EDGE) // max(1, len(gaps))
    boxes: dict[Stop, Box] = {}
    left, before = EDGE, _before(graph)
    for at, column in enumerate(columns):
        for stop, top in _tops(column, before, boxes, height + ROW_GAP).items():
            boxes[stop] = Box(left=left, top=top, width=wide[at], height=height)
        left += wide[at] + (gaps[at] + min(spare, 2 * LEAST_GAP) if at < len(gaps) else EDGE)
    bottom = max((box.top + box.height for box in boxes.values()), default=0)
    return Layout(boxes=boxes, columns=graph.columns, width=left, height=bottom + EDGE)


def _stops(link: Link, columns: Mapping[Node, int]) -> Iterator[Stop]:
    yield link.start
    for column in range(columns[link.start] + 1, columns[link.end]):
        yield Passing(link=link, column=column)
    yield link.end


def _filled(graph: BuilderGraph) -> list[list[Stop]]:
    """Return what stands in each column, in the order it was met."""
    columns: list[list[Stop]] = [[] for _ in range(max(graph.columns.values(), default=-1) + 1)]
    for node, column in graph.columns.items():
        columns[column].append(node)
    for link in graph.links:
        for stop in _stops(link, graph.columns):
            if isinstance(stop, Passing):
                columns[stop.column].append(stop)
    return columns


def _before(graph: BuilderGraph) -> dict[Stop, list[Stop]]:
    """Return for each stop those that lines come from."""
    found: dict[Stop, list[Stop]] = {}
    for link in graph.links:
        for start, end in pairwise(_stops(link, graph.columns)):
            found.setdefault(end, []).append(start)
    return found


def _gap(graph: BuilderGraph, at: int, words: Mapping[str, int]) -> int:
    """Return how far a column is from the next: the words of the lines that begin here stand between."""
    said = (words[how] for link in graph.links if graph.columns[link.start] == at for how in link.how)
    return max(said, default=0) + LEAST_GAP


def _tops(
    column: list[Stop], before: Mapping[Stop, list[Stop]], boxes: Mapping[Stop, Box], step: int
) -> dict[Stop, int]:
    """Return the top of each stop of a column: beside those that lead to it, and none over another."""
    wished = {stop: _wish(before.get(stop, []), boxes, number * step) for number, stop in enumerate(column)}
    tops: dict[Stop, int] = {}
    least = EDGE
    for stop in sorted(column, key=wished.__getitem__):
        tops[stop] = max(least, wished[stop])
        least = tops[stop] + step
    return tops


def _wish(before: list[Stop], boxes: Mapping[Stop, Box], otherwise: int) -> int:
    tops = [boxes[stop].top for stop in before if stop in boxes]
    return sum(tops) // len(tops) if tops else EDGE + otherwise
