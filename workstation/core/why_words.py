"""A cause in words: what it is, and where it can be looked up."""

from __future__ import annotations

from typing import assert_never

from workstation.core.identity import Digest, short
from workstation.core.roster import Credential, Person
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject
from workstation.core.why import Cause
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
)


def sentence(fact: Fact, world: World) -> str:
    """Return what the fact is, about whoever holds the card."""
    label = world.action.approver.label
    match fact:
        case Hand(_, step):
            return f"{label}: {step}"
        case Nameless(what):
            return f"nobody knows whose this is: {what}"
        case Countersigned(envelope):
            return f"countersignature {short(envelope)} was made already{_by(envelope, world)}"
        case NotAPerson():
            return f"{label} is no person of the roster"
        case CardFact():
            return f"the card of {label}: {fact.value}"
        case PersonFact():
            return f"{label}: {fact.value}"
        case Found(violation):
            return violation.detail
        case _:
            assert_never(fact)


def evidence(fact: Fact, world: World) -> tuple[str, ...]:
    """Return where the fact can be looked up: each chain to the evidence, or the document that says so."""
    builders, approver = world.facts.builders, world.action.approver
    match fact:
        case Hand(person, step):
            edges = () if builders is None else builders.why(person)
            return tuple(str(edge) for edge in edges if step in edge.because)
        case Nameless(what):
            unresolved = () if builders is None else builders.unresolved
            return tuple(str(one) for one in unresolved if one.what == what)
        case Countersigned(envelope):
            return (f"envelope {envelope}",)
        case NotAPerson():
            return (f"{_roster(world)}: key {approver.key.fingerprint}",)
        case CardFact() | PersonFact():
            return (f"{_roster(world)}: {_said(fact, world)}",)
        case Found(violation):
            built_in = violation.control == "built-in"
            return (f"{violation.rule}, {'built in' if built_in else _policy(violation.control, world)}",)
        case _:
            assert_never(fact)


def cause_json(cause: Cause, world: World) -> JsonObject:
    """Return a cause as the command line prints it."""
    return {
        "fact": sentence(cause.fact, world),
        "evidence": [*evidence(cause.fact, world)],
        "rules": [*dict.fromkeys(violation.rule for violation in cause.violations)],
    }


def _by(envelope: Digest, world: World) -> str:
    found = (
        one.held.holder for one in world.facts.countersignatures if one.signed.envelope.digest == envelope
    )
    return "".join(f" by {holder.name}" for holder in found)


def _said(fact: CardFact | PersonFact, world: World) -> str:
    held = world.action.approver.held
    match fact:
        case CardFact() if held is not None:
            return f"key {short(held.credential.key.fingerprint)}, {_of_card(fact, held.credential)}"
        case PersonFact() if held is not None and isinstance(held.holder, Person):
            return f"{held.holder.id}, {_of_person(fact, held.holder)}"
        case _:
            return "nothing"


def _of_card(fact: CardFact, card: Credential) -> str:
    match fact:
        case CardFact.USES:
            return f"for {', '.join(sorted(use.value for use in card.uses))}"
        case CardFact.VALIDITY:
            span = f"from {time_text(card.valid_from)} until {time_text(card.valid_to)}"
            return f"{card.state.value}, valid {span}"
        case CardFact.TOKEN:
            return f"in token {card.token_serial}"
        case CardFact.ENROLMENT:
            return f"enrolled {time_text(card.enrolled)}"
        case _:
            assert_never(fact)


def _of_person(fact: PersonFact, person: Person) -> str:
    match fact:
        case PersonFact.STATUS:
            spans = (
                f"{time_text(one.since)} to {'now' if one.until is None else time_text(one.until)}"
                for one in person.status
            )
            return f"in the roster {' and '.join(spans)}"
        case PersonFact.ROLES:
            return f"roles {', '.join(sorted(person.roles)) or 'none'}"
        case PersonFact.CONFLICTS:
            return f"conflict groups {', '.join(sorted(person.conflict_groups)) or 'none'}"
        case _:
            assert_never(fact)


def _roster(world: World) -> str:
    trust = world.facts.trust
    return "no roster" if trust is None else f"roster version {trust.roster.version}"


def _policy(control: str, world: World) -> str:
    trust, rule = world.facts.trust, world.facts.rule
    named = "" if rule is None else f" in rule {rule.id}"
    return (
        control + named + ("" if trust is None else f" of {trust.policy.id} version {trust.policy.version}")
    )
