"""A custodian's signature over TUF metadata, by whatever holds the key: a card, or software in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from workstation.trust.tuf_api import AnyMetadata, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workstation.core.public_key import PublicKey


class CustodianSigner(Protocol):
    """Something that signs for one custodian."""

    @property
    def public_key(self) -> PublicKey:
        """The custodian's key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message` in its published form.

        ECDSA is DER over SHA-256 (P-256) or SHA-384 (P-384), Ed25519 is 64 raw bytes, RSA is PSS
        with SHA-256 and 32 bytes of salt. May raise TokenRefused.
        """
        ...


def add_signature(
    metadata: AnyMetadata, signer: CustodianSigner, keyids: Iterable[str], *, where: str
) -> None:
    """Sign `metadata` once and enter the signature under each of `keyids`.

    Raises Untrusted when what came back is not the custodian's signature, and whatever the signer raises.
    """
    # Not Metadata.sign: it turns every exception, a refused PIN too, into one of its own.
    payload = metadata.signed_bytes
    value = signer.sign(payload)
    signer.public_key.verify(value, payload, where=where)
    for keyid in keyids:
        metadata.signatures[keyid] = Signature(keyid, value.hex())
