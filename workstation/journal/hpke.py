"""HPKE (RFC 9180) where the private key is in a token: base mode, DHKEM(P-256), AES-256-GCM.

Sealing is the library's. Opening takes the raw ECDH secret, which is all a token gives, and does
the key schedule of section 5.1 here.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from workstation.journal.failure import FailureName, JournalFailure

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

POINT_BYTES: Final = 65
TAG_BYTES: Final = 16
_KEY_BYTES, _NONCE_BYTES, _HASH_BYTES = 32, 12, 32
_KEM_SUITE: Final = b"KEM" + bytes.fromhex("0010")
_SUITE: Final = b"HPKE" + bytes.fromhex("001000010002")
_BASE_MODE: Final = b"\x00"


def seal(secret: bytearray, recipient: ec.EllipticCurvePublicKey, info: bytes) -> tuple[bytes, bytes]:
    """Return the ephemeral point (65 bytes, uncompressed) and the sealed secret."""
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    both = suite.encrypt(secret, recipient, info)
    return both[:POINT_BYTES], both[POINT_BYTES:]


def unseal(shared: bytearray, ephemeral: bytes, recipient: bytes, info: bytes, sealed: bytes) -> bytearray:
    """Return what was sealed, given ECDH's raw x coordinate; both points are uncompressed.

    Raises JournalFailure (wrong-key).
    """
    shared_secret = _shared_secret(shared, ephemeral + recipient)
    key, nonce = _key_and_nonce(shared_secret, info)
    found = bytearray(max(0, len(sealed) - TAG_BYTES))
    try:
        AESGCM(key).decrypt_into(nonce, sealed, b"", found)
    except (InvalidTag, ValueError) as error:
        raise JournalFailure(FailureName.WRONG_KEY, "this token's key does not open the journal") from error
    return found


def _shared_secret(shared: bytearray, context: bytes) -> bytes:
    """RFC 9180 section 4.1, ExtractAndExpand."""
    extracted = _extract(_KEM_SUITE, b"", b"eae_prk", shared)
    return _expand(_KEM_SUITE, extracted, b"shared_secret", context, _HASH_BYTES)


def _key_and_nonce(shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180 section 5.1, KeySchedule in base mode."""
    context = (
        _BASE_MODE + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    )
    secret = _extract(_SUITE, shared_secret, b"secret", b"")
    key = _expand(_SUITE, secret, b"key", context, _KEY_BYTES)
    return key, _expand(_SUITE, secret, b"base_nonce", context, _NONCE_BYTES)


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes | bytearray) -> bytes:
    return hmac.digest(salt or bytes(_HASH_BYTES), b"HPKE-v1" + suite + label + material, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    # One block of HKDF-Expand: nothing here is longer than a hash.
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labeled + b"\x01", "sha256")[:length]
