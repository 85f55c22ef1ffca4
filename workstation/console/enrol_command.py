"""Enrolling a key from the command line: its own card signs, and so do the cards of those who enrol it."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from workstation import bootstrap
from workstation.console.anywhere_commands import read_key
from workstation.console.documents import read_document, write_document
from workstation.console.opening import cards_of
from workstation.console.reply import Reply
from workstation.console.secrets import ask_pin
from workstation.core.attestation import serial_in
from workstation.core.enrolment import CHALLENGE_BYTES, proof_message
from workstation.core.errors import Malformed, TokenRefused, Untrusted
from workstation.core.key_readers.certificates import read_certificates
from workstation.core.roster import Attestation, Person, Proof, Roster, Use, Vouch
from workstation.core.roster_document import parse_roster
from workstation.core.roster_draft import Enrolment, with_credential
from workstation.core.shape import Shape
from workstation.core.vouching import vouch_message
from workstation.tokens.cards import CardKey, Cards


def enrol(arguments: Namespace) -> Reply:
    """Enrol a card's key, which signs that it agrees (or the key in a file), for a holder of a draft."""
    draft = read_document(arguments.file)
    roster = parse_roster(draft, where=arguments.file)
    enrolment = _from_file(arguments) if arguments.token is None else _from_card(arguments)
    if arguments.by_card:
        enrolment = _vouched(arguments, enrolment, roster)
    data = with_credential(draft, arguments.holder, enrolment)
    write_document(Path(arguments.file), data)
    made = parse_roster(data)
    return Reply(
        document={"file": arguments.file, "version": made.version, "digest": made.digest},
        lines=(f"key {enrolment.key.fingerprint} enrolled for {arguments.holder} in {arguments.file}",),
    )


@contextmanager
def _unlocked(arguments: Namespace, cards: Cards, uri: str) -> Generator[CardKey]:
    """Open a card's key with its PIN, and forget the PIN."""
    key, _ = cards.shown_key(uri)
    signer = CardKey(cards, uri, ask_pin(arguments, uri))
    try:
        if signer.public_key != key:
            raise Untrusted(uri, "another card found than a moment ago")
        yield signer
    finally:
        signer.forget()


def _from_card(arguments: Namespace) -> Enrolment:
    """Have the card sign a fresh challenge bound to holder, key and uses."""
    uses = _uses(arguments)
    with cards_of(arguments) as cards:
        key, facts = cards.shown_key(arguments.token)
        if not facts.serial:
            raise TokenRefused("token_unknown", "the card shows no serial number")
        attestation = _attestation(arguments, cards)
        with _unlocked(arguments, cards, arguments.token) as signer:
            challenge = os.urandom(CHALLENGE_BYTES)
            signature = signer.sign(proof_message(arguments.holder, key, uses, challenge))
    now = bootstrap.current_time()
    return Enrolment(
        key=key,
        uses=uses,
        token_serial=facts.serial,
        enrolled_by=tuple(arguments.by),
        enrolled=now,
        valid_to=now + timedelta(days=arguments.good_for),
        proof=Proof(challenge=challenge, signature=signature),
        attestation=attestation,
    )


def _from_file(arguments: Namespace) -> Enrolment:
    now = bootstrap.current_time()
    return Enrolment(
        key=read_key(read_document(arguments.key), where=arguments.key),
        uses=_uses(arguments),
        token_serial=None,
        enrolled_by=tuple(arguments.by),
        enrolled=now,
        valid_to=now + timedelta(days=arguments.good_for),
    )


def _vouched(arguments: Namespace, enrolment: Enrolment, roster: Roster) -> Enrolment:
    """Have every enroller's card sign for the enrolment; a card says itself whose it is."""
    vouches: list[Vouch] = []
    names = dict.fromkeys(enrolment.enrolled_by)
    with cards_of(arguments) as cards:
        for uri in arguments.by_card:
            with _unlocked(arguments, cards, uri) as signer:
                fingerprint = signer.public_key.fingerprint
                held = roster.holder_of(fingerprint)
                if held is None or not isinstance(held.holder, Person):
                    raise Malformed(uri, "a card of nobody in this roster found, an enroller's wanted")
                names[held.holder.id] = None
                message = vouch_message(held.holder.id, arguments.holder, enrolment)
                vouches.append(Vouch(fingerprint=fingerprint, signature=signer.sign(message)))
    return replace(enrolment, enrolled_by=tuple(names), vouched=tuple(vouches))


def _attestation(arguments: Namespace, cards: Cards) -> Attestation | None:
    """Return what the card says of its key: asked of it, or in files it was written to before."""
    asked = () if arguments.attest is None else cards.attestation(arguments.attest, reader=arguments.reader)
    files = (read_certificates(read_document(name), where=name) for name in arguments.attestation)
    found = (*asked, *(one for certificates in files for one in certificates))
    if not found:
        return None
    return Attestation(serial=serial_in(found[0], where="attestation"), certificates=found)


def _uses(arguments: Namespace) -> frozenset[Use]:
    return frozenset(Shape(use, "--use").choice(Use) for use in arguments.use)
