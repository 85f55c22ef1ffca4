"""Every bound and every structure a reader insists on, where it is crossed."""

from __future__ import annotations

import base64

import pytest
from core.keys import edwards, p256, rsa_2048
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed448
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from keys.key_forms import cms, spki, ssh_line, tlv, x509_certificate
from keys.openpgp_writer import PgpKey, armored, bound, certificate, mpi, packet, subpacket

from workstation.core.errors import Malformed
from workstation.core.identity import Fingerprint
from workstation.core.key_readers import der
from workstation.core.key_readers.cms import cms_signer_names
from workstation.core.key_readers.files import read_keys, signer_names
from workstation.core.key_readers.jws import jws_signer_names
from workstation.core.key_readers.openpgp_key import OpenPgpKey
from workstation.core.key_readers.openpgp_signature import parse_signature
from workstation.core.public_key import KeyKind, PublicKey

PRIMARY = PgpKey(edwards("bob").private)
SUBKEY = PgpKey(p256("sub").private)
SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")
VERSION = b"\x02\x01\x01"


def signed_data(*infos: bytes, certificates: bytes = b"", after: bytes = b"") -> bytes:
    """Return SignedData by hand (RFC 5652 section 5.1)."""
    listed = tlv(0xA0, certificates) if certificates else b""
    fields = VERSION + tlv(0x31, b"") + tlv(0x30, DATA) + listed + tlv(0x31, b"".join(infos)) + after
    return tlv(0x30, SIGNED_DATA + tlv(0xA0, tlv(0x30, fields)))


def info(identifier: bytes, *attributes: bytes) -> bytes:
    unsigned = tlv(0xA1, b"".join(attributes)) if attributes else b""
    return tlv(0x30, VERSION + identifier + tlv(0x30, b"") + tlv(0x30, b"") + tlv(0x04, b"x") + unsigned)


def nested(inner: bytes) -> bytes:
    return tlv(0x30, bytes.fromhex("060a2b060104018237020401") + tlv(0x31, inner))


def by_key_id(private) -> bytes:
    return tlv(0x80, x509.SubjectKeyIdentifier.from_public_key(private.public_key()).digest)


BOB = p256("bob").private
BOB_CERTIFICATE = x509_certificate(BOB).public_bytes(Encoding.DER)


def test_a_signer_named_by_key_id_is_found_among_the_certificates():
    data = signed_data(info(by_key_id(BOB)), certificates=BOB_CERTIFICATE)

    assert cms_signer_names(data, where="cms") == (p256("bob").public.fingerprint,)


def test_a_signer_named_by_key_id_without_its_certificate_has_an_alias():
    key_id = by_key_id(BOB)[2:].hex()

    assert cms_signer_names(signed_data(info(by_key_id(BOB))), where="cms") == (f"x509-key:{key_id}",)


def test_nested_signatures_are_read_to_a_depth():
    inner = signed_data(info(by_key_id(p256("carol").private)))
    once = signed_data(info(by_key_id(BOB), nested(inner)))
    for _ in range(4):
        inner = signed_data(info(by_key_id(BOB), nested(inner)))

    assert len(cms_signer_names(once, where="cms")) == 2
    with pytest.raises(Malformed, match="nested deeper than 4"):
        cms_signer_names(inner, where="cms")


def test_another_unsigned_attribute_is_no_signature():
    time_stamp = tlv(
        0x30, bytes.fromhex("060b2a864886f70d010910020e") + tlv(0x31, signed_data(info(by_key_id(BOB))))
    )

    found = cms_signer_names(signed_data(info(by_key_id(p256("carol").private), time_stamp)), where="cms")

    assert len(found) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (signed_data(), "0 signers found"),
        (signed_data(*[info(by_key_id(BOB))] * 65), "65 signers found"),
        (signed_data(info(by_key_id(BOB)), after=tlv(0x30, b"")), "without its signers"),
        (signed_data(info(tlv(0x04, b"x"))), "in an unknown way"),
        (signed_data(tlv(0x30, VERSION)), "in an unknown way"),
        (signed_data(tlv(0x30, tlv(0x04, b"x"))), "other DER fields"),
        (tlv(0x30, SIGNED_DATA), "no certificate, public key or signature"),
        (tlv(0x30, SIGNED_DATA + tlv(0x04, b"")), "other DER fields"),
        (tlv(0x30, tlv(0x30, b"") + tlv(0x30, b"")), "no certificate, public key or signature"),
        (tlv(0x30, b"\x1f\x81\x00\x00"), "several bytes"),
        (tlv(0x30, tlv(0x30, b"") + tlv(0x03, b"")), "not a public key"),
        (b"\x30\x85\x00\x00\x00\x00\x01\x00", "shortest definite form"),
        (b"ssh-rsa AAAB\n" * 10_001, "10001 lines found"),
        (ssh_line(BOB).rstrip(b"=") + b"*", "not base64|odd|stray|no SSH"),
        (ssh_line(BOB)[:-2] + b"B=", "stray bits|another|not an SSH"),
        (armored(b""), "no OpenPGP packet"),
        (b"-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n" * 1001, "1001 blocks"),
    ],
)
def test_what_crosses_a_bound_is_refused(data, why):
    with pytest.raises(Malformed, match=why):
        read_keys(data, where="file")


