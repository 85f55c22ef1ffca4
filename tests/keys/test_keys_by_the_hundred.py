"""Hundreds of keys, each read by us and by somebody else's parser: the numbers are the same.

Whoever reads beside us: openssl and asn1crypto (X.509), ssh-keygen and cryptography (SSH), gpg (OpenPGP,
primary keys and subkeys), asn1crypto (CMS), asn1crypto and OpenSC's pkcs11-tool (PKCS#11).
"""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import core as asn1_core
from asn1crypto import keys as asn1_keys
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from core.keys import p256
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_public_key,
    pkcs7,
)
from keys.openpgp_writer import PgpKey, bound, certificate
from keys.programs import gpg_home, run
from keys.test_keys_differential import fingerprint_by_asn1crypto
from token_fixtures import SOFTHSM

from hsm.link import TokenWorker
from hsm.module import ModulePath
from hsm.public import spki_of
from hsm.uri import TokenUri
from workstation.core.key_readers.cms import cms_keys
from workstation.core.key_readers.files import read_keys
from workstation.core.public_key import parse_spki

CA = p256("certification authority").private
DAY = datetime(2026, 1, 5, tzinfo=UTC)
CURVES = {"prime256v1": ec.SECP256R1(), "secp384r1": ec.SECP384R1()}
NAMES = {"prime256v1": "secp256r1", "secp384r1": "secp384r1"}


def fingerprint_of(*words: object) -> str:
    """Return the fingerprint as docs/spec/fingerprint.md writes it."""
    return hashlib.sha256(
        "".join(f"{word}\n" for word in ("countersign-key-v1", *words)).encode()
    ).hexdigest()


def of_point(curve: str, x: int, y: int) -> str:
    width = {"secp256r1": 64, "secp384r1": 96}[curve]
    return fingerprint_of("ec", curve, f"{x:0{width}x}", f"{y:0{width}x}")


def of_rsa(modulus: int, exponent: int) -> str:
    return fingerprint_of("rsa", f"{modulus:x}", f"{exponent:x}")


def of_public(key: Any) -> str:
    """Return the fingerprint of a key somebody else's parser has loaded."""
    match key:
        case ec.EllipticCurvePublicKey():
            numbers = key.public_numbers()
            return of_point(key.curve.name, numbers.x, numbers.y)
        case rsa.RSAPublicKey():
            numbers = key.public_numbers()
            return of_rsa(numbers.n, numbers.e)
        case ed25519.Ed25519PublicKey():
            return fingerprint_of("ed25519", key.public_bytes_raw().hex())
    raise AssertionError(key)


@cache
def private_keys(count: int) -> tuple[Any, ...]:
    """Return keys that are the same every time, of each curve in turn."""
    drawn = random.Random(20261120)
    made: list[Any] = []
    for number in range(count):
        seed = drawn.randbytes(32)
        if number % 3 == 2:
            made.append(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
        else:
            curve = (ec.SECP256R1(), ec.SECP384R1())[number % 3]
            made.append(ec.derive_private_key(int.from_bytes(seed, "big") >> 1, curve))
    return tuple(made)


@cache
def public_keys() -> tuple[Any, ...]:
    """Return three hundred public keys; nobody asks the RSA ones for their primes."""
    drawn = random.Random(20261121)
    sizes = [drawn.choice([2048, 2056, 3072, 4096]) for _ in range(90)]
    moduli = [drawn.getrandbits(size) | 1 << size - 1 | 1 for size in sizes]
    of_chance = [rsa.RSAPublicNumbers(drawn.choice([3, 17, 65537]), modulus) for modulus in moduli]
    return (*(key.public_key() for key in private_keys(210)), *(one.public_key() for one in of_chance))


@cache
def certificates() -> tuple[x509.Certificate, ...]:
    """Return a certificate for each of them; its serial number is its place."""
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")])
    return tuple(
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"holder {number}")]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(number + 1)
        .not_valid_before(DAY)
        .not_valid_after(DAY.replace(year=2036))
        .sign(CA, hashes.SHA256())
        for number, key in enumerate(public_keys())
    )


def ours(data: bytes) -> list[str]:
    return [found.key.fingerprint for found in read_keys(data, where="file").keys]


def test_the_keys_are_many_and_different() -> None:
    assert len({of_public(key) for key in public_keys()}) == 300


# X.509 -------------------------------------------------------------------------------------------


def test_asn1crypto_sees_the_same_keys_in_certificates() -> None:
    for made in certificates():
        der = made.public_bytes(Encoding.DER)

        assert ours(der) == [fingerprint_by_asn1crypto(asn1_x509.Certificate.load(der).public_key)]


