"""Asking the memories outside the machine what they know of the journal.

A whole disk that was put back to an earlier day is consistent: only these find it. Which were asked
and which were missing is part of the answer, for a memory that is not there finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from workstation.core.countersignature import Head, parse_countersignature
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import Malformed, MediaError, Untrusted, WorkstationError
from workstation.core.journal_proof import parse_journal_proof
from workstation.core.ledger import Ledger
from workstation.core.machine import TPM_MEMORY
from workstation.core.memory import Consultation, Remembered, contradiction, remembered_note
from workstation.core.receipt import SignedReceipt, parse_receipt
from workstation.core.strict_json import JsonObject
from workstation.intake.release_reader import read_release
from workstation.journal.client import Journal
from workstation.tokens.cards import Cards
from workstation.tokens.tpm import Tpm
from workstation.vault.store import Vault

NEWEST: Final = 16
"""How many of the newest documents in the store are asked."""

_LARGEST: Final = 256 * 1024

Probe: TypeAlias = Callable[[], Iterable[Remembered]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The memories at hand: files and directories somebody brought, cards in readers, the TPM."""

    notes: Sequence[Path] = ()
    releases: Sequence[Path] = ()
    cards: Cards | None = None
    tpm: Tpm | None = None


class Memories:
    """What is remembered of one journal, wherever that is."""

    def __init__(self, journal: Journal, ledger: Ledger, vault: Vault | None) -> None:
        """Ask nothing yet."""
        self._journal, self._ledger, self._vault = journal, ledger, vault
        self.now = head_of(journal)

    def consult(self, asked: Asked) -> Consultation:
        """Ask every memory at hand; nothing is raised for one that cannot be asked or contradicts."""
        consulted: list[str] = []
        findings: list[str] = []
        doubts: list[str] = []
        for what, probe in self._probes(asked):
            try:
                for remembered in probe():
                    consulted.append(remembered.memory)
                    found = contradiction(remembered, self.now, self._journal.consistency)
                    findings.extend([] if found is None else [found])
            except WorkstationError as error:
                doubts.append(f"{what}: it cannot be believed ({error})")
        if asked.tpm is not None:
            try:
                findings.extend(self._counted(asked.tpm, consulted))
            except MediaError as error:
                doubts.append(f"{TPM_MEMORY}: it cannot be asked ({error})")
        expected = {*self._ledger.machine.memories} - {"paper"}
        missing = sorted(expected - set(consulted))
        return Consultation(
            consulted=tuple(dict.fromkeys(consulted)),
            missing=tuple(missing),
            findings=tuple(findings),
            doubts=tuple(doubts),
        )

    def _probes(self, asked: Asked) -> Iterator[tuple[str, Probe]]:
        if self._vault is not None:
            yield "store", self._kept
        for path in asked.releases:
            yield str(path), partial(self._release, path)
        for path in asked.notes:
            yield str(path), partial(self._noted, path)
        if asked.cards is not None:
            cards = asked.cards
            yield "cards", lambda: self._on_cards(cards)

    def _kept(self) -> Iterator[Remembered]:
        """Yield what the newest countersignatures and receipts in the store say of the journal.

        Whatever the journal knows of them: what was put back knows nothing of what came after.
        """
        if self._vault is None:
            return
        for digest in self._vault.newest(NEWEST, _LARGEST):
            found = self._said_by(self._vault.read(digest), where=f"store/{digest}")
            if found is not None and found.head.origin == self.now.origin:
                yield found

    def _said_by(self, data: bytes, *, where: str) -> Remembered | None:
        """Return what a countersignature or a receipt says of the journal; None for anything else."""
        try:
            signed = parse_countersignature(data, where=where)
        except (Malformed, Untrusted):
            pass
        else:
            return self._ours("countersignatures", signed.countersignature.checkpoint)
        try:
            receipt = parse_receipt(data, where=where)
        except (Malformed, Untrusted):
            return None
        return receipt_memory(receipt, self.now.origin, self._journal.station_key)

    def _ours(self, memory: str, note: str) -> Remembered | None:
        return _told(memory, note, self.now.origin, self._journal.station_key)

    def _noted(self, path: Path) -> list[Remembered]:
        return [self._note(f"note {path.name}", _read(path))]

    def _release(self, directory: Path) -> list[Remembered]:
        proof = parse_journal_proof(read_release(directory).contents.proof, where=f"{directory.name}/proof")
        return [self._note(f"release {directory.name}", proof.checkpoint)]

    def _on_cards(self, cards: Cards) -> Iterator[Remembered]:
        for card in cards.present():
            for value in cards.remembered(card.uri, self.now.origin):
                yield self._note(token_memory(card.facts.serial), value)

    def _note(self, memory: str, data: bytes) -> Remembered:
        key = self._journal.station_key
        return remembered_note(memory, data, origin=self.now.origin, station_key=key)

    def _counted(self, tpm: Tpm, consulted: list[str]) -> list[str]:
        machine, counter = self._ledger.machine, tpm.counter()
        if counter is None:
            return []
        consulted.append(TPM_MEMORY)
        if machine.counted <= counter <= machine.counted + machine.counting:
            return []
        why = f"it counted {counter} checkpoints, the journal {machine.counted}"
        return [f"{TPM_MEMORY}: {why}: one of them was put back"]


def receipt_memory(receipt: SignedReceipt, origin: str, station_key: bytes) -> Remembered | None:
    """Return what a receipt brings back of the journal, signed by this station; None when it brings nothing.

    A checkpoint that is not ours tells nothing here: the rules judge such a receipt.
    """
    note = receipt.receipt.checkpoint
    return None if note is None else _told("receipts", note, origin, station_key)


def _told(memory: str, note: str, origin: str, station_key: bytes) -> Remembered | None:
    try:
        return remembered_note(memory, note.encode(), origin=origin, station_key=station_key)
    except (Malformed, Untrusted):
        return None


def head_of(journal: Journal) -> Head:
    """Return where the journal stands."""
    found = journal.head()
    return Head.of(found.origin, found.size, found.root)


def loss_noticed(findings: Sequence[str], journal: Journal) -> Draft:
    """Return the entry that says what contradicts the journal."""
    head = journal.head()
    said: JsonObject = {
        "name": "memory",
        "findings": [*findings[:20]],
        "size": head.size,
        "root": head.root.hex(),
    }
    return Draft(kind=Kind.JOURNAL_LOSS_DETECTED, outcome=Outcome.INFO, payload=said)


def consulted_entry(found: Consultation, journal: Journal) -> Draft:
    """Return the entry that says which memories were asked, and which should have been there."""
    said: JsonObject = {
        "size": journal.head().size,
        "consulted": [*found.consulted],
        "missing": [*found.missing],
        "findings": [*found.findings[:20], *found.doubts[:20]],
    }
    return Draft(kind=Kind.JOURNAL_CONSULT, outcome=Outcome.INFO, payload=said)


def token_memory(serial: str) -> str:
    """Return the name of a token among the memories."""
    return f"token:{serial}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error