def test_a_value_of_another_kind_is_not_the_one_wanted():
    with pytest.raises(Malformed, match="DER tag 0x04 found, 0x30 wanted"):
        der.only_value(tlv(0x04, b""), where="x", tag=der.SEQUENCE)


def test_a_certificate_without_extensions_or_of_version_1_has_its_key():
    name = x509.Name([])
    plain = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(BOB.public_key())
        .serial_number(1)
        .not_valid_before(x509_certificate(BOB).not_valid_before_utc)
        .not_valid_after(x509_certificate(BOB).not_valid_after_utc)
        .sign(BOB, hashes.SHA256())
    )
    content = plain.tbs_certificate_bytes[3:] if plain.tbs_certificate_bytes[1] == 0x81 else b""
    first = tlv(
        0x30, tlv(0x30, content[5:]) + bytes.fromhex("300a06082a8648ce3d040302") + tlv(0x03, b"\0\x30\0")
    )

    assert content.startswith(b"\xa0\x03")
    for data in (plain.public_bytes(Encoding.DER), first):
        assert read_keys(data, where="file").sole_key("file") == p256("bob").public


def test_armor_may_have_headers_and_a_checksum():
    plain = armored(certificate(PRIMARY)).decode()
    checksum = base64.b64encode(crc24(certificate(PRIMARY)).to_bytes(3, "big")).decode()
    full = plain.replace("\n\n", "\nVersion: other\nComment: hello: there\n\n", 1)
    full = full.replace("-----END", f"={checksum}\n-----END")

    assert read_keys(full.encode(), where="a") == read_keys(plain.encode(), where="b")
    assert read_keys(plain.replace("\n\n", "\n", 1).encode(), where="c") == read_keys(
        plain.encode(), where="d"
    )


def crc24(data: bytes) -> int:
    """Return RFC 9580's checksum by long division over whole numbers."""
    polynomial, value = 0x1864CFB, int.from_bytes(b"\xb7\x04\xce" + bytes(len(data)), "big")
    value ^= int.from_bytes(data + bytes(3), "big")
    for bit in range(8 * len(data) + 23, 23, -1):
        if value >> bit & 1:
            value ^= polynomial << bit - 24
    return value


def curve_key(oid: str, point: bytes, algorithm: int = 19) -> bytes:
    material = bytes([len(oid) // 2]) + bytes.fromhex(oid) + mpi(int.from_bytes(point, "big"))
    return b"\x04" + bytes(4) + bytes([algorithm]) + material


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\x06" + bytes(4) + bytes([27]) + (31).to_bytes(4, "big") + bytes(32), "another length"),
        (b"\x04" + bytes(4) + b"\x01" + mpi(2) + mpi(1), "no RSA key|bits found"),
        (curve_key("2a8648ce3d030107", b"\x02" + bytes(31) + b"\x01"), "not uncompressed"),
        (curve_key("2a8648ce3d030107", b"\x04" + b"\x01" * 64), "not a point"),
        (curve_key("2b06010401da470f01", b"\x41" + b"\x01" * 32, 22), "not a point of Ed25519"),
        (curve_key("2b06010401da470f01", b"\x40" + b"\x01" * 31, 22), "not a point of Ed25519"),
        (curve_key("2b06010401da470f01", b"\x40\x01" + bytes(31), 22), "small order"),
    ],
)
def test_an_openpgp_key_that_is_no_key_is_refused(body, why):
    with pytest.raises(Malformed, match=why):
        read_keys(packet(6, body), where="cert")


@pytest.mark.parametrize(
    "body",
    [
        curve_key("2b81040023", b"\x04" + bytes(132)),
        curve_key("2b060104019755010501", b"\x40" + bytes(32), 22),
    ],
)
def test_an_openpgp_key_on_another_curve_is_passed_over(body):
    (part,) = read_keys(packet(6, body), where="cert").passed_over

    assert part.why == "keys on its curve have no fingerprint here"


