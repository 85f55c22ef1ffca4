"""Rules about the roster: it only grows, and nobody signs a change to their own record."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action, ApplyTrust
from workstation.core.facts import Facts
from workstation.core.roster_succession import successor_violations
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Violation


def roster_succession(action: Action, facts: Facts) -> Iterator[Violation]:
    """ROSTER-SUCCESSION: a roster follows the one before it; nothing in it vanishes or is undone."""
    match action:
        case ApplyTrust(trust=trust) if facts.trust is not None:
            signers = trust.signed_by if _next(facts.trust, trust) else None
            for found in successor_violations(facts.trust.roster, trust.roster, signers=signers):
                yield Violation("ROSTER-SUCCESSION", found.detail)
        case _:
            return


def _next(old: TrustSnapshot, new: TrustSnapshot) -> bool:
    """Answer whether who signed `new` signed everything that changed: not so when versions were skipped."""
    return new.targets_version == old.targets_version + 1
