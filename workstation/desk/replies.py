"""Refusals and troubles in the words people read."""

from __future__ import annotations

from workstation.core.errors import TokenRefused, WorkstationError
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Violation
from workstation.core.wording import words_for_error, words_for_rule
from workstation.desk.face import Problem, Reason, Refused
from workstation.gate.gate import Refusal


def refused(action: str, who: str, refusal: Refusal, trust: TrustSnapshot | None) -> Refused:
    """Return a refusal with every reason in words."""
    return Refused(
        action=action,
        who=who,
        reasons=tuple(reason(violation) for violation in refusal.blocked.violations),
        entry=refusal.entry,
        policy_id="" if trust is None else trust.policy.id,
        policy_version=0 if trust is None else trust.policy.version,
    )


def reason(violation: Violation) -> Reason:
    """Return a violation with its words."""
    words = words_for_rule(violation.rule)
    return Reason(
        rule=violation.rule,
        control=violation.control,
        headline=words.headline,
        detail=violation.detail,
        next_step=words.next_step,
    )


def problem(error: WorkstationError) -> Problem:
    """Return a trouble of the world with its words."""
    words = words_for_error(error)
    token = error if isinstance(error, TokenRefused) else None
    return Problem(
        code=type(error).__name__.lower() if token is None else token.code,
        where=str(getattr(error, "where", "")),
        headline=words.headline,
        detail=str(error) if token is None else token.detail,
        next_step=words.next_step,
        exit_status=error.exit_status,
        tries_left=None if token is None else token.tries_left,
    )
