"""Who may countersign this: rules asked of a person when they sign, and again of every signature counted.

They are the heart of the separation of duties, so signing, quorum and the deployer share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from workstation.core.closure import BuilderSet
from workstation.core.guardrails.excluded import role_excluded
from workstation.core.guardrails.token import token_unproved
from workstation.core.policy import Rule
from workstation.core.request import Request
from workstation.core.roster import Credential, Held, Person, Service, Use
from workstation.core.shape import time_text
from workstation.core.verdict import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A signer before a request: the key's holder if any, the token it was in, and when they sign.

    `roots` are those the roster has for attestations.
    """

    label: str
    held: Held | None
    token_serial: str
    request: Request
    builders: BuilderSet
    rule: Rule
    at: datetime
    roots: tuple[bytes, ...] = ()

    @property
    def person(self) -> Person | None:
        """The person, unless a stranger or a machine signs."""
        return self.held.holder if self.held is not None and isinstance(self.held.holder, Person) else None

    @property
    def credential(self) -> Credential | None:
        """The enrolled credential, if there is one."""
        return None if self.held is None else self.held.credential


def sod_builder(standing: Standing) -> Iterator[Violation]:
    """SOD-BUILDER: nobody countersigns what they had a hand in building, with whatever key."""
    person = standing.person
    for edge in standing.builders.why(person.id) if person else ():
        because = " ← ".join(edge.because)
        yield Violation("SOD-BUILDER", f"{standing.label} had a hand in this: {edge.person} ← {because}")


def approver_unknown(standing: Standing) -> Iterator[Violation]:
    """APPROVER-UNKNOWN: the key on the card must be in the roster."""
    if standing.held is None:
        yield Violation("APPROVER-UNKNOWN", f"{standing.label} is not in the roster")


def approver_service(standing: Standing) -> Iterator[Violation]:
    """APPROVER-SERVICE: a machine never counts as a person."""
    if standing.held is not None and isinstance(standing.held.holder, Service):
        yield Violation("APPROVER-SERVICE", f"{standing.label} is the service {standing.held.holder.id}")


def approver_inactive(standing: Standing) -> Iterator[Violation]:
    """APPROVER-INACTIVE: the person must belong to the roster at that moment."""
    person = standing.person
    if person is not None and not person.active_at(standing.at):
        yield Violation("APPROVER-INACTIVE", f"{standing.label} was not active at {time_text(standing.at)}")


def approver_role(standing: Standing) -> Iterator[Violation]:
    """APPROVER-ROLE: the person must have one of the roles the policy counts."""
    wanted = standing.rule.approver_roles
    person = standing.person
    if person is not None and not wanted & person.roles:
        has = ", ".join(sorted(person.roles)) or "no role"
        yield Violation(
            "APPROVER-ROLE",
            f"{standing.label} has {has}; {' or '.join(sorted(wanted))} is wanted",
            "approvals.role",
        )


def credential_use(standing: Standing) -> Iterator[Violation]:
    """CREDENTIAL-USE: the key must be enrolled for countersigning."""
    credential = standing.credential
    if credential is not None and Use.COUNTERSIGN not in credential.uses:
        uses = ", ".join(sorted(use.value for use in credential.uses))
        yield Violation("CREDENTIAL-USE", f"this key of {standing.label} is enrolled for {uses} only")


def credential_valid(standing: Standing) -> Iterator[Violation]:
    """CREDENTIAL-VALID: not expired, not yet to come, not retired, not revoked at that moment."""
    credential = standing.credential
    if credential is not None and not credential.valid_at(standing.at):
        span = f"{time_text(credential.valid_from)} to {time_text(credential.valid_to)}"
        yield Violation(
            "CREDENTIAL-VALID", f"this key of {standing.label} is {credential.state.value}, valid {span}"
        )


def credential_token(standing: Standing) -> Iterator[Violation]:
    """CREDENTIAL-TOKEN: the key must answer from the token it was enrolled in."""
    credential = standing.credential
    if credential is None or credential.token_serial in (None, standing.token_serial):
        return
    yield Violation(
        "CREDENTIAL-TOKEN",
        f"the key was enrolled in token {credential.token_serial} and answers from {standing.token_serial}",
    )


def cooling_off(standing: Standing) -> Iterator[Violation]:
    """COOLING-OFF: a key enrolled after what is asked for was begun, or too recently, cannot sign it."""
    credential = standing.credential
    if credential is None:
        return
    begun = standing.request.begun
    if credential.enrolled > begun:
        yield Violation(
            "COOLING-OFF",
            f"the key was enrolled {time_text(credential.enrolled)}, after this was begun {time_text(begun)}",
        )
    elif standing.at - credential.enrolled < standing.rule.cooling_off:
        days = standing.rule.cooling_off.days
        yield Violation("COOLING-OFF", f"the key was enrolled less than {days} days ago", "coolingOffDays")


ApproverRule: TypeAlias = Callable[[Standing], Iterator[Violation]]

APPROVER_RULES: Final[tuple[ApproverRule, ...]] = (
    sod_builder,
    approver_unknown,
    approver_service,
    approver_inactive,
    approver_role,
    credential_use,
    credential_valid,
    credential_token,
    cooling_off,
    role_excluded,
    token_unproved,
)


def objections(standing: Standing) -> tuple[Violation, ...]:
    """Return every violation any approver rule finds."""
    return tuple(violation for rule in APPROVER_RULES for violation in rule(standing))
