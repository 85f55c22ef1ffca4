"""Rules about the trust root: there is one, it still holds, and it only goes forward."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import (
    Action,
    Admit,
    AdmitReceipt,
    ApplyTrust,
    Countersign,
    Decline,
    ExportJournal,
    Identify,
    OpenReview,
    ReadJournal,
    Reject,
    Release,
)
from workstation.core.facts import Facts
from workstation.core.shape import time_text
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    DropArtifacts,
    Redact,
)
from workstation.core.verdict import Violation


def trust_missing(action: Action, facts: Facts) -> Iterator[Violation]:
    """TRUST-MISSING: nothing about a request can be decided before a trust root was applied."""
    match action:
        case (
            Admit() | OpenReview() | Countersign() | Decline() | Release() | AdmitReceipt() | DropArtifacts()
        ):
            if facts.trust is None:
                yield Violation("TRUST-MISSING", "no trust root has been applied at this workstation")
        case Reject() | Identify() | ApplyTrust() | ReadJournal() | ExportJournal():
            return
        case ChangeHolders() | Redact() | AttestTime() | Anchor() | AdmitCosignature():
            return


def trust_expired(action: Action, facts: Facts) -> Iterator[Violation]:
    """TRUST-EXPIRED: an expired roster or policy decides nothing."""
    match action:
        case Reject() | Identify() | ReadJournal() | ExportJournal():
            return
        case ChangeHolders() | Redact() | AttestTime() | Anchor() | AdmitCosignature():
            return
        case _:
            trust = action.trust if isinstance(action, ApplyTrust) else facts.trust
    if trust is not None and facts.now >= trust.expires:
        yield Violation(
            "TRUST-EXPIRED",
            f"roster version {trust.roster.version} and policy version {trust.policy.version}"
            f" expired {time_text(trust.expires)}; it is {time_text(facts.now)}",
        )


def trust_early(action: Action, facts: Facts) -> Iterator[Violation]:
    """TRUST-EARLY: a policy or roster that is not yet in effect decides nothing."""
    match action:
        case Countersign() | Release() | Admit() if facts.trust is not None:
            begins = max(facts.trust.policy.effective_from, facts.trust.roster.created)
            if facts.now < begins:
                yield Violation("TRUST-EARLY", f"roster and policy are in effect from {time_text(begins)}")
        case _:
            return


def trust_rollback(action: Action, facts: Facts) -> Iterator[Violation]:
    """TRUST-ROLLBACK: no roster or policy lower than one this journal has seen."""
    match action:
        case ApplyTrust(trust=trust):
            found = (trust.roster.version, facts.ledger.highest_roster, "roster")
            for version, seen, what in (found, (trust.policy.version, facts.ledger.highest_policy, "policy")):
                if version < seen:
                    yield Violation("TRUST-ROLLBACK", f"{what} version {version} found, {seen} has been seen")
        case _:
            return


def policy_rule(action: Action, facts: Facts) -> Iterator[Violation]:
    """POLICY-RULE: what no rule of the policy covers is refused."""
    match action:
        case Countersign() | Release() | Admit():
            if facts.trust is not None and facts.request is not None and facts.rule is None:
                asked = f"{facts.request.product.to_string()} in channel {facts.request.channel}"
                yield Violation("POLICY-RULE", f"no rule of policy {facts.trust.policy.id} covers {asked}")
        case _:
            return
