"""Grouped quorum: nobody is counted in two groups, and nobody is counted where they are not needed."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.core.policy import Group


def seats_taken(groups: Sequence[Group], people: Sequence[frozenset[str]]) -> tuple[int, ...]:
    """Return how many seats of each group are taken when as many people as can be sit, each in one.

    `people` are the roles of distinct people. A largest matching, by augmenting paths (Berge, 1957).
    """
    seats = [place for place, group in enumerate(groups) for _ in range(group.at_least)]
    fits = [[seat for seat, place in enumerate(seats) if groups[place].roles & roles] for roles in people]
    sitting: dict[int, int] = {}
    for person in range(len(people)):
        _seat(person, fits, sitting, set())
    taken = [seats[seat] for seat in sitting]
    return tuple(taken.count(place) for place in range(len(groups)))


def _seat(person: int, fits: Sequence[Sequence[int]], sitting: dict[int, int], tried: set[int]) -> bool:
    """Seat a person, asking others to move over; answer whether that could be done."""
    for seat in fits[person]:
        if seat not in tried:
            tried.add(seat)
            if seat not in sitting or _seat(sitting[seat], fits, sitting, tried):
                sitting[seat] = person
                return True
    return False
