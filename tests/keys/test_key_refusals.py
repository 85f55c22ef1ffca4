"""Odd encodings of keys get no fingerprint: what one program reads another must read alike."""

from __future__ import annotations

import base64
from contextlib import suppress
from functools import cache

import pytest
from core.keys import edwards, p256, p384, rsa_2048
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from keys.key_forms import FORMS, cms, pss_spki, spki, ssh_blob, ssh_line, sshsig, tlv, x509_certificate

from workstation.core.errors import Malformed
from workstation.core.key_readers.files import read_keys, signer_names
from workstation.core.key_readers.found_key import KeysFound

BOB = p256("bob").private
EC_PUBLIC_KEY, P256_OID = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06082a8648ce3d030107")
PSS_WITH_PARAMETERS = tlv(
    0x30,
    bytes.fromhex("06092a864886f70d01010a") + tlv(0x30, bytes.fromhex("a00f300d06096086480165030402010500")),
)


def compressed() -> bytes:
    point = BOB.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return tlv(0x30, tlv(0x30, EC_PUBLIC_KEY + P256_OID) + tlv(0x03, b"\0" + point))


def compressed_ssh() -> bytes:
    point = BOB.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    parts = (b"ecdsa-sha2-nistp256", b"nistp256", point)
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return b"ecdsa-sha2-nistp256 " + base64.b64encode(blob)


