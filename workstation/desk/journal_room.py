"""The journal room: who opens the journal, what remembers it outside, what two people take back from it.

Everything here goes through the gate, like all else at the desk.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from workstation.core.action import Action, Identify
from workstation.core.checkpoint import SignatureType, Signer, verify_note
from workstation.core.errors import JournalError, Malformed, TokenRefused, Untrusted
from workstation.core.machine import TPM_MEMORY
from workstation.core.memory import Consultation, contradiction, remembered_note
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    HolderChange,
    Redact,
)
from workstation.desk import replies
from workstation.desk.back_office import Parts
from workstation.desk.face import Refused
from workstation.desk.memories import Asked, Memories, consulted_entry, head_of, loss_noticed, token_memory
from workstation.gate.gate import Performed, Refusal
from workstation.outcome import AnsweredSigner, Checkpointed, Identified, Materials, Memory, SlotMaterial
from workstation.process.frames import wipe
from workstation.tokens.cards import Cards, parse_uri
from workstation.tokens.tpm import Tpm, has_tpm


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAndPin:
    """A card by its PKCS#11 URI, and its PIN, wiped after use."""

    uri: str
    pin: bytearray | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMemory:
    """A card that keeps a checkpoint for everybody to read."""

    cards: Cards
    card: CardAndPin
    name: str

    def keep(self, note: bytes) -> int | None:
        """Keep the note in the place of the one before."""
        self.cards.remember(self.card.uri, self.name, note, self.card.pin)
        return None


