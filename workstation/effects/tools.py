"""What effects work with: lent by the gate for one action at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from workstation.core.countersignature import Head
from workstation.core.identity import Fingerprint
from workstation.core.ledger import Ledger
from workstation.core.strict_json import JsonObject
from workstation.journal.client import Journal
from workstation.outcome import Result
from workstation.tokens.cards import Cards
from workstation.trust.verified_trust import VerifiedTrust
from workstation.vault.store import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The parts of the workstation an effect may touch. `ledger` includes the permit's own entry."""

    journal: Journal
    vault: Vault
    cards: Cards | None
    trust_directory: Path
    trust: VerifiedTrust | None
    station: Fingerprint
    now: datetime
    ledger: Ledger

    def head(self) -> Head:
        """Return the journal head at this moment."""
        head = self.journal.head()
        return Head.of(head.origin, head.size, head.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effected:
    """What an effect did: its result, and what the `done` entry adds to the journal."""

    result: Result
    payload: JsonObject = field(default_factory=dict)