def test_openssl_sees_the_same_keys_in_certificates(tmp_path: Path) -> None:
    (tmp_path / "all.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in certificates()))
    run(tmp_path, "openssl", "crl2pkcs7", "-nocrl", "-certfile", "all.pem", "-out", "all.p7")
    printed = run(tmp_path, "openssl", "pkcs7", "-print_certs", "-text", "-noout", "-in", "all.p7")

    theirs = {}
    for text in printed.split("Certificate:\n")[1:]:
        serial = int(re.search(r"Serial Number: (\d+)", text)[1])
        theirs[serial - 1] = of_openssl_text(text)

    assert theirs == {
        place: ours(one.public_bytes(Encoding.DER))[0] for place, one in enumerate(certificates())
    }


def of_openssl_text(text: str) -> str:
    """Return the fingerprint of the key openssl prints in a certificate."""
    if modulus := re.search(r"Modulus:\n((?:\s+[0-9a-f:]+\n)+)\s+Exponent: (\d+)", text):
        return of_rsa(int(re.sub(r"[\s:]", "", modulus[1]), 16), int(modulus[2]))
    point = re.sub(r"[\s:]", "", re.search(r"pub:\n((?:\s+[0-9a-f:]+\n)+)", text)[1])
    if "ED25519 Public-Key" in text:
        return fingerprint_of("ed25519", point)
    curve = NAMES[re.search(r"ASN1 OID: (\w+)", text)[1]]
    half = len(point) // 2 - 1
    return of_point(curve, int(point[2 : 2 + half], 16), int(point[2 + half :], 16))


# SSH ---------------------------------------------------------------------------------------------


def ssh_lines() -> list[bytes]:
    return [key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) for key in public_keys()]


def test_cryptography_sees_the_same_keys_in_ssh_lines() -> None:
    for line in ssh_lines():
        assert ours(line) == [of_public(load_ssh_public_key(line))]


def test_ssh_keygen_sees_the_same_keys_in_ssh_lines(tmp_path: Path) -> None:
    # It writes no Ed25519 key as PKCS#8.
    for line in [line for line in ssh_lines() if b"ed25519" not in line][::5]:
        (tmp_path / "key.pub").write_bytes(line)
        converted = run(tmp_path, "ssh-keygen", "-e", "-m", "PKCS8", "-f", "key.pub")

        _, _, der = asn1_pem.unarmor(converted.encode())
        assert ours(line) == [fingerprint_by_asn1crypto(asn1_keys.PublicKeyInfo.load(der))]


# OpenPGP -----------------------------------------------------------------------------------------


def test_gpg_sees_the_same_primary_keys_and_subkeys() -> None:
    privates = private_keys(180)
    pairs = [(PgpKey(one), PgpKey(other)) for one, other in zip(privates[:90], privates[90:], strict=True)]
    written = [certificate(one, bound(one, other, answered_by=other)) for one, other in pairs]
    with tempfile.TemporaryDirectory() as name, gpg_home(Path(name)) as home:
        (Path(name) / "all.pgp").write_bytes(b"".join(written))
        run(Path(name), "gpg", "--batch", "--quiet", "--import", "all.pgp", **home)
        listed = run(Path(name), "gpg", "--batch", "--list-keys", "--with-key-data", "--with-colons", **home)

    theirs = dict(of_gpg_listing(listed))

    assert len(theirs) == 180
    assert theirs == {
        found.alias: found.key.fingerprint for one in written for found in read_keys(one, where="cert").keys
    }


def of_gpg_listing(listed: str) -> list[tuple[str, str]]:
    """Return alias and fingerprint of every key gpg lists with its numbers (doc/DETAILS, record `pkd`)."""
    found = []
    for block in re.split(r"^(?=pub:|sub:)", listed, flags=re.MULTILINE)[1:]:
        alias = re.search(r"^fpr:+([0-9A-F]{40}):", block, re.MULTILINE)[1]
        (point,) = re.findall(r"^pkd:1:\d+:([0-9A-F]+):", block, re.MULTILINE)
        curve = block.split(":")[16]
        found.append((f"openpgp:{alias}", of_gpg_point(curve, point.lower())))
    return found


def of_gpg_point(curve: str, point: str) -> str:
    if curve == "ed25519":
        assert point.startswith("40")
        return fingerprint_of("ed25519", point[2:])
    half = len(point) // 2 - 1
    name = {"nistp256": "secp256r1", "nistp384": "secp384r1"}[curve]
    return of_point(name, int(point[2 : 2 + half], 16), int(point[2 + half :], 16))


# CMS ---------------------------------------------------------------------------------------------


