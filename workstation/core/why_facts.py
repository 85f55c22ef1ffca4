"""Facts that can stand against a countersignature, and the world without one of them.

To take a fact away is to ask what would be, had it been otherwise: had somebody else signed that
document, had this card been enrolled long ago. The world is a copy; the facts stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from workstation.core.action import Countersign
from workstation.core.approver import CardHolder
from workstation.core.closure import BuilderSet, Edge
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.identity import Digest, PersonId
from workstation.core.imagined import imagined_card, imagined_person
from workstation.core.opening import Opening
from workstation.core.policy import ALWAYS_EXCLUDED
from workstation.core.roster import Credential, Held, Person
from workstation.core.verdict import Blocked, Violation

# In no roster: identifiers hold no space.
SOMEBODY: Final = PersonId("somebody else")


class CardFact(StrEnum):
    """What there is about a card that can stand against it."""

    USES = "what it is enrolled for"
    VALIDITY = "until when it is valid, and its state"
    TOKEN = "the token it was enrolled in"  # noqa: S105 (words, not a secret)
    ENROLMENT = "when it was enrolled"


class PersonFact(StrEnum):
    """What there is about a person that can stand against them."""

    STATUS = "when they belong to the roster"
    ROLES = "their roles"
    CONFLICTS = "their conflict groups"


@dataclass(frozen=True, slots=True)
class Hand:
    """A step by which this person is known to have had a hand in the build, such as "controls ci-7"."""

    person: PersonId
    step: str


@dataclass(frozen=True, slots=True)
class Nameless:
    """Something had a hand in the build and leads to nobody."""

    what: str


@dataclass(frozen=True, slots=True)
class Countersigned:
    """A countersignature that was made already, by its envelope."""

    envelope: Digest


@dataclass(frozen=True, slots=True)
class NotAPerson:
    """The key is in no roster, or a machine's."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, where nothing finer can be named."""

    violation: Violation


Fact: TypeAlias = Hand | Nameless | Countersigned | NotAPerson | CardFact | PersonFact | Found


@dataclass(frozen=True, slots=True)
class World:
    """A countersigning and the facts it is judged by, less what was found and is taken away."""

    action: Countersign
    facts: Facts
    ignored: frozenset[Violation] = frozenset()

    def against(self) -> tuple[Violation, ...]:
        """Return every violation any guardrail finds; none when it would be allowed."""
        verdict = judge(self.action, _opened(self.action, self.facts))
        found = verdict.violations if isinstance(verdict, Blocked) else ()
        return tuple(violation for violation in found if violation not in self.ignored)


def _opened(action: Countersign, facts: Facts) -> Facts:
    """Return the facts as if whoever asks had opened the review with their card, which anybody may."""
    holder, history = action.approver, facts.history
    if history is None:
        return facts
    opening = Opening(
        review=action.review.digest,
        person=None if holder.person is None else holder.person.id,
        fingerprint=holder.key.fingerprint,
        token_serial=holder.token_serial,
        challenge="",
        signature="",
        seq=facts.ledger.size,
    )
    opened = replace(history, openings=(*history.openings, opening))
    return replace(facts, history=opened)


def without(world: World, fact: Fact) -> World:
    """Return the world had this one fact been otherwise."""
    match fact:
        case Hand() | Nameless():
            builders = world.facts.builders or BuilderSet((), ())
            return replace(world, facts=replace(world.facts, builders=_other_hands(builders, fact)))
        case Countersigned(envelope):
            kept = (one for one in world.facts.countersignatures if one.signed.envelope.digest != envelope)
            return replace(world, facts=replace(world.facts, countersignatures=tuple(kept)))
        case NotAPerson():
            holder = imagined_person(SOMEBODY, _counted_roles(world.facts))
            return _held(world, Held(_card_like(world.action.approver), holder))
        case CardFact() | PersonFact():
            held = world.action.approver.held
            return world if held is None else _held(world, _otherwise(held, fact, world))
        case Found(violation):
            return replace(world, ignored=world.ignored | {violation})
        case _:
            assert_never(fact)


def anybody(facts: Facts) -> CardHolder:
    """Return somebody who has touched nothing, with every role the rule counts and a card of long ago."""
    person = imagined_person(PersonId("anybody"), _counted_roles(facts))
    (card,) = person.credentials
    serial = card.token_serial or ""
    return CardHolder(key=card.key, token_serial=serial, token_label=person.id, held=Held(card, person))


def _other_hands(builders: BuilderSet, fact: Hand | Nameless) -> BuilderSet:
    """Return the builder set had it been somebody else; never an empty one, which would block by itself."""
    match fact:
        case Hand(person, step):
            edges = {
                replace(edge, person=SOMEBODY) if edge.person == person and step in edge.because else edge
                for edge in builders.edges
            }
            return BuilderSet(edges=tuple(sorted(edges)), unresolved=builders.unresolved)
        case Nameless(what):
            known = {Edge(SOMEBODY, one.because) for one in builders.unresolved if one.what == what}
            left = (one for one in builders.unresolved if one.what != what)
            return BuilderSet(edges=tuple(sorted({*builders.edges, *known})), unresolved=tuple(left))
        case _:
            assert_never(fact)


def _otherwise(held: Held, fact: CardFact | PersonFact, world: World) -> Held:
    match fact:
        case CardFact():
            return replace(held, credential=_other_card(held.credential, fact, world.action.approver))
        case PersonFact() if isinstance(held.holder, Person):
            return replace(held, holder=_other_person(held.holder, fact, world.facts))
        case _:
            return held


def _other_card(card: Credential, fact: CardFact, holder: CardHolder) -> Credential:
    ideal = imagined_card("any")
    match fact:
        case CardFact.USES:
            return replace(card, uses=card.uses | ideal.uses)
        case CardFact.VALIDITY:
            return replace(
                card,
                valid_from=ideal.valid_from,
                valid_to=ideal.valid_to,
                state=ideal.state,
                state_since=None,
            )
        case CardFact.TOKEN:
            return replace(card, token_serial=holder.token_serial)
        case CardFact.ENROLMENT:
            return replace(card, enrolled=ideal.enrolled)
        case _:
            assert_never(fact)


def _other_person(person: Person, fact: PersonFact, facts: Facts) -> Person:
    ideal = imagined_person(person.id, _counted_roles(facts))
    match fact:
        case PersonFact.STATUS:
            return replace(person, status=ideal.status)
        case PersonFact.ROLES:
            return replace(person, roles=ideal.roles)
        case PersonFact.CONFLICTS:
            return replace(person, conflict_groups=frozenset())
        case _:
            assert_never(fact)


def _card_like(holder: CardHolder) -> Credential:
    return replace(imagined_card(SOMEBODY), key=holder.key, token_serial=holder.token_serial)


def _counted_roles(facts: Facts) -> frozenset[str]:
    """Return the roles an approver can have without being kept from approving by one of them."""
    if facts.rule is None:
        return frozenset()
    return facts.rule.approver_roles - {
        role.value for role in facts.rule.approvals.excluded - ALWAYS_EXCLUDED
    }


def _held(world: World, held: Held) -> World:
    return replace(world, action=replace(world.action, approver=replace(world.action.approver, held=held)))
