"""Signature schemes: one per key, in published form, and nothing verifies that should not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from hsm.errors import TokenCode, TokenError
from hsm.keys import Scheme, published, scheme_of, to_be_signed, verify

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(b"e" * 32)
_P256 = ec.derive_private_key(2**200 + 1, ec.SECP256R1())
_P384 = ec.derive_private_key(2**300 + 1, ec.SECP384R1())


def _spki(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _raw_ecdsa(key: ec.EllipticCurvePrivateKey, message: bytes, half: int) -> bytes:
    digest = hashes.SHA256() if half == 32 else hashes.SHA384()
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")


@pytest.mark.parametrize(
    ("key", "scheme"),
    [(_P256, Scheme.ECDSA_P256_SHA256), (_P384, Scheme.ECDSA_P384_SHA384), (_ED25519, Scheme.ED25519)],
)
def test_a_key_has_one_scheme(key: PrivateKeyTypes, scheme: Scheme) -> None:
    assert scheme_of(_spki(key)) is scheme


@pytest.mark.parametrize(
    "key",
    [
        ec.derive_private_key(5, ec.SECP521R1()),
        ec.derive_private_key(5, ec.SECP256K1()),
        ed448.Ed448PrivateKey.generate(),
        x25519.X25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
        dsa.generate_private_key(1024),
    ],
    ids=["P-521", "secp256k1", "Ed448", "X25519", "RSA-2048", "DSA"],
)
def test_a_key_of_another_kind_is_not_permitted(key: PrivateKeyTypes) -> None:
    with pytest.raises(TokenError) as refusal:
        scheme_of(_spki(key))

    assert refusal.value.code is TokenCode.KEY_NOT_PERMITTED


@given(st.binary(max_size=200))
def test_bytes_that_are_no_key_are_not_permitted(noise: bytes) -> None:
    with pytest.raises(TokenError) as refusal:
        scheme_of(noise)

    assert refusal.value.code is TokenCode.KEY_NOT_PERMITTED


@given(st.binary())
def test_a_token_is_handed_the_digest_its_scheme_fixes(message: bytes) -> None:
    handed = {scheme: to_be_signed(scheme, message) for scheme in Scheme}

    assert handed == {
        Scheme.ECDSA_P256_SHA256: hashlib.sha256(message).digest(),
        Scheme.ECDSA_P384_SHA384: hashlib.sha384(message).digest(),
        Scheme.RSA_PSS_SHA256: hashlib.sha256(message).digest(),
        Scheme.ED25519: message,
    }


@pytest.mark.parametrize(
    ("key", "scheme", "half"), [(_P256, Scheme.ECDSA_P256_SHA256, 32), (_P384, Scheme.ECDSA_P384_SHA384, 48)]
)
def test_an_ecdsa_signature_is_published_as_der(
    key: ec.EllipticCurvePrivateKey, scheme: Scheme, half: int
) -> None:
    signature = published(scheme, _raw_ecdsa(key, b"message", half))

    assert signature[0] == 0x30
    verify(_spki(key), scheme, b"message", signature)


@pytest.mark.parametrize("length", [0, 63, 65, 96])
def test_an_ecdsa_signature_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TokenError) as refusal:
        published(Scheme.ECDSA_P256_SHA256, bytes(length))

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH


@given(st.binary(max_size=100))
def test_ed25519_and_pss_signatures_are_published_as_they_are(raw: bytes) -> None:
    assert published(Scheme.ED25519, raw) == published(Scheme.RSA_PSS_SHA256, raw) == raw


@given(st.integers(0, 511))
def test_one_flipped_bit_is_a_signature_mismatch(bit: int) -> None:
    signature = bytearray(_ED25519.sign(b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TokenError) as refusal:
        verify(_spki(_ED25519), Scheme.ED25519, b"message", bytes(signature))

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH


@given(st.binary(max_size=100))
def test_noise_is_no_signature(noise: bytes) -> None:
    with pytest.raises(TokenError) as refusal:
        verify(_spki(_P256), Scheme.ECDSA_P256_SHA256, b"message", noise)

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH


def test_a_signature_under_another_key_is_a_mismatch() -> None:
    with pytest.raises(TokenError) as refusal:
        verify(_spki(_ED25519), Scheme.ED25519, b"m", ed25519.Ed25519PrivateKey.generate().sign(b"m"))

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH


def test_a_signature_under_a_scheme_its_key_does_not_have_is_a_mismatch() -> None:
    with pytest.raises(TokenError) as refusal:
        verify(_spki(_ED25519), Scheme.ECDSA_P256_SHA256, b"m", _ED25519.sign(b"m"))

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH


@pytest.mark.parametrize(
    "wrong",
    [
        padding.PSS(padding.MGF1(hashes.SHA256()), 20),
        padding.PSS(padding.MGF1(hashes.SHA1()), 32),
        padding.PKCS1v15(),
    ],
    ids=["short salt", "MGF1 with SHA-1", "PKCS#1 v1.5"],
)
def test_an_rsa_signature_with_other_parameters_is_a_mismatch(wrong: padding.AsymmetricPadding) -> None:
    key = rsa.generate_private_key(65537, 3072)
    with pytest.raises(TokenError) as refusal:
        verify(_spki(key), Scheme.RSA_PSS_SHA256, b"m", key.sign(b"m", wrong, hashes.SHA256()))

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH
