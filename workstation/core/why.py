"""Why somebody cannot sign: the fewest facts without which they could.

Found by asking the guardrails, not by knowing them: a fact is taken away, the guardrails are asked
again, and what falls silent goes with that fact. The fewest facts that silence everything are the
answer. Each is needed: with any one of them left, it is still blocked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Final

from workstation.core.action import Countersign
from workstation.core.approver import CardHolder
from workstation.core.facts import Facts
from workstation.core.guardrails.findings import finding_id
from workstation.core.review import Review
from workstation.core.roster import Person
from workstation.core.verdict import Violation
from workstation.core.why_facts import (
    CardFact,
    Countersigned,
    Fact,
    Found,
    Hand,
    Nameless,
    NotAPerson,
    PersonFact,
    World,
    without,
)

MOST_SETS: Final = 20_000
"""How many sets of facts are compared before the answer may be one that is merely without excess."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A fact that blocks, and every violation that goes with it."""

    fact: Fact
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """What blocks, and the fewest facts behind it; both empty when nothing does."""

    violations: tuple[Violation, ...]
    causes: tuple[Cause, ...]


def asking(review: Review, facts: Facts, holder: CardHolder) -> World:
    """Return the countersigning in question, as if the review had been read, and all in it acknowledged."""
    action = Countersign(
        review=review,
        shown=review.digest,
        approver=holder,
        acknowledged=tuple(finding_id(finding) for finding in review.diff.findings),
        comment="a reason",
    )
    return World(action, facts)


def why(world: World) -> Why:
    """Return the fewest facts that block this countersigning."""
    violations = world.against()
    chosen: list[Fact] = []
    left = world
    while found := left.against():
        chosen += _fewest(left, found)
        left = reduce(without, chosen, world)
    needed = _needed(world, chosen)
    return Why(violations, tuple(Cause(fact, _silenced(world, violations, fact)) for fact in needed))


def _fewest(world: World, violations: tuple[Violation, ...]) -> tuple[Fact, ...]:
    """Return the fewest facts that, taken away one by one, silence every violation between them."""
    silenced = {fact: frozenset(_silenced(world, violations, fact)) for fact in _offered(world)}
    explained = frozenset(violation for found in silenced.values() for violation in found)
    rest = tuple(Found(violation) for violation in violations if violation not in explained)
    offered = [fact for fact, found in silenced.items() if found]
    tried = 0
    for size in range(len(offered)):
        for some in combinations(offered, size):
            tried += 1
            if explained <= frozenset[Violation]().union(*(silenced[fact] for fact in some)):
                return (*some, *rest)
            if tried == MOST_SETS:
                return (*offered, *rest)
    return (*offered, *rest)


def _needed(world: World, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Leave out every fact without which the others do as well."""
    kept = list(dict.fromkeys(facts))
    for fact in tuple(kept):
        fewer = [one for one in kept if one != fact]
        if not reduce(without, fewer, world).against():
            kept = fewer
    return tuple(kept)


def _silenced(world: World, violations: tuple[Violation, ...], fact: Fact) -> tuple[Violation, ...]:
    still = without(world, fact).against()
    return tuple(violation for violation in violations if violation not in still)


def _offered(world: World) -> Iterator[Fact]:
    """Yield every fact that may be a cause, those nearest to the person first."""
    facts, held = world.facts, world.action.approver.held
    if held is None or not isinstance(held.holder, Person):
        yield NotAPerson()
    else:
        yield from _hands(world, held.holder)
        yield from (*CardFact, *PersonFact)
    unresolved = () if facts.builders is None else facts.builders.unresolved
    yield from dict.fromkeys(Nameless(one.what) for one in unresolved)
    for made in facts.countersignatures:
        yield Countersigned(made.signed.envelope.digest)


def _hands(world: World, person: Person) -> Iterator[Fact]:
    builders = world.facts.builders
    edges = () if builders is None else builders.why(person.id)
    placed = sorted({(place, step) for edge in edges for place, step in enumerate(edge.because)})
    yield from dict.fromkeys(Hand(person.id, step) for _, step in placed)
