"""The builder set as a graph: each way from a person to evidence, taken apart into what it leads through.

A way reads like `controls ci-7 ← signed provenance.dsse.json` (see `closure`, which words it): somebody, how
they are joined to a thing, that thing, and so on to the evidence. Nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class NodeKind(StrEnum):
    """What a node is. Unknown is whatever had a hand in the build and leads to nobody we know."""

    PERSON = "person"
    UNKNOWN = "unknown"
    SERVICE = "service"
    BUILD = "build"
    SOURCE = "source"
    ARTIFACT = "artifact"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Somebody or something a way leads through."""

    kind: NodeKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How one node is joined to the next, in the words of every way that leads here."""

    start: Node
    end: Node
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderGraph:
    """Nodes in the order they were first met, each with its column; people are in the first."""

    columns: dict[Node, int]
    links: tuple[Link, ...]

    def joined(self, node: Node) -> tuple[Link, ...]:
        """Return every link on a way through a node: back to people and on to evidence."""
        back = _followed(node, {(link.end, link.start): link for link in self.links})
        forward = _followed(node, {(link.start, link.end): link for link in self.links})
        return tuple(link for link in self.links if link in (*back, *forward))


Way: TypeAlias = tuple[Node, tuple[str, ...]]
"""Who, and the steps from them to the evidence."""

_STEPS: Final[tuple[tuple[re.Pattern[str], NodeKind], ...]] = (
    (re.compile(r"(?P<how>controls|controlled) (?P<name>.+)", re.DOTALL), NodeKind.SERVICE),
    (re.compile(r"(?P<how>started) the (?P<name>build)"), NodeKind.BUILD),
    (re.compile(r"(?P<how>.+?) (?:of )?(?:the )?(?P<name>source)"), NodeKind.SOURCE),
    (re.compile(r"(?P<how>signed) artifact (?P<name>.+)", re.DOTALL), NodeKind.ARTIFACT),
    (
        re.compile(
            r"(?P<how>named as builder by|named by|submitter of|signed|prepared|carries|stands in)"
            r" (?P<name>.+)",
            re.DOTALL,
        ),
        NodeKind.EVIDENCE,
    ),
)

_COLUMNS: Final = {NodeKind.PERSON: 0, NodeKind.UNKNOWN: 0, NodeKind.SERVICE: 1, NodeKind.BUILD: 2}
_LAST: Final = 3


def step(words: str) -> tuple[str, Node]:
    """Return how a step joins what stands before it, and to what; other words are a node as they are."""
    for pattern, kind in _STEPS:
        found = pattern.fullmatch(words)
        if found is not None:
            return found["how"], Node(kind=kind, name=found["name"])
    return "", Node(kind=NodeKind.EVIDENCE, name=words)


def graph_of(ways: Iterable[Way]) -> BuilderGraph:
    """Return the graph of all ways."""
    nodes: dict[Node, None] = {}
    hows: dict[tuple[Node, Node], dict[str, None]] = {}
    for first, steps in ways:
        before = first
        nodes[first] = None
        for words in steps:
            how, node = step(words)
            nodes[node] = None
            hows.setdefault((before, node), {})[how] = None
            before = node
    links = tuple(Link(start=start, end=end, how=tuple(how)) for (start, end), how in hows.items())
    # A column for each kind that is there: who, the service they control, what it ran, and what tells of it.
    filled = sorted({_COLUMNS.get(node.kind, _LAST) for node in nodes})
    columns = {node: filled.index(_COLUMNS.get(node.kind, _LAST)) for node in nodes}
    return BuilderGraph(columns=columns, links=links)


def _followed(node: Node, links: dict[tuple[Node, Node], Link]) -> tuple[Link, ...]:
    """Return every link that is reached from a node by going along links in one direction."""
    found: dict[Link, None] = {}
    reached, fresh = {node}, [node]
    while fresh:
        here = fresh.pop()
        for (start, end), link in links.items():
            if start == here:
                found[link] = None
                if end not in reached:
                    reached.add(end)
                    fresh.append(end)
    return tuple(found)
