"""Orders on what controls ask for: whether asking for this instead of that is looser or stricter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, TypeVar


class Comparable(Protocol):
    """What can be less than another of its kind."""

    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401 (as in typeshed: its kind decides)
        """Answer whether this is less."""
        ...


T = TypeVar("T")
K = TypeVar("K")
N = TypeVar("N", bound=Comparable)


class Direction(StrEnum):
    """What a change does to what is allowed."""

    LOOSER = "LOOSER"
    STRICTER = "STRICTER"
    BOTH = "BOTH"
    SAME = "SAME"

    @property
    def opposite(self) -> Direction:
        """The direction of the change back."""
        swapped = {Direction.LOOSER: Direction.STRICTER, Direction.STRICTER: Direction.LOOSER}
        return swapped.get(self, self)


Order: TypeAlias = Callable[[T, T], Direction]
"""Takes what was asked for and what is asked for now."""


def together(directions: Iterable[Direction]) -> Direction:
    """Return what several changes do at once; looser here and stricter there is both."""
    found = set(directions) - {Direction.SAME}
    if not found:
        return Direction.SAME
    return found.pop() if len(found) == 1 else Direction.BOTH


def more_is_stricter(old: N, new: N) -> Direction:
    """Compare numbers of which more is harder to reach."""
    if old == new:
        return Direction.SAME
    return Direction.STRICTER if old < new else Direction.LOOSER


def less_is_stricter(old: N, new: N) -> Direction:
    """Compare numbers of which less is harder to keep to."""
    return more_is_stricter(old, new).opposite


def fewer_are_stricter(old: AbstractSet[K], new: AbstractSet[K]) -> Direction:
    """Compare lists of what is let in."""
    if old == new:
        return Direction.SAME
    if new < old:
        return Direction.STRICTER
    return Direction.LOOSER if old < new else Direction.BOTH


def more_are_stricter(old: AbstractSet[K], new: AbstractSet[K]) -> Direction:
    """Compare lists of what is kept out."""
    return fewer_are_stricter(old, new).opposite


def either_way(old: T, new: T) -> Direction:
    """Compare what has no order: another value lets in some and keeps out others."""
    return Direction.SAME if old == new else Direction.BOTH


def each(order: Order[N], *, gained: Direction) -> Order[Mapping[K, N]]:
    """Return the order of values by key, where one more key is `gained` and one less its opposite."""

    def compare(old: Mapping[K, N], new: Mapping[K, N]) -> Direction:
        kept = (order(old[key], new[key]) for key in old.keys() & new.keys())
        came = (gained for _ in new.keys() - old.keys())
        went = (gained.opposite for _ in old.keys() - new.keys())
        return together((*kept, *came, *went))

    return compare
