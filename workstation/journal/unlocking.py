"""Unlocking a journal through its writer: by passphrase, by token, by shares or TPM."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from workstation.journal.client_values import (
    PassphraseUnlock,
    SecretUnlock,
    SlotInfo,
    TokenUnlock,
    Unlock,
    parse_slot,
)
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.slot_way import TokenWay

if TYPE_CHECKING:
    from workstation.core.shape import Fields
    from workstation.journal.writer_link import WriterLink


def unlocked(writer: WriterLink, unlock: Unlock) -> Fields:
    """Have the writer open its journal; return its answer. Raises JournalFailure."""
    match unlock:
        case PassphraseUnlock():
            return writer.ask({"op": "open-passphrase"}, secret=unlock.passphrase)
        case SecretUnlock(name=name, secret=secret):
            return writer.ask({"op": "open-secret", "name": name}, secret=secret)
        case TokenUnlock():
            for slot in slots_of(writer):
                if slot.fingerprint == unlock.fingerprint and isinstance(slot.way, TokenWay):
                    shared = unlock.shared_secret(slot.ephemeral, slot.fingerprint)
                    return writer.ask({"op": "open-token", "fingerprint": slot.fingerprint}, secret=shared)
            raise JournalFailure(
                FailureName.WRONG_KEY, f"the journal has no slot for key {unlock.fingerprint}"
            )
        case _:
            assert_never(unlock)


def slots_of(writer: WriterLink) -> tuple[SlotInfo, ...]:
    """Return the ways to open the writer's journal."""
    return tuple(parse_slot(each) for each in writer.ask({"op": "slots"})["slots"].items())
