"""A plan's scene, a trust root and a build, and the scene after a change.

A change is made to a copy. Nothing here touches the roster that is signed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar, assert_never

from workstation.core.identity import ServiceId
from workstation.core.imagined import imagined_card, imagined_person
from workstation.core.plan_changes import (
    Attest,
    BuildChange,
    Change,
    EnrolAccount,
    EnrolApprovers,
    EnrolBuilder,
    EnrolCard,
    GrantRole,
    OtherBuilder,
    OtherController,
    OtherTrigger,
    RosterChange,
    WithoutController,
)
from workstation.core.planner import PlannedBuild
from workstation.core.roster import Person, Roster, Service
from workstation.core.trust_snapshot import TrustSnapshot

T = TypeVar("T", bound=str)

# In no real id: the identifiers of a roster hold no space (see `identity.IDENTIFIER`).
_NEW: Final = "new person"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a plan is made for."""

    trust: TrustSnapshot
    build: PlannedBuild
    now: datetime


def changed(scene: Scene, change: Change) -> Scene:
    """Return the scene after a change; one that finds nothing to change leaves it as it is."""
    match change:
        case OtherTrigger() | OtherBuilder():
            return replace(scene, build=_build(scene.build, change))
        case _:
            roster = _roster(scene.trust.roster, change, scene.now)
            return replace(scene, trust=replace(scene.trust, roster=roster))


def _build(build: PlannedBuild, change: BuildChange) -> PlannedBuild:
    match change:
        case OtherTrigger(actor, person):
            return replace(build, actors=_swapped(build.actors, actor, person))
        case OtherBuilder(builder_id, instead):
            return replace(build, builder_ids=_swapped(build.builder_ids, builder_id, instead))
        case _:
            assert_never(change)


def _roster(roster: Roster, change: RosterChange, now: datetime) -> Roster:
    match change:
        case EnrolAccount(account):
            return _with(roster, imagined_person(_numbered(roster), (), (account,)))
        case EnrolBuilder(builder_id):
            return _with_builder(roster, builder_id, now)
        case Attest(service):
            return _served(roster, replace(roster.services[service], attested=now))
        case EnrolCard(person):
            found = roster.people[person]
            return _with(roster, replace(found, credentials=(imagined_card(person), *found.credentials)))
        case GrantRole(person, role):
            found = roster.people[person]
            return _with(roster, replace(found, roles=found.roles | {role}))
        case WithoutController(person, service):
            controllers = tuple(one for one in roster.services[service].controllers if one != person)
            return _served(roster, replace(roster.services[service], controllers=controllers))
        case OtherController(person, service, instead):
            controllers = _swapped(roster.services[service].controllers, person, instead)
            return _served(roster, replace(roster.services[service], controllers=controllers))
        case EnrolApprovers(roles, count):
            for _ in range(count):
                roster = _with(roster, imagined_person(_numbered(roster), roles))
            return roster
        case _:
            assert_never(change)


def _swapped(items: tuple[T, ...], old: T, new: T) -> tuple[T, ...]:
    return tuple(dict.fromkeys(new if item == old else item for item in items))


def _numbered(roster: Roster) -> str:
    return f"{_NEW} {len(roster.people) + 1}"


def _with(roster: Roster, person: Person) -> Roster:
    return replace(
        roster,
        people={**roster.people, person.id: person},
        by_alias={**roster.by_alias, **dict.fromkeys(person.aliases, person.id)},
    )


def _with_builder(roster: Roster, builder_id: str, now: datetime) -> Roster:
    controller = imagined_person(_numbered(roster), ())
    service = Service(
        id=ServiceId(f"service of {controller.id}"),
        name=builder_id,
        builder_ids=frozenset({builder_id}),
        controllers=(controller.id,),
        attested=now,
        credentials=(),
    )
    return _served(_with(roster, controller), service)


def _served(roster: Roster, service: Service) -> Roster:
    return replace(
        roster,
        services={**roster.services, service.id: service},
        by_builder_id={**roster.by_builder_id, **dict.fromkeys(service.builder_ids, service.id)},
    )