class JournalRoom:
    """What the command line does about the journal itself."""

    def __init__(self, parts: Parts) -> None:
        """Work at the same desk."""
        self._parts = parts

    def change_holders(
        self,
        change: HolderChange,
        name: str,
        way: str,
        *,
        slot: SlotMaterial | None = None,
        replaces: str | None = None,
    ) -> int | Refused:
        """Add, replace or remove a way to open the journal; returns the entry that says so."""
        action = ChangeHolders(change=change, name=name, way=way, replaces=replaces)
        return self._entry(action, "change who opens the journal", Materials(slot=slot))

    def redact(
        self, entry: int, names: Sequence[str], purpose: str, people: Sequence[CardAndPin]
    ) -> int | Refused:
        """Take texts beside an entry back, when two people say so."""
        there = {one.name for one in self._parts.journal.beside(entry, entry + 1)}
        for name in names:
            if name not in there:
                raise Malformed(f"entry {entry}", f"{name[:40]!a} found, one of {sorted(there)} wanted")
        if not purpose.strip():
            raise Malformed("purpose", "nothing found, a purpose wanted")
        holders = tuple(self._identified(one).holder for one in people)
        action = Redact(entry=entry, names=tuple(names), purpose=purpose, people=holders)
        return self._entry(action, "redact", Materials())

    def attest_time(self, utc: datetime, people: Sequence[CardAndPin]) -> bytes | Refused:
        """Have people say what time it is; returns the checkpoint that the station and they signed."""
        # Identifying wipes a PIN, and each card signs once more.
        again = [None if one.pin is None else bytearray(one.pin) for one in people]
        found = [self._identified(one) for one in people]
        action = AttestTime(utc=utc, people=tuple(one.holder for one in found))
        signers = tuple(AnsweredSigner(card=one.card, pin=pin) for one, pin in zip(found, again, strict=True))
        try:
            outcome = self._parts.gate.perform(action, Materials(signers=signers))
        finally:
            for pin in again:
                if pin is not None:
                    wipe(pin)
        return self._note(outcome, "attest the time")

    def anchor_on_token(self, card: CardAndPin, *, sign: bool = False) -> bytes | Refused:
        """Keep a checkpoint on a card; with `sign` the card signs it too, as at the end of a session."""
        cards = self._cards()
        memory = TokenMemory(cards=cards, card=card, name=self._parts.journal.head().origin)
        # Identifying wipes a PIN, signing another, and keeping the note the last.
        with _copies(card.pin, 2) as (asked, signing):
            found = self._identified(CardAndPin(uri=card.uri, pin=asked)) if sign else None
            signers = () if found is None else (AnsweredSigner(card=found.card, pin=signing),)
            return self._anchored(token_memory(cards.facts_of(card.uri).serial), memory, signers)

    def anchor_in_tpm(self) -> bytes | Refused:
        """Count one more checkpoint in the machine's TPM."""
        return self._anchored(TPM_MEMORY, Tpm())

    def anchor_on_paper(self) -> bytes | Refused:
        """Return a checkpoint to be printed."""
        return self._anchored("paper", None)

    def admit_cosignature(self, note: bytes, witness: Signer) -> int | Refused:
        """Keep a checkpoint of ours that a witness cosigned; raises Untrusted when it is not one."""
        if witness.type is not SignatureType.COSIGNATURE:
            raise Untrusted("witness", "the key of a witness is wanted")
        journal = self._parts.journal
        head = journal.head()
        own = remembered_note("note", note, origin=head.origin, station_key=journal.station_key)
        verify_note(note, [witness])
        found = contradiction(own, head_of(journal), journal.consistency)
        if found is not None:
            raise JournalError(found)
        action = AdmitCosignature(witness=witness.name, size=own.head.size, root=own.head.root)
        return self._entry(action, "keep the cosignature", Materials(note=note))

    def expect_remembered(self, *, everywhere: bool = False) -> Consultation:
        """Return who was asked about the journal; raises JournalError when something outside contradicts it.

        Asked when the journal is opened: nothing else is done in one that was put back. The store is asked
        every time; every card in a reader and the TPM `everywhere`, and at the first opening after a start
        of the machine. Then it is put on record who was asked, and who was not there.
        """
        gate = self._parts.gate
        everywhere = everywhere or not gate.ledger.machine.consulted
        asked = Asked(
            cards=self._parts.cards if everywhere else None, tpm=Tpm() if everywhere and has_tpm() else None
        )
        found = Memories(self._parts.journal, gate.ledger, self._parts.vault).consult(asked)
        if everywhere:
            gate.note(consulted_entry(found, self._parts.journal))
        if found.findings:
            self._parts.gate.note(loss_noticed(found.findings, self._parts.journal))
            raise JournalError("; ".join(found.findings[:5]))
        # Who was not asked for is not missed.
        return found if everywhere else Consultation(consulted=found.consulted)

    def _anchored(
        self, name: str, memory: Memory | None, signers: tuple[AnsweredSigner, ...] = ()
    ) -> bytes | Refused:
        materials = Materials(memory=memory, signers=signers)
        return self._note(self._parts.gate.perform(Anchor(memory=name), materials), "keep a checkpoint")

    def _entry(self, action: Action, what: str, materials: Materials) -> int | Refused:
        outcome = self._parts.gate.perform(action, materials)
        return self._refused(what, outcome) if isinstance(outcome, Refusal) else outcome.entry

    def _note(self, outcome: Performed | Refusal, what: str) -> bytes | Refused:
        if isinstance(outcome, Refusal):
            return self._refused(what, outcome)
        if not isinstance(outcome.result, Checkpointed):
            raise TypeError("a checkpoint was permitted and none made")
        return outcome.result.note

    def _refused(self, what: str, outcome: Refusal) -> Refused:
        trust = self._parts.gate.trust
        return replies.refused(what, "", outcome, None if trust is None else trust.snapshot)

    def _identified(self, card: CardAndPin) -> Identified:
        parse_uri(card.uri)
        outcome = self._parts.gate.perform(Identify(token=card.uri), Materials(pin=card.pin))
        if isinstance(outcome, Refusal) or not isinstance(outcome.result, Identified):
            raise TypeError("identifying gave no card holder")
        return outcome.result

    def _cards(self) -> Cards:
        if self._parts.cards is None:
            raise TokenRefused("module_refused", "no PKCS#11 module is configured at this workstation")
        return self._parts.cards


@contextmanager
def _copies(pin: bytearray | None, count: int) -> Generator[list[bytearray | None]]:
    """Lend copies of a PIN, wiped afterwards."""
    copies = [None if pin is None else bytearray(pin) for _ in range(count)]
    try:
        yield copies
    finally:
        for each in filter(None, copies):
            wipe(each)


def fresh_secret() -> bytearray:
    """Return 32 random bytes, to be kept as shares or by a TPM."""
    return bytearray(os.urandom(32))
