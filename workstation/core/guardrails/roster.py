"""Rules about the roster: it holds, it only grows, and nobody signs a change to their own record."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action, ApplyTrust
from workstation.core.credential_proof import proof_violations
from workstation.core.facts import Facts
from workstation.core.roster_succession import successor_violations
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Violation


def roster_proof(action: Action, _facts: Facts) -> Iterator[Violation]:
    """ROSTER-PROOF: a roster is followed when everything holds that its keys, tokens and enrollers signed."""
    match action:
        case ApplyTrust(trust=trust):
            yield from proof_violations(trust.roster)
        case _:
            return


def roster_succession(action: Action, facts: Facts) -> Iterator[Violation]:
    """ROSTER-SUCCESSION: a roster follows the one before it; nothing in it vanishes or is undone.

    Every version on the way is asked, for each was signed by others: who skipped some has to have them.
    """
    match action:
        case ApplyTrust(trust=trust) if facts.trust is not None:
            for detail in _of_steps(facts.trust, trust):
                yield Violation("ROSTER-SUCCESSION", detail)
        case _:
            return


def _of_steps(followed: TrustSnapshot, offered: TrustSnapshot) -> Iterator[str]:
    version, roster = followed.targets_version, followed.roster
    for step in offered.steps:
        if step.targets_version > version + 1:
            yield _missing(version + 1, step.targets_version - 1)
        signers = step.signed_by if step.targets_version == version + 1 else None
        for found in successor_violations(roster, step.roster, signers=signers):
            yield found.detail
        version, roster = step.targets_version, step.roster


def _missing(first: int, last: int) -> str:
    missing = f"version {first}" if first == last else f"versions {first} to {last}"
    return f"targets {missing} not found, every version wanted: each was signed by others"
