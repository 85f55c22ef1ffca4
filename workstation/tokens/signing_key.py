"""A key somebody can sign with, wherever it is kept."""

from __future__ import annotations

from typing import Protocol

from workstation.core.dsse import Envelope, Signature, make_envelope, pae
from workstation.core.public_key import PublicKey

IN_TOTO = "application/vnd.in-toto+json"


class SigningKey(Protocol):
    """A private key behind its public half."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return a signature in published form: ECDSA as DER, Ed25519 raw, RSA-PSS raw."""
        ...


def signed_envelope(payload: bytes, *keys: SigningKey) -> Envelope:
    """Return a DSSE envelope around an in-toto statement, signed by every key."""
    signatures = tuple(
        Signature(keyid=key.public_key.keyid, value=key.sign(pae(IN_TOTO, payload))) for key in keys
    )
    return make_envelope(payload, signatures)
