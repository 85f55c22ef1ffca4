"""Counting: which countersignatures count, and whether they are enough.

There is one counting function. It counts people, over signatures that verified, never keys and
never a list of who is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workstation.core.facts import Case, Facts, VerifiedCountersignature
from workstation.core.guardrails.approver import Standing, objections
from workstation.core.guardrails.findings import unacknowledged
from workstation.core.guardrails.opening import unopened
from workstation.core.guardrails.request import CLOCK_TOLERANCE
from workstation.core.identity import PersonId
from workstation.core.policy import Group
from workstation.core.policy_controls import Need
from workstation.core.quorum_groups import seats_taken
from workstation.core.roster import Holder, Person
from workstation.core.verdict import Violation


@dataclass(frozen=True, slots=True)
class Counted:
    """One countersignature with what stands against counting it; nothing does when it counts.

    One that `lapsed` with the roster or policy it was made under blocks only what lacks a quorum.
    """

    verified: VerifiedCountersignature
    against: tuple[Violation, ...]
    lapsed: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """A need of the policy and how many distinct people meet it."""

    need: Need
    have: int

    @property
    def enough(self) -> bool:
        """Answer whether the need is met."""
        return self.have >= self.need.at_least


@dataclass(frozen=True, slots=True)
class Quorum:
    """All countersignatures counted or not, and every need of the rule."""

    counted: tuple[Counted, ...]
    needs: tuple[Met, ...]

    @property
    def approvers(self) -> tuple[Person, ...]:
        """The distinct people who count, in the order they signed."""
        return tuple(_people(self.counted).values())

    @property
    def reached(self) -> bool:
        """Answer whether every need is met; a quorum of nobody is none."""
        return bool(self.needs) and all(met.enough for met in self.needs)


def quorum_of(facts: Facts) -> Quorum:
    """Count the countersignatures on the request at hand."""
    case = facts.case
    if case is None:
        return Quorum((), ())
    counted = tuple(
        Counted(item, _against(item, case, facts), case.lapsed(item)) for item in _once_each(facts)
    )
    people = _people(counted).values()
    needs = (case.rule.approvals.need, *case.rule.approvals.also_from)
    return Quorum(
        counted,
        (
            *(Met(need, sum(need.role in person.roles for person in people)) for need in needs),
            *_groups(case.rule.approvals.groups, tuple(people)),
        ),
    )


def roles_of(holder: Holder) -> tuple[str, ...]:
    """Return the roles a countersignature of this holder names; a machine has none."""
    return tuple(sorted(holder.roles)) if isinstance(holder, Person) else ()


def _groups(groups: tuple[Group, ...], people: tuple[Person, ...]) -> Iterator[Met]:
    seated = seats_taken(groups, tuple(person.roles for person in people))
    for group, have in zip(groups, seated, strict=True):
        yield Met(group.to_need(), have)


def _people(counted: tuple[Counted, ...]) -> dict[PersonId, Person]:
    holders = (item.verified.held.holder for item in counted if not item.against)
    return {holder.id: holder for holder in holders if isinstance(holder, Person)}


def _once_each(facts: Facts) -> tuple[VerifiedCountersignature, ...]:
    return tuple({item.signed.envelope.digest: item for item in facts.countersignatures}.values())


def _against(item: VerifiedCountersignature, case: Case, facts: Facts) -> tuple[Violation, ...]:
    said = item.signed.countersignature
    standing = Standing(
        label=item.held.holder.name,
        held=item.held,
        token_serial=said.token_serial,
        request=case.request,
        builders=case.builders,
        rule=case.rule,
        at=said.binding.at,
        roots=case.trust.roster.attestation_roots,
    )
    history = facts.history
    return (
        *objections(standing),
        *_unbound(item, case, facts.now),
        *(() if history is None else unopened(item, history.openings)),
        *unacknowledged(item.review, said.acknowledged, case.rule),
    )


def _unbound(item: VerifiedCountersignature, case: Case, now: datetime) -> Iterator[Violation]:
    """COUNTERSIGNATURE-BINDING: what was signed must be about exactly what is at hand now."""
    said, bound = item.signed.countersignature, item.signed.countersignature.binding
    max_age = case.rule.approvals.max_age
    checks = (
        (bound.request == case.request.id, "another request"),
        (item.signed.artifacts == case.request.manifest, "other artifacts"),
        ((item.review.digest, item.review.request) == (bound.review, bound.request), "another review"),
        (bound.roster == case.trust.roster.digest, f"roster version {bound.roster_version}"),
        (bound.policy == case.trust.policy.digest, f"policy version {bound.policy_version}"),
        (bound.builders == case.builders.edges, "another builder set"),
        (bound.roster_version == case.trust.roster.version, f"roster version {bound.roster_version}"),
        (
            (bound.policy_id, bound.policy_version) == (case.trust.policy.id, case.trust.policy.version),
            f"policy {bound.policy_id} version {bound.policy_version}",
        ),
        (said.approver == str(item.held.holder.id), f"{said.approver} as approver"),
        (said.roles == roles_of(item.held.holder), f"roles {', '.join(said.roles) or 'none'}"),
        (said.fingerprint == item.held.credential.key.fingerprint, "another key"),
        (case.request.created <= bound.at < case.request.not_after, "a time the request does not cover"),
        (bound.at <= now + CLOCK_TOLERANCE, "a time still to come"),
        (max_age is None or now - bound.at <= max_age, "a time too long ago"),
    )
    for holds, what in checks:
        if not holds:
            yield Violation("COUNTERSIGNATURE-BINDING", f"it is bound to {what}")
