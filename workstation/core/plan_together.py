"""Who can countersign one request together: where the policy says so, nobody in one conflict group."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, TypeAlias

from workstation.core.policy import Rule
from workstation.core.roster import Person

MOST_SETS: Final = 256
"""How many sets of people are looked at; far more than conflict groups of a real team can make."""

People: TypeAlias = tuple[Person, ...]


def together(people: People, rule: Rule) -> tuple[People, ...]:
    """Return the sets of people who can sign together and to which nobody can be added; never none."""
    if not rule.approvals.conflict_groups:
        return (people,)
    return tuple(islice(dict.fromkeys(_largest(people)), MOST_SETS))


def _largest(people: People) -> Iterator[People]:
    """Yield each set with somebody who has a conflict, and without them, until nobody has one."""
    torn = next((one for one in people if any(_close(one, other) for other in people)), None)
    if torn is None:
        yield people
        return
    yield from _largest(tuple(one for one in people if not _close(one, torn)))
    yield from _largest(tuple(one for one in people if one != torn))


def _close(one: Person, other: Person) -> bool:
    return one.id != other.id and bool(one.conflict_groups & other.conflict_groups)
