"""The changes of a release diff in parts, for channels on which nobody shall wait for all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.core.release_diff import FileChange


def weight(changes: Iterable[FileChange]) -> int:
    """Return how many changes and rows of changed text these are."""
    return sum(1 + len(change.rows) for change in changes)


def parted(changes: Iterable[FileChange], at_once: int) -> Iterator[tuple[FileChange, ...]]:
    """Yield the changes in order, at most `at_once` changes and rows together; of none, one empty part.

    A single change is never torn apart, however long it is.
    """
    some: list[FileChange] = []
    heavy = 0
    for change in changes:
        if some and heavy + weight((change,)) > at_once:
            yield tuple(some)
            some, heavy = [], 0
        some.append(change)
        heavy += weight((change,))
    yield tuple(some)