def explicit() -> bytes:
    """Return the key with P-256 spelled out: field, curve, generator, order, cofactor (SEC 1, C.2)."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    field = tlv(0x30, bytes.fromhex("06072a8648ce3d0101") + tlv(0x02, b"\0" + prime.to_bytes(32, "big")))
    b = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
    curve = tlv(0x30, tlv(0x04, (prime - 3).to_bytes(32, "big")) + tlv(0x04, bytes.fromhex(b)))
    generator = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    order = bytes.fromhex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    spelled = tlv(0x02, b"\1") + field + curve + tlv(0x04, generator) + tlv(0x02, order) + tlv(0x02, b"\1")
    point = BOB.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return tlv(0x30, tlv(0x30, EC_PUBLIC_KEY + tlv(0x30, spelled)) + tlv(0x03, b"\0" + point))


def in_certificate(odd: bytes) -> bytes:
    """Return a certificate with another SPKI put in; nobody looks at its signature."""
    whole = x509_certificate(BOB).tbs_certificate_bytes
    start = len(whole) - len(whole[4:]) if whole[1] == 0x82 else 3
    content = whole[start:].replace(spki(BOB), odd)
    return tlv(0x30, tlv(0x30, content) + bytes.fromhex("300a06082a8648ce3d040302") + tlv(0x03, b"\0\x30\0"))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (compressed(), "odd encoding"),
        (explicit(), "odd encoding|not a public key"),
        (in_certificate(compressed()), "odd encoding"),
        (in_certificate(spki(BOB)).replace(b"\x02\x01\x07", b"\x02\x01\x00"), "not an X.509"),
        (in_certificate(spki(BOB)).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x3e"), "not an X.509"),
        (pss_spki(rsa_2048().private, PSS_WITH_PARAMETERS), "odd encoding|not a public key"),
        (
            pss_spki(rsa_2048().private, bytes.fromhex("300b06092a864886f70d010101")),
            "odd encoding|not a public",
        ),
        (
            tlv(0x30, tlv(0x30, bytes.fromhex("06092a864886f70d01010a")) + tlv(0x03, b"\0junk")),
            "not a public",
        ),
        (spki(BOB) + b"\0", "after the end"),
        (b"\x30\x80" + spki(BOB)[2:] + b"\0\0", "shortest definite form"),
        (b"\x30\x81" + spki(BOB)[1:], "shortest definite form"),
        (spki(BOB)[:-1], "cut short"),
        (spki(ec.generate_private_key(ec.SECP521R1())), "secp521r1"),
        (spki(ec.generate_private_key(ec.SECP256K1())), "secp256k1"),
        (spki(ed448.Ed448PrivateKey.generate()), "Ed448"),
        (spki(rsa.generate_private_key(65537, 1024)), "1024 bits"),
        (b"", "no public key"),
        (b"# only a comment\n", "no public key"),
        (b"hello there\n", "no SSH public key"),
        (b"\xff\xfe\x00", "partial length"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "does not end"),
        (b"-----BEGIN CERTIFICATE-----\nA!AA\n-----END CERTIFICATE-----\n", "not base64"),
        (b"-----BEGIN DRAWING-----\nAAAA\n-----END DRAWING-----\n", "'DRAWING'"),
        (
            BOB.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "private key",
        ),
        (ssh_line(BOB).replace(b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp384"), "another key"),
        (ssh_line(BOB)[:-8], "base64|cut short|not an SSH"),
        (b"ssh-dss AAAAB3NzaC1kc3M=", "not an SSH public key"),
        (compressed_ssh(), "not an SSH public key"),
        (
            tlv(0x30, tlv(0x06, bytes.fromhex("2a864886f70d010701")) + tlv(0xA0, tlv(0x04, b"x"))),
            "not SignedData",
        ),
    ],
)
def test_a_key_in_an_odd_encoding_has_no_fingerprint(data, why):
    with pytest.raises(Malformed, match=why):
        read_keys(data, where="file")


def test_an_ssh_number_with_zeros_before_it_is_refused():
    modulus = rsa_2048().private.public_key().public_numbers().n.to_bytes(256, "big")
    blob = ssh_blob(rsa_2048().private)
    padded = blob.replace(b"\0\0\1\1\0" + modulus, b"\0\0\1\2\0\0" + modulus)
    line = b"ssh-rsa " + base64.b64encode(padded)

    assert padded != blob
    with pytest.raises(Malformed, match=r"odd encoding|not an SSH"):
        read_keys(line, where="file")


def test_a_certificate_has_the_key_its_bytes_hold_and_not_another():
    altered = in_certificate(spki(p256("alice").private))

    assert x509.load_der_x509_certificate(altered)
    assert read_keys(altered, where="file").sole_key("file").fingerprint == p256("alice").public.fingerprint


def test_a_signer_whose_certificate_did_not_come_along_is_named_and_refused():
    without = cms(BOB)
    certificate = x509_certificate(BOB).public_bytes(Encoding.DER)
    stripped = _without(without, certificate)

    found = read_keys(stripped, where="file")

    assert [part.why for part in found.refused] == ["its certificate is not in the file"]
    assert found.keys == ()
    assert signer_names(stripped, where="file")[0].startswith("x509:")


def test_two_certificates_with_one_name_and_two_keys_are_refused():
    twin = x509_certificate(p256("alice").private)

    with pytest.raises(Malformed, match="two certificates"):
        read_keys(cms(BOB, Encoding.DER, twin), where="file")


def test_which_key_is_meant_is_never_guessed():
    two = ssh_line(BOB) + b"\n" + ssh_line(edwards("bob").private)

    with pytest.raises(Malformed, match="2 keys found, exactly one wanted"):
        read_keys(two, where="file").sole_key("file")
    with pytest.raises(Malformed, match="0 keys found"):
        KeysFound(()).sole_key("file")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"MEUCIQDx", "does not say who"),
        (b"", "does not say who"),
        (spki(BOB), "does not say who"),
        (sshsig(BOB).replace(b"U1NIU0lH", b"U1NIU0lI"), "not an SSH signature"),
        (x509_certificate(BOB).public_bytes(Encoding.PEM), "a signature wanted"),
    ],
)
def test_a_signature_without_a_name_leads_to_nobody(data, why):
    with pytest.raises(Malformed, match=why):
        signer_names(data, where="file")


@given(st.sampled_from(sorted(FORMS)), st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_done_to_a_file_it_is_read_or_refused_and_never_a_defect(form, data):
    whole = bytearray(_once(form))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(1, len(whole)))])

    for one in (bytes(whole), cut):
        for read in (read_keys, signer_names):
            with suppress(Malformed):
                assert read(one, where="file")


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x30\x82", b"\xc6", b"\xc2", b"\x99", b"ssh-rsa "]))
@settings(max_examples=150, deadline=None)
def test_noise_is_refused_and_never_a_defect(noise, head):
    for read in (read_keys, signer_names):
        with pytest.raises(Malformed):
            read(head + noise, where="file")


@cache
def _once(form: str) -> bytes:
    return FORMS[form](p384("bob").private)


def _without(message: bytes, certificate: bytes) -> bytes:
    """Return SignedData without its certificates, every length around them made right again."""
    listed = tlv(0xA0, certificate)
    inner_start = message.index(bytes.fromhex("06092a864886f70d010702")) + 11
    explicit_content = message[inner_start:]
    signed = explicit_content[_head(explicit_content) :]
    fields = signed[_head(signed) :].replace(listed, b"")
    assert len(fields) < len(signed)
    return tlv(0x30, bytes.fromhex("06092a864886f70d010702") + tlv(0xA0, tlv(0x30, fields)))


def _head(value: bytes) -> int:
    return 2 if value[1] < 0x80 else 2 + (value[1] & 0x7F)
