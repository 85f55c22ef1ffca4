"""What must hold before a token is asked for anything, and after it was identified."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec

from hsm import keys, wire
from hsm.errors import TokenCode, TokenError
from hsm.facts import PinState

if TYPE_CHECKING:
    from collections.abc import Generator

    from hsm.facts import CandidateKey, IdentifiedKey, TokenFacts

IDENTIFY_DOMAIN: Final = b"countersign-identify-v1\n"
SHORTEST_CHALLENGE: Final = 16
LONGEST_PIN: Final = 255
LONGEST_MESSAGE: Final = 1024 * 1024
_SHARED_SECRET_BYTES: Final = 32
_UNCOMPRESSED: Final = b"\x04"


@contextmanager
def wiped(pin: bytearray | None) -> Generator[None]:
    """Wipe the PIN at the end, whatever happened before it was sent."""
    try:
        yield
    finally:
        wire.wipe(pin)


def refuse_pin(token: TokenFacts, pin: bytearray | None) -> None:
    """Refuse what the flags already tell, so no try is spent on it.

    Raises TokenError `pin_locked`, `pin_uninitialised`, `pin_format`, or `bad_request` when there
    is neither a PIN nor a pin pad.
    """
    match token.pin:
        case PinState.LOCKED:
            raise TokenError(
                TokenCode.PIN_LOCKED, f"the PIN of {token.label} is locked", token.pin.tries_left
            )
        case PinState.UNINITIALISED:
            raise TokenError(TokenCode.PIN_UNINITIALISED, f"{token.label} has no PIN yet")
        case PinState.OK | PinState.LOW | PinState.FINAL:
            _refuse_typed(token, pin)


def refuse_challenge(challenge: bytes) -> None:
    """Refuse a challenge too short to be fresh; raises TokenError `bad_request`."""
    if len(challenge) < SHORTEST_CHALLENGE:
        raise _bad(f"a challenge of {len(challenge)} bytes found, at least {SHORTEST_CHALLENGE} wanted")


def refuse_message(message: bytes) -> None:
    """Refuse what must not be signed as a message; raises TokenError `bad_request`."""
    if message.startswith(IDENTIFY_DOMAIN):
        raise _bad("an identification text found, which only `identify` has signed")
    if len(message) > LONGEST_MESSAGE:
        raise _bad(f"a message of {len(message)} bytes found, at most {LONGEST_MESSAGE} wanted")


def refuse_point(point: bytes) -> None:
    """Refuse what is no uncompressed point on P-256 (SEC 1, 2.3.4); raises TokenError `bad_request`."""
    try:
        if point[:1] != _UNCOMPRESSED:
            raise _bad("another encoding of a point found, an uncompressed one wanted")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise _bad("the point is not on P-256") from error


def verify_identified(identified: IdentifiedKey) -> None:
    """Verify an identification again; raises TokenError `signature_mismatch`."""
    candidate = identified.candidate
    text = IDENTIFY_DOMAIN + identified.challenge
    keys.verify(candidate.spki_der, candidate.scheme, text, identified.signature)


def refuse_changed(found: CandidateKey, wanted: CandidateKey) -> None:
    """Refuse another token, or another key, than was identified; raises TokenError `token_changed`."""
    if found.token.serial != wanted.token.serial:
        raise TokenError(
            TokenCode.TOKEN_CHANGED,
            f"serial {found.token.serial} found, {wanted.token.serial} was identified",
        )
    if found.spki_der != wanted.spki_der:
        raise TokenError(TokenCode.TOKEN_CHANGED, "another public key found than was identified")


def whole_secret(secret: bytearray) -> bytearray:
    """Return a shared secret of the right length; raises TokenError `token_io`."""
    if len(secret) != _SHARED_SECRET_BYTES:
        wire.wipe(secret)
        raise TokenError(TokenCode.TOKEN_IO, f"{len(secret)} bytes derived, {_SHARED_SECRET_BYTES} wanted")
    return secret


def _refuse_typed(token: TokenFacts, pin: bytearray | None) -> None:
    if pin is None:
        if not token.pinpad:
            raise _bad(f"no PIN found, and {token.label} has no pin pad")
    elif not 0 < len(pin) <= LONGEST_PIN:
        raise TokenError(TokenCode.PIN_FORMAT, f"a PIN of {len(pin)} bytes found, 1 to {LONGEST_PIN} wanted")


def _bad(detail: str) -> TokenError:
    return TokenError(TokenCode.BAD_REQUEST, detail)
