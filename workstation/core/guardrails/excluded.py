"""Rules about people a policy keeps from approving: by role, and by whom they are close to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import TYPE_CHECKING

from workstation.core.action import Action, Countersign, Release
from workstation.core.facts import Case, Facts
from workstation.core.policy import ALWAYS_EXCLUDED
from workstation.core.roster import Person
from workstation.core.verdict import Violation

if TYPE_CHECKING:
    from workstation.core.guardrails.approver import Standing


def role_excluded(standing: Standing) -> Iterator[Violation]:
    """ROLE-EXCLUDED: whoever has a role that the policy keeps from approving does not approve."""
    excluded = {role.value for role in standing.rule.approvals.excluded - ALWAYS_EXCLUDED}
    for role in sorted(excluded & (standing.person.roles if standing.person else frozenset())):
        yield Violation("ROLE-EXCLUDED", f"{standing.label} is also {role}", "approvals.notAnyOf")


def conflict_group(action: Action, facts: Facts) -> Iterator[Violation]:
    """CONFLICT-GROUP: approvers share no conflict group with a builder, nor with each other."""
    case = facts.case
    if case is None or not case.rule.approvals.conflict_groups:
        return
    signed = tuple(_people(verified.held.holder for verified in facts.standing))
    match action:
        case Countersign(approver=holder) if holder.person is not None:
            pairs = tuple((holder.person, other) for other in (*_builders(case), *signed))
        case Release():
            pairs = (*product(signed, _builders(case)), *combinations(signed, 2))
        case _:
            return
    yield from (violation for one, other in pairs for violation in _close(one, other))


def _close(one: Person, other: Person) -> Iterator[Violation]:
    if one.id != other.id:
        for group in sorted(one.conflict_groups & other.conflict_groups):
            yield Violation(
                "CONFLICT-GROUP",
                f"{one.name} and {other.name} are both in {group}",
                "approvals.conflictGroups",
            )


def _builders(case: Case) -> tuple[Person, ...]:
    people = case.trust.roster.people
    return tuple(people[person] for person in sorted(case.builders.people) if person in people)


def _people(holders: Iterator[object]) -> Iterator[Person]:
    found = {holder.id: holder for holder in holders if isinstance(holder, Person)}
    # By id, for a deployer does not read countersignatures in the order they were made.
    yield from (found[person] for person in sorted(found))
