"""Where a walk is: the container at hand."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.review.source import Source


@dataclass(frozen=True, slots=True)
class Place:
    """A container to look into: its path, bytes, depth, and whether it is what gets installed.

    What is in a `rooted` one goes to the root of a system, so that links may well be absolute.
    """

    path: str
    source: Source
    depth: int
    installed: bool
    rooted: bool = False
