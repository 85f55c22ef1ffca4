"""The store room: which artifacts of old releases lie in the store, and letting them go."""

from __future__ import annotations

from workstation.core.identity import Digest, RequestId
from workstation.core.retention import superfluous
from workstation.core.upkeep import DropArtifacts
from workstation.desk import replies
from workstation.desk.back_office import Parts
from workstation.desk.face import Refused
from workstation.gate.gate import Refusal
from workstation.outcome import Materials


class StoreRoom:
    """What the command line does about the store."""

    def __init__(self, parts: Parts) -> None:
        """Work at the same desk."""
        self._parts = parts

    def superfluous(self) -> dict[RequestId, frozenset[Digest]]:
        """Return the releases the policy keeps no longer, with their artifacts that are still here."""
        trust = self._parts.gate.trust
        if trust is None:
            return {}
        going = superfluous(self._parts.gate.ledger, trust.snapshot.policy)
        here = {
            request: frozenset(filter(self._parts.vault.holds, digests)) for request, digests in going.items()
        }
        return {request: digests for request, digests in here.items() if digests}

    def drop(self, requests: tuple[RequestId, ...]) -> int | Refused:
        """Let the artifacts of these releases go; returns the entry that says so."""
        outcome = self._parts.gate.perform(DropArtifacts(requests=requests), Materials())
        if isinstance(outcome, Refusal):
            trust = self._parts.gate.trust
            return replies.refused("drop artifacts", "", outcome, None if trust is None else trust.snapshot)
        return outcome.entry
