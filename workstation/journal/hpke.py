"""HPKE (RFC 9180) where the private key is in a token: base mode, DHKEM(P-256), AES-256-GCM.

Sealing is the library's. Opening takes the raw ECDH secret, which is all a token gives, and does
the key schedule of section 5.1 here. Where no token is, the key pair is made from a secret (7.1.3).
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import load_der_private_key

from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.secret import held, scrubbed

POINT_BYTES: Final = 65
TAG_BYTES: Final = 16
_KEY_BYTES, _NONCE_BYTES, _HASH_BYTES = 32, 12, 32
_KEM_SUITE: Final = b"KEM" + bytes.fromhex("0010")
_SUITE: Final = b"HPKE" + bytes.fromhex("001000010002")
_BASE_MODE: Final = b"\x00"
_ORDER: Final = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
_SEC1_BEFORE: Final = bytes.fromhex("30310201010420")
_SEC1_AFTER: Final = bytes.fromhex("a00a06082a8648ce3d030107")


def seal(secret: bytearray, recipient: ec.EllipticCurvePublicKey, info: bytes) -> tuple[bytes, bytes]:
    """Return the ephemeral point (65 bytes, uncompressed) and the sealed secret."""
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    both = suite.encrypt(secret, recipient, info)
    return both[:POINT_BYTES], both[POINT_BYTES:]


def unseal(shared: bytearray, ephemeral: bytes, recipient: bytes, info: bytes, sealed: bytes) -> bytearray:
    """Return what was sealed, given ECDH's raw x coordinate; both points are uncompressed.

    Raises JournalFailure (wrong-key).
    """
    with held(_shared_secret(shared, ephemeral + recipient)) as secret:
        key, nonce = _key_and_nonce(secret, info)
    found = bytearray(max(0, len(sealed) - TAG_BYTES))
    try:
        with held(key):
            AESGCM(key).decrypt_into(bytes(nonce), sealed, b"", found)
    except (InvalidTag, ValueError) as error:
        raise JournalFailure(FailureName.WRONG_KEY, "this key does not open the journal") from error
    return found


def key_pair(material: bytearray) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key pair of 32 uniform bytes (RFC 9180 section 7.1.3, DeriveKeyPair)."""
    with held(_extract(_KEM_SUITE, b"", b"dkp_prk", material)) as extracted:
        for counter in range(256):
            with held(_expand(_KEM_SUITE, extracted, b"candidate", bytes([counter]), _KEY_BYTES)) as scalar:
                if bytes(_KEY_BYTES) < scalar < _ORDER:
                    return _loaded(scalar)
    raise JournalFailure(FailureName.REFUSED, "no key can be made from this secret")


def agreed(own: ec.EllipticCurvePrivateKey, ephemeral: bytes) -> bytearray:
    """Return ECDH's raw x coordinate, as a token would; raises JournalFailure (wrong-key)."""
    try:
        peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ephemeral)
    except ValueError as error:
        raise JournalFailure(FailureName.WRONG_KEY, "the slot's point is not on P-256") from error
    return scrubbed(own.exchange(ec.ECDH(), peer))


def _loaded(scalar: bytearray) -> ec.EllipticCurvePrivateKey:
    # As an ECPrivateKey (RFC 5915), which is read from a buffer: a number could not be wiped.
    with held(bytearray().join((_SEC1_BEFORE, scalar, _SEC1_AFTER))) as encoded:
        found = load_der_private_key(encoded, None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise TypeError("an EC key was written and another read")
    return found


def _shared_secret(shared: bytearray, context: bytes) -> bytearray:
    """RFC 9180 section 4.1, ExtractAndExpand."""
    with held(_extract(_KEM_SUITE, b"", b"eae_prk", shared)) as extracted:
        return _expand(_KEM_SUITE, extracted, b"shared_secret", context, _HASH_BYTES)


def _key_and_nonce(shared_secret: bytearray, info: bytes) -> tuple[bytearray, bytearray]:
    """RFC 9180 section 5.1, KeySchedule in base mode."""
    context = (
        _BASE_MODE
        + bytes(_extract(_SUITE, b"", b"psk_id_hash", b""))
        + bytes(_extract(_SUITE, b"", b"info_hash", info))
    )
    with held(_extract(_SUITE, shared_secret, b"secret", b"")) as secret:
        key = _expand(_SUITE, secret, b"key", context, _KEY_BYTES)
        return key, _expand(_SUITE, secret, b"base_nonce", context, _NONCE_BYTES)


def _extract(suite: bytes, salt: bytes | bytearray, label: bytes, material: bytes | bytearray) -> bytearray:
    with held(bytearray(b"HPKE-v1" + suite + label) + material) as labeled:
        return scrubbed(hmac.digest(salt or bytes(_HASH_BYTES), labeled, "sha256"))


def _expand(suite: bytes, key: bytearray, label: bytes, info: bytes, length: int) -> bytearray:
    # One block of HKDF-Expand: nothing here is longer than a hash.
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    found = scrubbed(hmac.digest(key, labeled + b"\x01", "sha256"))
    del found[length:]  # in place: a slice would leave a copy
    return found
