"""What is known of a token and of a key on it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hsm.keys import Scheme


class PinState(StrEnum):
    """What the token's flags say of the PIN, before anybody types one (PKCS#11 3.1, CK_TOKEN_INFO)."""

    OK = "ok"
    LOW = "low"
    FINAL = "final"
    LOCKED = "locked"
    UNINITIALISED = "uninitialised"

    @property
    def tries_left(self) -> int | None:
        """The tries before the PIN locks, where the flags tell it; `low` gives no number."""
        return {PinState.FINAL: 1, PinState.LOCKED: 0}.get(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """One token in one slot, as its module describes it."""

    slot_id: int
    label: str
    serial: str
    model: str
    manufacturer: str
    firmware: str
    pin: PinState
    pinpad: bool
    removable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProtection:
    """What the token claims of a private key; None where it does not say.

    These are the token's own words, not an attestation.
    """

    always_authenticate: bool | None
    made_on_token: bool | None
    never_extractable: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateKey:
    """A public key a token shows without a PIN: a claim, not yet proved.

    `spki_der` is its SubjectPublicKeyInfo (RFC 5280), `certificate_der` the certificate under the
    same CKA_ID if there is one, `scheme` the one scheme such a key signs with here.
    """

    spki_der: bytes
    certificate_der: bytes | None
    key_id: bytes
    scheme: Scheme
    token: TokenFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedKey:
    """A key whose token signed a challenge, and the signature over it that proves it."""

    candidate: CandidateKey
    challenge: bytes
    signature: bytes
    protection: KeyProtection
