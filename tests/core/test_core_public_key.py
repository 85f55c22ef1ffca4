"""One key, one name: fingerprints over encodings, and the keys that get no name at all."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from core.keys import edwards, p256, p384, rsa_2048
from core.refusing import refused
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
    load_ssh_public_key,
)
from cryptography.x509.oid import NameOID
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workstation.core.ed25519_point import D, P, refusal_of_point
from workstation.core.errors import Malformed, Untrusted
from workstation.core.public_key import KeyKind, PublicKey, from_loaded, parse_spki

ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
NO_KIND = "found, P-256, P-384, RSA or Ed25519 wanted"
RSA_OID, PSS_OID = bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06092a864886f70d01010a")
KINDS = {"p256": p256, "p384": p384, "ed25519": edwards, "rsa": lambda _name: rsa_2048()}

# The eight points of small order, each in the one encoding RFC 8032 (section 5.1.3) gives it. The
# first four have others, which stand among the 40 below that are not canonical.
Y8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
Y8_NEGATED = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
SMALL_ORDER = {
    "order 1": "01" + "00" * 31,
    "order 2": "ec" + "ff" * 30 + "7f",
    "order 4, x even": "00" * 32,
    "order 4, x odd": "00" * 31 + "80",
    "order 8, first": Y8,
    "order 8, second": Y8[:-2] + "85",
    "order 8, third": Y8_NEGATED,
    "order 8, fourth": Y8_NEGATED[:-2] + "fa",
}
NOT_CANONICAL = {
    "order 1 with a sign": "01" + "00" * 30 + "80",
    "order 2 with a sign": "ec" + "ff" * 31,
    "p": "ed" + "ff" * 30 + "7f",
    "p with a sign": "ed" + "ff" * 31,
    "p + 1": "ee" + "ff" * 30 + "7f",
    "p + 1 with a sign": "ee" + "ff" * 31,
    **{f"p + {more}": f"{0xED + more:02x}" + "ff" * 30 + "7f" for more in range(2, 19)},
    **{f"p + {more} with a sign": f"{0xED + more:02x}" + "ff" * 31 for more in range(2, 19)},
}


def certificate(key, *, serial, name):
    """Return a certificate for the key, made by a CA of this test."""
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(issuer, subject, key.private.public_key(), serial)
    begins, ends = datetime(2026, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001 (X.509 builders take naive UTC)
    signed = builder.not_valid_before(begins).not_valid_after(ends).sign(p256("ca").private, hashes.SHA256())
    return x509.load_der_x509_certificate(signed.public_bytes(Encoding.DER))


def der(tag, *contents):
    body = b"".join(contents)
    digits = (len(body).bit_length() + 7) // 8
    many = bytes([0x80 | digits]) + len(body).to_bytes(digits, "big")
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else many) + body


def rsa_spki(n, e, oid=RSA_OID, parameters=b"\x05\x00"):
    numbers = [der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in (n, e)]
    return der(0x30, der(0x30, oid, parameters), der(0x03, b"\0", der(0x30, *numbers)))


@pytest.mark.parametrize("kind", KINDS)
def test_one_key_has_one_fingerprint_in_every_encoding(kind):
    key = KINDS[kind]("alice")
    public = key.private.public_key()
    ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b" alice@laptop"
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    loaded = {
        "ssh": load_ssh_public_key(ssh),
        "pem": load_pem_public_key(pem),
        "certificate": certificate(key, serial=1, name="alice").public_key(),
        "renewed certificate": certificate(key, serial=2, name="mallory").public_key(),
    }

    found = {from_loaded(one, where=name) for name, one in loaded.items()}

    assert found == {parse_spki(key.public.spki, where="spki")}
    assert key.public.kind is KeyKind(kind)


@settings(deadline=None)  # the machine may be busy
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_two_ed25519_keys_have_two_fingerprints_and_one_has_one(one, other):
    private = [ed25519.Ed25519PrivateKey.from_private_bytes(seed) for seed in (one, other, one)]

    first, second, again = (from_loaded(key.public_key(), where="key").fingerprint for key in private)

    assert (first == second) is (one == other)
    assert first == again


@settings(deadline=None)  # the machine may be busy
@given(st.integers(2, 2**255), st.integers(2, 2**255))
def test_two_p256_keys_have_two_fingerprints_in_whatever_encoding(one, other):
    def fingerprints(secret):
        public = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
        compressed = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        decompressed = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), compressed)
        return {from_loaded(key, where="key").fingerprint for key in (public, decompressed)}

    first, second = fingerprints(one), fingerprints(other)

    assert len(first) == len(second) == 1
    assert (first == second) is (one == other)


def test_keys_of_different_kinds_never_share_a_fingerprint():
    keys = [make(name).public for make in (p256, p384, edwards) for name in ("alice", "bob")]

    assert len({key.fingerprint for key in keys}) == len({key.keyid for key in keys}) == len(keys)


def test_the_keyid_is_only_a_place_to_look():
    key = p256("alice").public

    assert key.keyid != key.fingerprint
    assert key.keyid == parse_spki(key.spki, where="key").keyid


def test_a_compressed_point_is_an_odd_encoding():
    public = p256("alice").private.public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    curve = bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107")

    with refused(
        Malformed, "spki: a key in an odd encoding found, the canonical SubjectPublicKeyInfo wanted"
    ):
        parse_spki(der(0x30, der(0x30, curve), der(0x03, b"\0", point)), where="spki")


def test_a_curve_spelled_out_in_numbers_is_no_curve_of_ours():
    # P-256 with explicit parameters, which RFC 5480 section 2.1.1 forbids.
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    a, b = prime - 3, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    base = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    base += "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    field = der(0x30, bytes.fromhex("06072a8648ce3d0101"), der(0x02, b"\0" + prime.to_bytes(32, "big")))
    curve = der(0x30, der(0x04, a.to_bytes(32, "big")), der(0x04, b.to_bytes(32, "big")))
    parameters = der(
        0x30,
        der(0x02, b"\x01"),
        field,
        curve,
        der(0x04, bytes.fromhex(base)),
        der(0x02, b"\0" + order.to_bytes(32, "big")),
        der(0x02, b"\x01"),
    )
    point = p256("alice").private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    spki = der(0x30, der(0x30, bytes.fromhex("06072a8648ce3d0201"), parameters), der(0x03, b"\0", point))

    with pytest.raises(Malformed, match="spki: "):
        parse_spki(spki, where="spki")


def test_an_rsa_key_under_another_algorithms_name_is_refused():
    numbers = rsa_2048().private.public_key().public_numbers()

    with pytest.raises(Malformed, match="spki: "):
        parse_spki(rsa_spki(numbers.n, numbers.e, PSS_OID, b""), where="spki")


@pytest.mark.parametrize(
    ("n", "e", "why"),
    [
        ((1 << 2046) + 1, 65537, "RSA of 2047 bits found, 2048 to 8192 wanted"),
        ((1 << 8192) + 1, 65537, "RSA of 8193 bits found, 2048 to 8192 wanted"),
        ((1 << 2047) + 2, 65537, "an even RSA modulus found, a product of two odd primes wanted"),
        ((1 << 2047) + 1, 1, "not a public key in SubjectPublicKeyInfo form"),
        ((1 << 2047) + 1, 4, "not a public key in SubjectPublicKeyInfo form"),
    ],
    ids=["too short", "too long", "even modulus", "exponent 1", "even exponent"],
)
def test_rsa_numbers_that_protect_nothing_are_refused(n, e, why):
    with refused(Malformed, f"spki: {why}"):
        parse_spki(rsa_spki(n, e), where="spki")


@pytest.mark.parametrize("bits", [2048, 8192])
def test_rsa_of_a_size_we_take_has_a_name(bits):
    found = parse_spki(rsa_spki((1 << (bits - 1)) + 1, 65537), where="spki")

    assert found.kind is KeyKind.RSA


@pytest.mark.parametrize(
    ("private", "name"),
    [
        (ec.derive_private_key(7, ec.SECP521R1()), "curve secp521r1 found, P-256 or P-384 wanted"),
        (ec.derive_private_key(7, ec.SECP256K1()), "curve secp256k1 found, P-256 or P-384 wanted"),
        (
            x25519.X25519PrivateKey.from_private_bytes(b"\x07" * 32),
            f"X25519PublicKey {NO_KIND}",
        ),
        (
            ed448.Ed448PrivateKey.from_private_bytes(b"\x07" * 57),
            f"Ed448PublicKey {NO_KIND}",
        ),
    ],
)
def test_other_kinds_of_key_have_no_name(private, name):
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    with refused(Malformed, f"spki: {name}"):
        parse_spki(spki, where="spki")


def test_what_is_no_key_at_all_has_no_name():
    with pytest.raises(Malformed, match="key: SimpleNamespace found"):
        from_loaded(SimpleNamespace(), where="key")


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=120))
@example(b"")
@example(p256("alice").public.spki + b"\0")
@example(p256("alice").public.spki[:-1])
def test_bytes_that_are_no_key_are_malformed_and_nothing_else(data):
    with pytest.raises(Malformed):
        parse_spki(data, where="spki")


@pytest.mark.parametrize("encoding", SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_a_point_of_small_order_is_no_key(encoding):
    with refused(Malformed, "spki: an Ed25519 key that is of small order found"):
        parse_spki(ED25519_SPKI + bytes.fromhex(encoding), where="spki")


@pytest.mark.parametrize("encoding", NOT_CANONICAL.values(), ids=NOT_CANONICAL)
def test_a_point_in_another_than_its_one_encoding_is_no_key(encoding):
    with refused(Malformed, "spki: an Ed25519 key that is not canonically encoded found"):
        parse_spki(ED25519_SPKI + bytes.fromhex(encoding), where="spki")


def test_the_points_of_small_order_are_all_there_are():
    found = {bytes.fromhex(encoding) for encoding in SMALL_ORDER.values()}

    assert len(found) == 8
    assert all(refusal_of_point(encoding) == "of small order" for encoding in found)


def test_half_of_all_bytes_are_no_point():
    # y = 2 has no x: (y^2 - 1) / (d y^2 + 1) is not a square.
    assert pow((4 - 1) * pow(D * 4 + 1, P - 2, P), (P - 1) // 2, P) == P - 1
    assert refusal_of_point(b"\x02" + b"\0" * 31) == "not a point of the curve"


@settings(deadline=None)  # the machine may be busy
@given(st.binary(min_size=32, max_size=32))
def test_every_key_somebody_generates_is_accepted(seed):
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()

    assert refusal_of_point(public.public_bytes(Encoding.Raw, PublicFormat.Raw)) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_verifies_under_its_key_and_message_alone(kind):
    key, other = KINDS[kind]("alice"), p256("mallory")
    signature = key.sign(b"message")

    key.public.verify(signature, b"message", where="here")
    for signed_by, value, message in (
        (key.public, signature, b"another message"),
        (key.public, signature[:-1], b"message"),
        (key.public, b"", b"message"),
        (other.public, signature, b"message"),
    ):
        with pytest.raises(Untrusted, match="here: the signature does not verify under key"):
            signed_by.verify(value, message, where="here")


def test_an_rsa_signature_in_another_scheme_does_not_verify():
    key = rsa_2048()

    for scheme in (padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), 20)):
        with pytest.raises(Untrusted):
            key.public.verify(key.private.sign(b"m", scheme, hashes.SHA256()), b"m", where="here")


def test_a_key_of_no_known_kind_verifies_nothing():
    exchange = x25519.X25519PrivateKey.from_private_bytes(b"\x07" * 32).public_key()
    spki = exchange.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    forged = PublicKey(kind=KeyKind.ED25519, fingerprint=p256("alice").public.fingerprint, spki=spki)

    with pytest.raises(Untrusted):
        forged.verify(b"", b"", where="here")
