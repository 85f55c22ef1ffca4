"""A rule about findings: what is risky in a release diff is acknowledged, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workstation.core.action import Action, Countersign
from workstation.core.facts import Facts
from workstation.core.identity import digest_of
from workstation.core.inert_text import inert
from workstation.core.release_diff import REFUSE, Finding
from workstation.core.verdict import Violation

_LONGEST_PATH: Final = 1800
"""What a countersignature can hold of a path; a longer one goes by its digest."""


def finding_id(finding: Finding) -> str:
    """Return how a countersignature names a finding: its rule and its path, the same in every review."""
    if len(finding.path) <= _LONGEST_PATH:
        return f"{finding.rule} {finding.path}"
    return f"{finding.rule} sha256:{digest_of(finding.path.encode('utf-8', 'surrogatepass'))}"


def findings_unacknowledged(action: Action, facts: Facts) -> Iterator[Violation]:
    """FINDINGS-UNACKNOWLEDGED: every finding of the policy's rank or above is acknowledged by the signer.

    The release diff stays at the workstation, so nobody asks this again later; what was acknowledged
    travels in the countersignature.
    """
    match action:
        case Countersign() if facts.rule is not None and facts.rule.must_open is not None:
            for finding in action.review.diff.findings:
                asked = facts.rule.must_open <= finding.rank < REFUSE
                if asked and finding_id(finding) not in action.acknowledged:
                    yield Violation(
                        "FINDINGS-UNACKNOWLEDGED",
                        f"{finding.rule} {inert(finding.path)}: {finding.sentence}",
                        "mustOpen.atOrAbove",
                    )
        case _:
            return
