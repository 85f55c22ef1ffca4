"""Drop artifacts: what the policy keeps no longer leaves the store; what proves the releases stays."""

from __future__ import annotations

from workstation.core.retention import superfluous
from workstation.core.upkeep import DropArtifacts
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def drop_artifacts(permit: Permit[DropArtifacts], tools: Tools, _materials: Materials) -> Effected:
    """Take them out of the store, by what the rule found superfluous; raises MediaError."""
    trust = permit.facts.trust
    going = {} if trust is None else superfluous(permit.facts.ledger, trust.policy)
    digests = sorted({digest for request in permit.action.requests for digest in going[request]})
    gone = [digest for digest in digests if tools.vault.discard(digest)]
    return Effected(result=Noted(), payload={"digests": [*gone]})
