"""Cards in readers, asked through the token worker; its errors become `TokenRefused`."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hsm.attesting import attestation
from hsm.errors import TokenCode, TokenError
from hsm.facts import CandidateKey, IdentifiedKey, TokenFacts
from hsm.link import TokenWorker
from hsm.module import allowed_module
from hsm.uri import TokenUri, UriError
from workstation.core.errors import Malformed, TokenRefused
from workstation.core.public_key import PublicKey, parse_spki

SIGNING_KEY_ID: Final = b"\x02"
"""CKA_ID of the signing key where a URI names none; OpenSC shows PIV's slot 9C under it."""

CHALLENGE_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card in a reader and the signing key it shows, if it shows one we can use: a claim only."""

    uri: str
    facts: TokenFacts
    key: PublicKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredCard:
    """A card that answered a fresh challenge, and the key it proved to hold."""

    uri: str
    key: PublicKey
    identified: IdentifiedKey

    @property
    def facts(self) -> TokenFacts:
        """The token, as its module describes it."""
        return self.identified.candidate.token


class Cards:
    """All cards one PKCS#11 module reaches. Every method raises TokenRefused; PINs are wiped."""

    def __init__(
        self, module: Path, *, allow: dict[Path, str] | None = None, production: bool = False
    ) -> None:
        with _translated():
            checked = allowed_module(module, allow or {}, production=production)
        self._worker = TokenWorker(checked, environment=_environment())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the token worker."""
        self._worker.close()

    def present(self) -> tuple[Card, ...]:
        """Return every card in reach with the signing key it shows, by label."""
        with _translated():
            found = sorted(self._worker.tokens(), key=lambda facts: (facts.label, facts.serial))
        return tuple(self._card(facts) for facts in found)

    def shown_key(self, uri: str) -> tuple[PublicKey, TokenFacts]:
        """Return the key a card shows without a PIN."""
        with _translated():
            candidate = self._worker.public_key(parse_uri(uri))
        return _key_of(candidate), candidate.token

    def facts_of(self, uri: str) -> TokenFacts:
        """Return what the one token a URI names says of itself."""
        with _translated():
            return self._worker.token(parse_uri(uri))

    def answer(self, uri: str, challenge: bytes, pin: bytearray | None) -> AnsweredCard:
        """Have a card prove which key it holds."""
        with _translated():
            identified = self._worker.identify(parse_uri(uri), challenge, pin)
        return AnsweredCard(uri=uri, key=_key_of(identified.candidate), identified=identified)

    def sign(self, card: AnsweredCard, message: bytes, pin: bytearray | None) -> bytes:
        """Return a signature by a card that answered, verified before it is returned."""
        with _translated():
            return self._worker.sign(parse_uri(card.uri), card.identified, message, pin)

    def shared_secret(self, uri: str, point: bytes, pin: bytearray | None) -> bytearray:
        """Return the ECDH secret of a card's key-agreement key and a peer's point; the caller wipes it."""
        with _translated():
            return self._worker.derive(parse_uri(uri), point, pin)

    def attestation(self, slot: str, *, reader: str | None = None) -> tuple[bytes, ...]:
        """Return the certificates (DER) by which a PIV card attests the key in a slot, the key's own first.

        `reader` is needed where several cards are in reach.
        """
        with _translated():
            return attestation(slot, reader, environment=_environment())

    def remembered(self, uri: str, name: str) -> tuple[bytes, ...]:
        """Return what a card keeps for everybody to read under a name."""
        with _translated():
            return self._worker.read_data(parse_uri(uri), name)

    def remember(self, uri: str, name: str, value: bytes, pin: bytearray | None) -> None:
        """Have a card keep something for everybody to read, in the place of what it kept before."""
        with _translated():
            self._worker.write_data(parse_uri(uri), name, value, pin)

    def _card(self, facts: TokenFacts) -> Card:
        uri = TokenUri(token=facts.label, serial=facts.serial, id=SIGNING_KEY_ID)
        key: PublicKey | None = None
        try:
            key = _key_of(self._worker.public_key(uri))
        except (TokenError, Malformed):
            # A card without a usable signing key is still shown, so that people see why it cannot sign.
            key = None
        return Card(uri=str(uri), facts=facts, key=key)


class CardKey:
    """One card's signing key as a `SigningKey`: every signature asks for the PIN given here anew."""

    def __init__(self, cards: Cards, uri: str, pin: bytearray | None) -> None:
        """Have the card prove its key; the PIN is kept until `forget`."""
        self._cards, self._pin = cards, pin
        self._card = cards.answer(uri, os.urandom(CHALLENGE_BYTES), self._copy())

    @property
    def public_key(self) -> PublicKey:
        """The proved key."""
        return self._card.key

    def sign(self, message: bytes) -> bytes:
        """Return the card's signature over `message`."""
        return self._cards.sign(self._card, message, self._copy())

    def forget(self) -> None:
        """Wipe the PIN."""
        if self._pin is not None:
            self._pin[:] = bytes(len(self._pin))

    def _copy(self) -> bytearray | None:
        return None if self._pin is None else bytearray(self._pin)


def parse_uri(text: str) -> TokenUri:
    """Return a PKCS#11 URI, naming the signing key where it names none; raises Malformed."""
    try:
        uri = TokenUri.parse(text)
    except UriError as error:
        # Whatever follows could be a PIN that was put there by mistake.
        shown = text.partition("pin-")[0][:80]
        raise Malformed(f"token URI {shown!a}", str(error)) from error
    return uri if uri.id is not None else replace(uri, id=SIGNING_KEY_ID)


def _key_of(candidate: CandidateKey) -> PublicKey:
    return parse_spki(candidate.spki_der, where=f"token {candidate.token.label}")


def _environment() -> dict[str, str]:
    kept = ("SOFTHSM2_CONF", "OPENSC_CONF")
    return {name: os.environ[name] for name in kept if name in os.environ}


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except TokenError as error:
        if error.code is TokenCode.INTERNAL:
            raise
        raise TokenRefused(error.code.value, error.detail, error.tries_left) from error
