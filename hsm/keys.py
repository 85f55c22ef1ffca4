"""Signature schemes: the four we sign with, what a token is handed, and how an answer is checked.

Signatures leave in published form: ECDSA as DER (RFC 3279), Ed25519 raw (RFC 8032), RSA-PSS raw
with SHA-256, MGF1-SHA-256 and 32 bytes of salt (RFC 8017). Nothing here speaks to a token.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hsm.errors import TokenCode, TokenError

RSA_SMALLEST_BITS: Final = 3072
RSA_LARGEST_BITS: Final = 8192
PSS_SALT_BYTES: Final = 32

SigningKey: TypeAlias = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


class Scheme(StrEnum):
    """The fixed schemes; a key has exactly one, so none is ever negotiated."""

    ECDSA_P256_SHA256 = "ecdsa-p256-sha256"
    ECDSA_P384_SHA384 = "ecdsa-p384-sha384"
    RSA_PSS_SHA256 = "rsa-pss-sha256"
    ED25519 = "ed25519"


def load_public_key(spki_der: bytes) -> SigningKey:
    """Return the parsed key; raises TokenError `key_not_permitted` for a kind we do not sign with."""
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, "the public key cannot be parsed") from error
    if isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey):
        return key
    raise TokenError(
        TokenCode.KEY_NOT_PERMITTED, f"{type(key).__name__} found, an EC, Ed25519 or RSA key wanted"
    )


def scheme_of(spki_der: bytes) -> Scheme:
    """Return the scheme a public key signs with; raises TokenError `key_not_permitted`."""
    key = load_public_key(spki_der)
    match key:
        case ed25519.Ed25519PublicKey():
            return Scheme.ED25519
        case ec.EllipticCurvePublicKey():
            return _ecdsa_scheme(key.curve)
        case rsa.RSAPublicKey():
            return _rsa_scheme(key.key_size)
        case _:
            assert_never(key)


def to_be_signed(scheme: Scheme, message: bytes) -> bytes:
    """Return what the token is handed: the message's digest, or for Ed25519 the message itself."""
    match scheme:
        case Scheme.ECDSA_P256_SHA256 | Scheme.RSA_PSS_SHA256:
            return hashlib.sha256(message).digest()
        case Scheme.ECDSA_P384_SHA384:
            return hashlib.sha384(message).digest()
        case Scheme.ED25519:
            return message
        case _:
            assert_never(scheme)


def published(scheme: Scheme, raw: bytes) -> bytes:
    """Return a token's raw signature in published form; raises TokenError `signature_mismatch`."""
    match scheme:
        case Scheme.ECDSA_P256_SHA256:
            return _ecdsa_der(raw, half=32)
        case Scheme.ECDSA_P384_SHA384:
            return _ecdsa_der(raw, half=48)
        case Scheme.RSA_PSS_SHA256 | Scheme.ED25519:
            return raw
        case _:
            assert_never(scheme)


def verify(spki_der: bytes, scheme: Scheme, message: bytes, signature: bytes) -> None:
    """Check a published signature over `message`.

    Raises TokenError `signature_mismatch` when it does not hold under exactly this key and scheme,
    and `key_not_permitted` when the key is not one we sign with.
    """
    found = scheme_of(spki_der)
    if found is not scheme:
        raise TokenError(TokenCode.SIGNATURE_MISMATCH, f"a key for {found} found, one for {scheme} wanted")
    try:
        _verify(load_public_key(spki_der), scheme, message, signature)
    except InvalidSignature as error:
        raise TokenError(
            TokenCode.SIGNATURE_MISMATCH,
            f"the {scheme} signature does not verify under the key it was claimed for",
        ) from error


def _verify(key: SigningKey, scheme: Scheme, message: bytes, signature: bytes) -> None:
    match key:
        case ed25519.Ed25519PublicKey():
            key.verify(signature, message)
        case ec.EllipticCurvePublicKey():
            digest = hashes.SHA256() if scheme is Scheme.ECDSA_P256_SHA256 else hashes.SHA384()
            key.verify(signature, message, ec.ECDSA(digest))
        case rsa.RSAPublicKey():
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), PSS_SALT_BYTES)
            key.verify(signature, message, pss, hashes.SHA256())
        case _:
            assert_never(key)


def _ecdsa_scheme(curve: ec.EllipticCurve) -> Scheme:
    match curve:
        case ec.SECP256R1():
            return Scheme.ECDSA_P256_SHA256
        case ec.SECP384R1():
            return Scheme.ECDSA_P384_SHA384
        case _:
            raise TokenError(TokenCode.KEY_NOT_PERMITTED, f"curve {curve.name} found, P-256 or P-384 wanted")


def _rsa_scheme(bits: int) -> Scheme:
    if not RSA_SMALLEST_BITS <= bits <= RSA_LARGEST_BITS:
        wanted = f"{RSA_SMALLEST_BITS} to {RSA_LARGEST_BITS} wanted"
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, f"RSA of {bits} bits found, {wanted}")
    return Scheme.RSA_PSS_SHA256


def _ecdsa_der(raw: bytes, *, half: int) -> bytes:
    # PKCS#11 gives ECDSA as r||s in equal halves; X.509 and DSSE want DER.
    if len(raw) != 2 * half:
        raise TokenError(
            TokenCode.SIGNATURE_MISMATCH, f"{len(raw)} bytes of signature found, {2 * half} wanted"
        )
    return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
