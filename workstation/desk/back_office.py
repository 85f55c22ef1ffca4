"""The back office: what only the command line asks of a desk, and what every desk stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workstation.core.action import Admit, AdmitReceipt, ApplyTrust, ExportJournal, ReadJournal, Reject
from workstation.core.entry import Entry
from workstation.core.errors import JournalError, Malformed, MediaError, Untrusted
from workstation.core.glimpse import Watch
from workstation.core.identity import Fingerprint, digest_of
from workstation.core.inert_text import inert
from workstation.core.ledger import Ledger
from workstation.core.memory import contradiction
from workstation.core.receipt import SignedReceipt
from workstation.core.request import Request
from workstation.core.roster import Roster
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.desk import replies
from workstation.desk.face import Refused
from workstation.desk.memories import head_of, loss_noticed, receipt_memory
from workstation.desk.shelf import Shelf
from workstation.gate.gate import Gate, Refusal
from workstation.intake.staging import staged
from workstation.journal.client import Journal
from workstation.outcome import Exported, Materials
from workstation.tokens.cards import Cards
from workstation.trust.verified_trust import VerifiedTrust
from workstation.vault.store import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A request was taken in; `entry` says so in the journal."""

    request: Request
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a desk is put together from; `media` are directories to look at as if they were media."""

    gate: Gate
    journal: Journal
    vault: Vault
    cards: Cards | None
    staging: Path
    outgoing: Path
    station: Fingerprint
    clock: Callable[[], datetime]
    media: tuple[Path, ...] = ()


class BackOffice:
    """Takes in requests, receipts and trust roots, and lets the journal be read."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._gate = parts.gate
        self.shelf = Shelf(parts.vault)

    @property
    def ledger(self) -> Ledger:
        """What has happened here, folded from the journal."""
        return self._gate.ledger

    @property
    def roster(self) -> Roster | None:
        """The roster this workstation follows, if a trust root was applied."""
        return None if self._trust is None else self._trust.roster

    @property
    def _trust(self) -> TrustSnapshot | None:
        return None if self._gate.trust is None else self._gate.trust.snapshot

    def admit(self, medium: Path, watch: Watch | None = None) -> Admitted | Refused:
        """Take in the bundle on a medium; raises Malformed, MediaError or Untrusted, and journals that.

        Raises Cancelled when `watch` does while the medium is read: then nothing was taken in.
        """
        try:
            with staged(medium, self.parts.staging, watch) as found:
                previous = self.shelf.previous(found.request, self._gate.ledger)
                action = Admit(request=found.request, bundle=found.bundle, previous=previous)
                outcome = self._gate.perform(action, Materials(blobs=found.blobs))
        except (Malformed, MediaError, Untrusted) as error:
            where, why = error.where[:400], error.why[:400]
            self._gate.perform(Reject(medium=inert(medium.name), where=where, why=why))
            raise
        if isinstance(outcome, Refusal):
            return self._refused("take in the request", "", outcome)
        return Admitted(request=found.request, entry=outcome.entry)

    def admit_receipt(self, receipt: SignedReceipt) -> int | Refused:
        """Take in a deployer's receipt; returns the journal entry that says so."""
        self._expect_remembered(receipt)
        history = self._gate.ledger.requests.get(receipt.receipt.request)
        request = None if history is None else self.shelf.request(history)
        outcome = self._gate.perform(AdmitReceipt(receipt=receipt, request=request))
        if isinstance(outcome, Refusal):
            return self._refused("take in the receipt", "", outcome)
        return outcome.entry

    def _expect_remembered(self, receipt: SignedReceipt) -> None:
        """Raise JournalError when a receipt comes back that remembers a longer or another journal."""
        journal = self.parts.journal
        remembered = receipt_memory(receipt, journal.head().origin, journal.station_key)
        if remembered is None:
            return
        found = contradiction(remembered, head_of(journal), journal.consistency)
        if found is not None:
            self._gate.note(loss_noticed((found,), journal))
            raise JournalError(found)

    def apply_trust(self, trust: VerifiedTrust) -> int | Refused:
        """Follow a verified trust root; returns the journal entry that says so."""
        action = ApplyTrust(
            trust=trust.snapshot,
            root=digest_of(trust.root_bytes),
            targets=digest_of(b"".join(trust.files[name] for name in sorted(trust.files))),
        )
        outcome = self._gate.perform(action, Materials(trust=trust))
        if isinstance(outcome, Refusal):
            return self._refused("apply the trust root", "", outcome)
        return outcome.entry

    def read_journal(self, purpose: str) -> tuple[Entry, ...]:
        """Return every entry of the journal; that somebody read it is an entry too."""
        self._gate.perform(ReadJournal(purpose=purpose))
        return self.parts.journal.entries()

    def export_journal(self, action: ExportJournal) -> Exported:
        """Let entries leave the journal; that they did is an entry too. Raises JournalError, MediaError."""
        outcome = self._gate.perform(action)
        if isinstance(outcome, Refusal) or not isinstance(outcome.result, Exported):
            raise TypeError("exporting gave no export")
        return outcome.result

    def _refused(self, action: str, who: str, refusal: Refusal) -> Refused:
        return replies.refused(action, who, refusal, self._trust)
