"""Which changes are worth trying for a plan that is not possible, easiest first.

Only what touches a blocker, or somebody whose countersignature is missing, is offered. Of people
who would do equally well as trigger or controller a few are offered and not all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from workstation.core.guardrails.receipt import DEPLOYER_ROLE
from workstation.core.identity import PersonId
from workstation.core.plan_changes import (
    Attest,
    Change,
    EnrolAccount,
    EnrolApprovers,
    EnrolBuilder,
    EnrolCard,
    GrantRole,
    OtherBuilder,
    OtherController,
    OtherTrigger,
    WithoutController,
)
from workstation.core.plan_scene import Scene
from workstation.core.planner import Plan, Prospect
from workstation.core.policy import Rule
from workstation.core.quorum import Met
from workstation.core.roster import Person, Service

MOST_ALIKE: Final = 3
MOST_NEWCOMERS: Final = 3
_OF_THE_CARD: Final = {"CREDENTIAL-USE", "CREDENTIAL-VALID", "COOLING-OFF"}
_MENDABLE: Final = _OF_THE_CARD | {"SOD-BUILDER", "APPROVER-ROLE"}


def candidates(scene: Scene, found: Plan) -> tuple[Change, ...]:
    """Return the changes to try, the builder's own before those that need custodians."""
    rule = scene.trust.policy.rule_for(scene.build.product, scene.build.channel)
    if rule is None:
        return ()
    willing = _willing(scene, found, rule)
    offered = (
        *(OtherTrigger(actor, person) for actor in scene.build.actors for person in willing),
        *_other_builders(scene, rule),
        *mends(scene, found),
        *_cards(found),
        *_roles(found, rule),
        *_controllers(scene, found, willing),
        *_newcomers(found, rule),
    )
    return tuple(dict.fromkeys(offered))


def mends(scene: Scene, found: Plan) -> tuple[Change, ...]:
    """Return what custodians can do about everything that blocks whoever signs."""
    return (*_unknowns(scene), *_stale(scene, found))


def missing_roles(found: Plan, rule: Rule) -> tuple[str, ...]:
    """Return the roles of which the plan has too few people; of a group's roles the first."""
    return tuple(sorted({_role(met, rule) for met in found.needs if not met.enough}))


def _role(met: Met, rule: Rule) -> str:
    groups = (min(group.roles) for group in rule.approvals.groups if group.to_need() == met.need)
    return next(groups, met.need.role)


def _willing(scene: Scene, found: Plan, rule: Rule) -> tuple[PersonId, ...]:
    """Return who could start a build or control a service: first those who cannot countersign anyway."""

    def kind(person: Person) -> tuple[bool, tuple[str, ...]]:
        counted = person.id not in found.builders.people and person.roles & rule.approver_roles
        return (bool(counted), tuple(sorted(counted or ())))

    people = scene.trust.roster.people.values()
    able = (one for one in people if one.active_at(scene.now) and DEPLOYER_ROLE not in one.roles)
    alike = groupby(sorted(able, key=lambda person: (kind(person), person.id)), key=kind)
    return tuple(person.id for _, group in alike for person in list(group)[:MOST_ALIKE])


def _other_builders(scene: Scene, rule: Rule) -> Iterator[Change]:
    allowed = () if rule.provenance is None else rule.provenance.builders
    for builder_id in scene.build.builder_ids:
        for other in allowed:
            if other.builder_id not in scene.build.builder_ids:
                yield OtherBuilder(builder_id, other.builder_id)


def _unknowns(scene: Scene) -> Iterator[Change]:
    roster = scene.trust.roster
    for account in (*scene.build.actors, *scene.build.others):
        if roster.person_with_alias(account) is None and account not in roster.people:
            yield EnrolAccount(account)
    for builder_id in scene.build.builder_ids:
        if roster.service_of_builder(builder_id) is None:
            yield EnrolBuilder(builder_id)


def _stale(scene: Scene, found: Plan) -> Iterator[Change]:
    if any(violation.rule == "CONTROLLERS-STALE" for violation in found.blockers):
        yield from (Attest(service.id) for service in _services(scene))


def _cards(found: Plan) -> Iterator[Change]:
    for prospect in _mendable(found):
        if _rules(prospect) & _OF_THE_CARD:
            yield EnrolCard(prospect.person.id)


def _roles(found: Plan, rule: Rule) -> Iterator[Change]:
    for role in missing_roles(found, rule):
        for prospect in _mendable(found):
            if role not in prospect.person.roles and not _idle(prospect):
                yield GrantRole(prospect.person.id, role)


def _idle(prospect: Prospect) -> bool:
    """Answer whether it would take a card and a role: then somebody new is as good."""
    return "APPROVER-ROLE" in _rules(prospect) and bool(_rules(prospect) & _OF_THE_CARD)


def _controllers(scene: Scene, found: Plan, willing: Iterable[PersonId]) -> Iterator[Change]:
    wanted = {prospect.person.id for prospect in _mendable(found) if "SOD-BUILDER" in _rules(prospect)}
    for service in _services(scene):
        for person in service.controllers:
            if person in wanted:
                yield WithoutController(person, service.id)
                yield from (OtherController(person, service.id, one) for one in willing if one != person)


def _newcomers(found: Plan, rule: Rule) -> Iterator[Change]:
    roles = missing_roles(found, rule)
    for count in range(1, MOST_NEWCOMERS + 1) if roles else ():
        yield EnrolApprovers(roles, count)
        yield from (EnrolApprovers((role,), count) for role in roles)


def _services(scene: Scene) -> Iterator[Service]:
    for builder_id in scene.build.builder_ids:
        service = scene.trust.roster.service_of_builder(builder_id)
        if service is not None:
            yield service


def _mendable(found: Plan) -> Iterator[Prospect]:
    """Yield those against whom nothing stands that these changes could not take away."""
    return (prospect for prospect in found.prospects if _rules(prospect) <= _MENDABLE)


def _rules(prospect: Prospect) -> set[str]:
    return {violation.rule for violation in prospect.against}
