"""Rules about following another policy or roster: enough people the current ones name have signed it.

The thresholds of the trust root hold besides, and first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from workstation.core.action import Action, ApplyTrust
from workstation.core.facts import Facts
from workstation.core.identity import Fingerprint, PersonId
from workstation.core.policy_controls import Need
from workstation.core.roster import Person, Roster
from workstation.core.verdict import Violation


def policy_change(action: Action, facts: Facts) -> Iterator[Violation]:
    """POLICY-CHANGE: another policy is followed when enough people the current one names signed it."""
    match action:
        case ApplyTrust(trust=offered) if facts.trust is not None:
            need = facts.trust.policy.policy_change
            if need is not None and offered.policy.digest != facts.trust.policy.digest:
                for detail in _short(need, offered.signed_by, facts.trust.roster, facts.now):
                    yield Violation("POLICY-CHANGE", detail, "policyChange")
        case _:
            return


def roster_change(action: Action, facts: Facts) -> Iterator[Violation]:
    """ROSTER-CHANGE: another roster is followed when enough people the current policy names signed it."""
    match action:
        case ApplyTrust(trust=offered) if facts.trust is not None:
            need = facts.trust.policy.roster_change
            before = facts.trust.roster
            for step in offered.steps:
                if need is not None and step.roster.digest != before.digest:
                    for detail in _short(need, step.signed_by, before, facts.now):
                        yield Violation("ROSTER-CHANGE", detail, "rosterChange")
                before = step.roster
        case _:
            return


def _short(need: Need, signers: frozenset[Fingerprint], roster: Roster, now: datetime) -> Iterator[str]:
    """Yield what is lacking, by the roster followed so far: an offered one could name its own signers."""
    have = _people(signers, need.role, roster, now)
    if len(have) < need.at_least:
        yield f"{len(have)} of {need.at_least} people with role {need.role} signed it"


def _people(keys: frozenset[Fingerprint], role: str, roster: Roster, at: datetime) -> frozenset[PersonId]:
    held = (roster.holder_of(key) for key in keys)
    valid = (one.holder for one in held if one is not None and one.credential.valid_at(at))
    return frozenset(
        holder.id
        for holder in valid
        if isinstance(holder, Person) and role in holder.roles and holder.active_at(at)
    )
