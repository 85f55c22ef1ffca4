"""Asking every guardrail about an action; an empty answer is the only yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

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
from workstation.core.guardrails import (
    calendar,
    changes,
    code_review,
    decision,
    evidence,
    excluded,
    findings,
    licences,
    opening,
    outputs,
    rebuild,
    receipt,
    request,
    retention,
    roster,
    screen,
    trust,
    two_people,
    vulnerabilities,
)
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    DropArtifacts,
    Redact,
)
from workstation.core.verdict import Allowed, Blocked, Verdict, Violation

Guardrail: TypeAlias = Callable[[Action, Facts], Iterator[Violation]]

GUARDRAILS: Final[tuple[Guardrail, ...]] = (
    trust.trust_missing,
    trust.trust_expired,
    trust.trust_early,
    trust.trust_rollback,
    roster.roster_proof,
    roster.roster_succession,
    trust.policy_rule,
    changes.policy_change,
    changes.roster_change,
    calendar.window,
    calendar.freeze,
    calendar.break_glass,
    request.request_unknown,
    request.request_repeated,
    request.request_submitter,
    request.request_expired,
    request.request_decided,
    request.request_previous,
    request.version_reused,
    request.version_rises,
    evidence.builder_unknown,
    evidence.evidence_provenance,
    evidence.evidence_level,
    evidence.evidence_source,
    evidence.evidence_actors,
    rebuild.rebuild_quorum,
    evidence.evidence_sbom,
    licences.evidence_licence,
    vulnerabilities.evidence_scan,
    vulnerabilities.evidence_vulnerabilities,
    evidence.evidence_tests,
    code_review.evidence_reviews,
    evidence.controllers_stale,
    outputs.output_not_allowed,
    screen.screen_words,
    screen.screen_unseen,
    decision.approver,
    excluded.conflict_group,
    decision.approver_repeated,
    decision.decliner_unknown,
    decision.review_stale,
    opening.review_unopened,
    decision.review_refused,
    findings.findings_unacknowledged,
    decision.quorum,
    receipt.receipt_release,
    receipt.receipt_repeated,
    receipt.deployer,
    receipt.sod_deployer,
    two_people.two_people,
    retention.retention,
)


def judge(action: Action, facts: Facts) -> Verdict:
    """Return Allowed, or Blocked with every violation, in the order of GUARDRAILS and without repeats."""
    if not _covered(action):
        return Blocked((Violation("NO-RULE", f"no guardrail speaks about {type(action).__name__}"),))
    found = tuple(dict.fromkeys(violation for rule in GUARDRAILS for violation in rule(action, facts)))
    return Blocked(found) if found else Allowed()


def _covered(action: Action) -> bool:
    """Answer whether somebody thought about this action; a new one is a type error until they did."""
    # No `case _`: mypy's exhaustive-match finds what is missing, and at run time the missing is blocked.
    match action:
        case Admit() | OpenReview() | Countersign() | Decline() | Release() | AdmitReceipt() | ApplyTrust():
            return True
        case Redact() | AttestTime() | DropArtifacts():
            return True
        case ChangeHolders() | Anchor() | AdmitCosignature():
            # Whoever could open the journal says who else can, and where else it is remembered.
            return True
        case Reject() | Identify() | ReadJournal() | ExportJournal():
            # These put something on record or show it: no rule could make the journal better by its silence.
            return True
    return False
