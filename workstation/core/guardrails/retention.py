"""What stays in the store."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action
from workstation.core.facts import Facts
from workstation.core.retention import superfluous, why_kept
from workstation.core.upkeep import DropArtifacts
from workstation.core.verdict import Violation


def retention(action: Action, facts: Facts) -> Iterator[Violation]:
    """RETENTION: no artifact is let go that the policy keeps or a comparison still needs."""
    match action:
        case DropArtifacts(requests=requests) if facts.trust is not None:
            policy = facts.trust.policy
            going = superfluous(facts.ledger, policy)
            for request in requests:
                if request not in going:
                    why = why_kept(request, facts.ledger, policy)
                    shown = f"the artifacts of request {request[:12]} stay: {why}"
                    yield Violation("RETENTION", shown, "retention.releases")
        case _:
            return
