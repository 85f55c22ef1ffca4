"""A custodian's key in TUF metadata, and back."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import Signature, SSlibKey
from trust.trust_world import ANN, CLEO, DORA, RSA

from workstation.core.errors import Malformed
from workstation.trust.tuf_keys import from_tuf, to_tuf

SCHEMES = [
    (ANN, "ecdsa-sha2-nistp256"),
    (DORA, "ecdsa-sha2-nistp384"),
    (CLEO, "ed25519"),
    (RSA, "rsassa-pss-sha256"),
]


@pytest.mark.parametrize(("custodian", "scheme"), SCHEMES)
def test_a_key_has_its_scheme_and_comes_back_the_same(custodian, scheme):
    written = to_tuf(custodian.public_key)

    assert written.scheme == scheme
    assert from_tuf(written, where="key") == custodian.public_key


@pytest.mark.parametrize(("custodian", "scheme"), SCHEMES)
def test_securesystemslib_verifies_what_a_custodian_signs(custodian, scheme):
    key = to_tuf(custodian.public_key)

    key.verify_signature(Signature(key.keyid, custodian.sign(b"message").hex()), b"message")


def test_a_key_id_says_nothing_about_who_a_key_is():
    key = to_tuf(ANN.public_key)

    assert from_tuf(SSlibKey("e" * 64, key.keytype, key.scheme, key.keyval), where="key") == ANN.public_key


def _compressed():
    public = ANN.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    spki = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + public
    body = __import__("base64").b64encode(spki).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body[:64]}\n{body[64:]}\n-----END PUBLIC KEY-----\n"


def _p521():
    key = ec.generate_private_key(ec.SECP521R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PEM = to_tuf(ANN.public_key).keyval["public"]
RAW = to_tuf(CLEO.public_key).keyval["public"]


@pytest.mark.parametrize(
    ("keytype", "scheme", "public"),
    [
        ("ecdsa", "ecdsa-sha2-nistp256", _compressed()),
        ("ecdsa", "ecdsa-sha2-nistp256", PEM + "\n"),
        ("ecdsa", "ecdsa-sha2-nistp256", "x" + PEM),
        ("ecdsa", "ecdsa-sha2-nistp384", PEM),
        ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", PEM),
        ("ecdsa", "ecdsa-sha2-nistp521", _p521()),
        ("rsa", "rsa-pkcs1v15-sha256", to_tuf(RSA.public_key).keyval["public"]),
        ("rsa", "rsassa-pss-sha256", PEM),
        ("ed25519", "ed25519", RAW.upper()),
        ("ed25519", "ed25519", " " + RAW),
        ("ed25519", "ed25519", RAW[2:]),
        ("ed25519", "ed25519", "no hex"),
        ("ed25519", "ed25519", "01" + "00" * 31),
        ("ecdsa", "ecdsa-sha2-nistp256", "no key"),
    ],
)
def test_odd_keys_and_odd_encodings_are_refused(keytype, scheme, public):
    with pytest.raises(Malformed):
        from_tuf(SSlibKey("a" * 64, keytype, scheme, {"public": public}), where="key")


def test_a_second_value_beside_the_key_is_refused():
    with pytest.raises(Malformed):
        from_tuf(SSlibKey("a" * 64, "ed25519", "ed25519", {"public": RAW, "private": ""}), where="key")