def test_an_empty_part_of_a_signature_is_refused():
    empty = b"\x04\x00\x16\x08" + (1).to_bytes(2, "big") + b"\x00" + bytes(4)

    with pytest.raises(Malformed, match="empty OpenPGP subpacket"):
        signer_names(packet(2, empty), where="sig")


@pytest.mark.parametrize(
    ("body", "why"), [(b"\x05" + bytes(30), "version 5"), (b"\x03\x06" + bytes(30), "damaged")]
)
def test_a_signature_of_an_unknown_kind_is_refused(body, why):
    with pytest.raises(Malformed, match=why):
        signer_names(packet(2, body), where="sig")


def test_a_file_of_keys_is_no_signature():
    with pytest.raises(Malformed, match="only signatures wanted"):
        signer_names(certificate(PRIMARY), where="sig")


def test_a_long_part_of_a_signature_is_read():
    long = subpacket(26, b"https://example.org/" + b"a" * 300)
    middle = bytes([192 + 1, 0]) + bytes([26]) + b"a" * (256 + 192 - 1)

    for extra in (long, middle):
        assert signer_names(packet(2, PRIMARY.sign(0, b"x", extra=extra)), where="sig") == (PRIMARY.alias,)


def test_too_many_packets_or_signatures_are_refused():
    crowd = packet(2, PRIMARY.sign(0x18, b"x")) * 65

    with pytest.raises(Malformed, match="65 signatures on one subkey"):
        read_keys(certificate(PRIMARY, packet(14, SUBKEY.body), crowd), where="cert")
    with pytest.raises(Malformed, match="more than 20000"):
        read_keys(certificate(PRIMARY) + packet(10, b"PGP") * 20_000, where="cert")


def test_packets_of_all_lengths_are_read():
    name = packet(13, b"n" * 5000)
    middle = bytes([0xCD, 192 + 1, 0]) + b"n" * (256 + 192)
    data = certificate(PRIMARY, name, middle, bound(PRIMARY, SUBKEY, answered_by=SUBKEY))

    assert [one.alias for one in read_keys(data, where="cert").keys] == [PRIMARY.alias, SUBKEY.alias]


def test_a_certificate_may_hold_packets_nobody_knows():
    data = certificate(PRIMARY, packet(21, b"padding"), packet(60, b"private use"))

    assert read_keys(data, where="cert").sole_key("cert") == edwards("bob").public


def test_no_signature_holds_under_a_kind_of_key_we_have_no_scheme_for():
    raw = ed448.Ed448PrivateKey.generate().public_key()
    odd = raw.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = PublicKey(kind=KeyKind.ED25519, fingerprint=Fingerprint("0" * 64), spki=odd)
    by = OpenPgpKey(version=4, algorithm=22, fingerprint=b"", hashed=b"", key=key, why="")

    assert not parse_signature(PRIMARY.sign(0, b"x"), where="sig").holds(b"x", by)


def test_a_signature_holds_over_its_own_message_alone():
    by = OpenPgpKey(version=4, algorithm=22, fingerprint=b"", hashed=b"", key=edwards("bob").public, why="")
    signature = parse_signature(PRIMARY.sign(0, b"x"), where="sig")

    assert signature.holds(b"x", by)
    assert not signature.holds(b"y", by)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"{}", "protected"),
        (b'{"protected": "!!"}', "not base64url"),
        (b'{"protected": "\xc3\xa9"}', "not base64url"),
        (b'{"protected": "e30"}', "jwk"),
        (b'{"signatures": []}', "0 items"),
        (b"[]", "object"),
    ],
)
def test_a_jws_without_a_key_names_nobody(document, why):
    with pytest.raises(Malformed, match=why):
        jws_signer_names(document, where="jws")


def test_a_jws_in_its_flattened_form_names_its_signer():
    raw = (
        base64.urlsafe_b64encode(edwards("bob").private.public_key().public_bytes_raw()).rstrip(b"=").decode()
    )
    header = f'{{"jwk": {{"kty": "OKP", "crv": "Ed25519", "x": "{raw}"}}}}'
    protected = base64.urlsafe_b64encode(header.encode()).rstrip(b"=")

    found = jws_signer_names(
        b'{"protected": "' + protected + b'", "payload": "", "signature": ""}', where="jws"
    )

    assert found == (edwards("bob").public.fingerprint,)


def test_pem_of_several_kinds_gives_all_keys_in_order():
    data = spki(BOB, Encoding.PEM) + cms(rsa_2048().private, Encoding.PEM) + armored(certificate(PRIMARY))

    assert [one.key.fingerprint for one in read_keys(data, where="file").keys] == [
        p256("bob").public.fingerprint,
        rsa_2048().public.fingerprint,
        edwards("bob").public.fingerprint,
    ]