def test_asn1crypto_sees_the_same_signers() -> None:
    drawn = random.Random(20261122)
    holders = [
        (private, one)
        for private, one in zip(private_keys(210), certificates(), strict=False)
        if isinstance(private, ec.EllipticCurvePrivateKey)
    ]
    for _ in range(100):
        several = drawn.sample(holders, 6)
        builder = pkcs7.PKCS7SignatureBuilder().set_data(b"signed")
        for private, one in several[: drawn.randint(1, 3)]:
            builder = builder.add_signer(one, private, hashes.SHA256())
        for _, bystander in several[3:]:
            builder = builder.add_certificate(bystander)
        data = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])

        found = [each.key.fingerprint for each in cms_keys(data, where="file").keys]

        assert sorted(found) == sorted(signers_by_asn1crypto(data))


def signers_by_asn1crypto(data: bytes) -> list[str]:
    signed = asn1_cms.ContentInfo.load(data)["content"]
    by_serial = {one.chosen.serial_number: one.chosen.public_key for one in signed["certificates"]}
    named = [info["sid"].chosen["serial_number"].native for info in signed["signer_infos"]]
    return [fingerprint_by_asn1crypto(by_serial[serial]) for serial in named]


# PKCS#11 -----------------------------------------------------------------------------------------


def shown_by_token(key: Any) -> dict[str, Any]:
    """Return a public key object's attributes, as asn1crypto encodes them (PKCS#11 3.1, section 6)."""
    found = asn1_keys.PublicKeyInfo.load(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    match found.algorithm:
        case "rsa":
            numbers = found["public_key"].parsed.native
            modulus, exponent = numbers["modulus"], numbers["public_exponent"]
            return {
                "kind": "RSA",
                "modulus": in_hex(modulus.to_bytes(-(-modulus.bit_length() // 8), "big")),
                "exponent": in_hex(exponent.to_bytes(-(-exponent.bit_length() // 8), "big")),
            }
        case "ec":
            kind, parameters = "EC", found["algorithm"]["parameters"].dump()
        case _:
            kind, parameters = "EC_EDWARDS", b"\x13\x0cedwards25519"
    point = asn1_core.OctetString(bytes(found["public_key"])).dump()
    return {"kind": kind, "parameters": in_hex(parameters), "point": in_hex(point)}


def in_hex(data: bytes) -> str:
    return data.hex()


def test_a_token_shows_the_same_keys_as_asn1crypto_wrote_there() -> None:
    for key in public_keys():
        spki = spki_of(None, shown_by_token(key))

        assert parse_spki(spki, where="token").fingerprint == of_public(key)


@pytest.mark.parametrize("kind", ["EC:prime256v1", "EC:secp384r1", "EC:edwards25519", "rsa:3072"])
def test_pkcs11_tool_reads_the_same_key_from_a_token(kind: str, tmp_path: Path) -> None:
    if not SOFTHSM.exists() or shutil.which("pkcs11-tool") is None:
        pytest.skip("SoftHSM or pkcs11-tool (OpenSC) is not installed")
    here = {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\n")
    pins = ("--pin", "1234", "--so-pin", "5678")
    run(tmp_path, "softhsm2-util", "--init-token", "--free", "--label", "one", *pins, **here)
    tool = ("pkcs11-tool", "--module", str(SOFTHSM), "--token-label", "one", "--pin", "1234")
    run(tmp_path, *tool, "--keypairgen", "--key-type", kind, "--id", "02", **here)
    listed = run(tmp_path, *tool, "--list-objects", "--type", "pubkey", "--id", "02", **here)
    if kind.startswith("rsa"):
        # It lists no modulus, and writes no key but this one and P-256 as SubjectPublicKeyInfo.
        run(tmp_path, *tool, "--read-object", "--type", "pubkey", "--id", "02", "-o", "theirs.der", **here)

    theirs = of_pkcs11_listing(kind, listed, tmp_path)

    assert read_by_us(tmp_path) == theirs


def of_pkcs11_listing(kind: str, listed: str, tmp_path: Path) -> str:
    """Return the fingerprint of the one key pkcs11-tool lists, or has written."""
    if kind.startswith("rsa"):
        return fingerprint_by_asn1crypto(asn1_keys.PublicKeyInfo.load((tmp_path / "theirs.der").read_bytes()))
    shown = bytes.fromhex(re.search(r"EC_POINT:\s+([0-9a-f]+)", listed)[1])
    point = asn1_core.OctetString.load(shown).native.hex()
    if "edwards" in kind:
        return fingerprint_of("ed25519", point)
    half = len(point) // 2 - 1
    return of_point(NAMES[kind.removeprefix("EC:")], int(point[2 : 2 + half], 16), int(point[2 + half :], 16))


def read_by_us(tmp_path: Path) -> str:
    """Return the fingerprint our own worker reads from the token."""
    environment = {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    with TokenWorker(ModulePath(path=SOFTHSM), environment=environment) as worker:
        candidate = worker.public_key(TokenUri.parse("pkcs11:token=one;id=%02"))
    return parse_spki(candidate.spki_der, where="token").fingerprint
