"""Custodians' cards at the command line: who they claim to be, and their signatures."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from workstation.console.anywhere_commands import read_key
from workstation.console.documents import read_document
from workstation.console.secrets import ask_pin
from workstation.core.errors import Untrusted
from workstation.core.identity import Fingerprint
from workstation.core.public_key import PublicKey
from workstation.tokens.cards import CardKey, Cards


def claimed_signers(arguments: Namespace, cards: Cards) -> frozenset[Fingerprint]:
    """Return whose cards are named with --signer, as they show themselves without a PIN."""
    return frozenset(cards.shown_key(uri)[0].fingerprint for uri in arguments.signer)


@contextmanager
def card_signers(
    arguments: Namespace, cards: Cards, claimed: frozenset[Fingerprint]
) -> Generator[Sequence[CardKey]]:
    """Ask every card's PIN and have it prove its key; raises Untrusted for another than was claimed."""
    opened: list[CardKey] = []
    try:
        for uri in arguments.signer:
            opened.append(CardKey(cards, uri, ask_pin(arguments, uri)))
            if opened[-1].public_key.fingerprint not in claimed:
                raise Untrusted(uri, "another card found than a moment ago")
        yield opened
    finally:
        for key in opened:
            key.forget()


def custodian_key(cards: Cards | None, named: str) -> PublicKey:
    """Return a custodian's public key, from the card that shows it or from a file."""
    if named.startswith("pkcs11:") and cards is not None:
        return cards.shown_key(named)[0]
    return read_key(read_document(named), where=named)
