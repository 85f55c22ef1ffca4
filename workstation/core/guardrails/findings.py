"""A rule about findings: what is risky in a release diff is acknowledged, one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from workstation.core.action import Action, Countersign
from workstation.core.facts import Facts
from workstation.core.identity import digest_of
from workstation.core.inert_text import inert
from workstation.core.policy import Rule
from workstation.core.release_diff import REFUSE, Finding
from workstation.core.shown_review import ShownFinding, ShownReview
from workstation.core.verdict import Violation

_LONGEST_PATH: Final = 1800
"""What a countersignature can hold of a path; a longer one goes by its digest."""


def finding_id(finding: Finding | ShownFinding) -> str:
    """Return how a countersignature names a finding: its rule and its path, the same in every review."""
    if len(finding.path) <= _LONGEST_PATH:
        return f"{finding.rule} {finding.path}"
    return f"{finding.rule} sha256:{digest_of(finding.path.encode('utf-8', 'surrogatepass'))}"


def findings_unacknowledged(action: Action, facts: Facts) -> Iterator[Violation]:
    """FINDINGS-UNACKNOWLEDGED: every finding of the policy's rank or above is acknowledged by the signer.

    Asked again of every countersignature that is counted, at the release and by the deployer: what
    was acknowledged stands in it, and the lists of those findings travel beside it.
    """
    match action:
        case Countersign() if facts.rule is not None and facts.rule.must_open is not None:
            for finding in action.review.diff.findings:
                if facts.rule.must_open <= finding.rank < REFUSE:
                    yield from _unless_in(action.acknowledged, finding)
        case _:
            return


def unacknowledged(review: ShownReview, acknowledged: Collection[str], rule: Rule) -> Iterator[Violation]:
    """FINDINGS-UNACKNOWLEDGED: a countersignature that leaves out a risky finding is not counted.

    Nor is one about what cannot be looked into. Raises Untrusted when the findings are not at hand.
    """
    for refused in review.asked(REFUSE):
        yield Violation("REVIEW-REFUSED", f"the review that was signed has findings of rank {refused.rank}")
    if rule.must_open is not None:
        for finding in review.at_or_above(rule.must_open):
            if finding.rank < REFUSE:
                yield from _unless_in(acknowledged, finding)


def _unless_in(acknowledged: Collection[str], finding: Finding | ShownFinding) -> Iterator[Violation]:
    if finding_id(finding) not in acknowledged:
        yield Violation(
            "FINDINGS-UNACKNOWLEDGED",
            f"{finding.rule} {inert(finding.path)}: {finding.sentence}",
            "mustOpen.atOrAbove",
        )
