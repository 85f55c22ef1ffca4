"""The small changes that can make room for a quorum, and their words. `plan_scene` tries them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from workstation.core.control import LINGERS
from workstation.core.identity import PersonId, ServiceId
from workstation.core.roster import Roster

_BEFORE: Final = f"{LINGERS.days} days before the build begins"


@dataclass(frozen=True, slots=True)
class OtherTrigger:
    """Somebody else starts the build."""

    actor: str
    person: PersonId


@dataclass(frozen=True, slots=True)
class OtherBuilder:
    """The build runs on another builder the policy allows."""

    builder_id: str
    instead: str


@dataclass(frozen=True, slots=True)
class EnrolAccount:
    """An account nobody knows is entered for somebody who does not approve."""

    account: str


@dataclass(frozen=True, slots=True)
class EnrolBuilder:
    """A builder nobody knows is entered as a service, controlled by somebody who does not approve."""

    builder_id: str


@dataclass(frozen=True, slots=True)
class Attest:
    """The controllers of a service are attested anew."""

    service: ServiceId


@dataclass(frozen=True, slots=True)
class EnrolCard:
    """A card is enrolled for somebody of the roster, and has cooled off."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Somebody of the roster is given a role."""

    person: PersonId
    role: str


@dataclass(frozen=True, slots=True)
class WithoutController:
    """Somebody no longer controls a service; the other controllers go on."""

    person: PersonId
    service: ServiceId


@dataclass(frozen=True, slots=True)
class OtherController:
    """Somebody hands control of a service to somebody else."""

    person: PersonId
    service: ServiceId
    instead: PersonId


@dataclass(frozen=True, slots=True)
class EnrolApprovers:
    """So many more people are enrolled, each with all these roles and a card that has cooled off."""

    roles: tuple[str, ...]
    count: int


BuildChange: TypeAlias = OtherTrigger | OtherBuilder
"""What the builder decides alone."""

RosterChange: TypeAlias = (
    EnrolAccount
    | EnrolBuilder
    | Attest
    | EnrolCard
    | GrantRole
    | WithoutController
    | OtherController
    | EnrolApprovers
)
"""What needs the custodians."""

Change: TypeAlias = BuildChange | RosterChange


def weight(change: Change) -> int:
    """Return how many changes this one is: each new approver is one."""
    return change.count if isinstance(change, EnrolApprovers) else 1


def sentence(change: Change, roster: Roster) -> str:
    """Return a change in words."""
    match change:
        case OtherTrigger(actor, person):
            return f"let {_who(person, roster)} start the build instead of {actor}"
        case OtherBuilder(builder_id, instead):
            return f"build on {instead} instead of {builder_id}"
        case _:
            return _custodians_sentence(change, roster)


def _custodians_sentence(change: RosterChange, roster: Roster) -> str:
    match change:
        case EnrolAccount(account):
            return f"enter {account} in the roster, for somebody who does not approve"
        case EnrolBuilder(builder_id):
            return f"enter {builder_id} in the roster, as a service of somebody who does not approve"
        case Attest(service):
            return f"attest anew who controls {service}"
        case EnrolCard(person):
            return f"enrol a card for {_who(person, roster)}, so long before that it has cooled off"
        case GrantRole(person, role):
            return f"give {_who(person, roster)} the role {role}"
        case WithoutController(person, service):
            return f"take control of {service} from {_who(person, roster)}, {_BEFORE}"
        case OtherController(person, service, instead):
            return (
                f"let {_who(instead, roster)} control {service} instead of {_who(person, roster)}, {_BEFORE}"
            )
        case EnrolApprovers(roles, count):
            people = "one more person" if count == 1 else f"{count} more people"
            return f"enrol {people} as {' and '.join(roles)}, so long before that the cards have cooled off"
        case _:
            assert_never(change)


def _who(person: PersonId, roster: Roster) -> str:
    return f"{roster.name_of(person)} ({person})"
