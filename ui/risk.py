"""Risk order: what a finding's rank means to a person, and which file to look at first.

The file shown last is the one whose defect is missed, so the riskiest come first, and a later
reviewer starts elsewhere within a class of equal rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from ui.theme import Tone
from workstation.core.guardrails.findings import finding_id
from workstation.core.release_diff import REFUSE, FileChange, Finding, ReleaseDiff
from workstation.core.seen import HIGH

ACKNOWLEDGE: Final = HIGH
"""Findings of this rank and above are acknowledged one by one before countersigning."""
_LOOK: Final = 40
_INSIDE: Final = "!/"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedChange:
    """One changed member with the highest rank found in it, zero where nothing was."""

    change: FileChange
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A class of rank: its mark, its word and its tone."""

    mark: str
    word: str
    tone: Tone


def risk_of(rank: int) -> Risk:
    """Return the class of a rank."""
    if rank >= REFUSE:
        return Risk(mark="\u25a0", word="cannot be reviewed", tone=Tone.DANGER)
    if rank >= ACKNOWLEDGE:
        return Risk(mark="\u25b2", word="high", tone=Tone.DANGER)
    if rank >= _LOOK:
        return Risk(mark="\u25cf", word="look here", tone=Tone.WARN)
    return Risk(mark="\u25cb", word="low", tone=Tone.PLAIN)


def in_risk_order(diff: ReleaseDiff, *, earlier: int = 0) -> tuple[RankedChange, ...]:
    """Return the changes, riskiest first; `earlier` counts the approvers who looked before."""
    ranks = _ranks(diff.findings)
    found = [RankedChange(change=change, rank=_rank(change.path, ranks)) for change in diff.changes]
    found.sort(key=lambda one: (-one.rank, one.change.path))
    ordered: list[RankedChange] = []
    for _, group in groupby(found, key=lambda one: one.rank):
        same = list(group)
        start = (earlier * len(same) // (earlier + 1)) % len(same)
        ordered += same[start:] + same[:start]
    return tuple(ordered)


def findings_by_rank(diff: ReleaseDiff) -> tuple[Finding, ...]:
    """Return the findings, highest rank first."""
    return tuple(sorted(diff.findings, key=lambda one: (-one.rank, one.rule, one.path)))


def to_acknowledge(diff: ReleaseDiff, must_open: int = ACKNOWLEDGE) -> tuple[Finding, ...]:
    """Return the findings an approver acknowledges one by one: from rank `must_open` on."""
    return tuple(one for one in findings_by_rank(diff) if must_open <= one.rank < REFUSE)


def acknowledgement(finding: Finding) -> str:
    """Return how a countersignature names a finding."""
    return finding_id(finding)


def _ranks(findings: tuple[Finding, ...]) -> dict[str, int]:
    """Return the highest rank at each path, a finding inside a container counting for it too."""
    ranks: dict[str, int] = {}
    for finding in findings:
        for member in finding.members:
            parts = member.split(_INSIDE)
            for length in range(1, len(parts) + 1):
                path = _INSIDE.join(parts[:length])
                ranks[path] = max(ranks.get(path, 0), finding.rank)
    return ranks


def _rank(path: str, ranks: dict[str, int]) -> int:
    return ranks.get(path, 0)
