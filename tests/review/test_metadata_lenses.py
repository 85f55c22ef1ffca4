"""Certificates, signatures, images, pictures and package fields: read for what they mean."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import struct
from functools import lru_cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from review.archives import deb, diffed, metadata, rules, tar_of, wheel

from workstation.review.lenses.certificates import read_certificates
from workstation.review.lenses.near_names import near
from workstation.review.lenses.pictures import Picture, read_picture
from workstation.review.lenses.requirements import debian_requirements, npm_requirements, python_requirements
from workstation.review.lenses.signers import signers_of

OLD, NEW = "demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"
DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@lru_cache
def certificate(name: str, *, authority: bool) -> x509.Certificate:
    key = ec.derive_private_key(7 + len(name), ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key())
    builder = builder.serial_number(5).not_valid_before(DAY).not_valid_after(DAY + dt.timedelta(days=9))
    constraints = x509.BasicConstraints(ca=authority, path_length=None)
    return builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


def pem(name: str, *, authority: bool = True) -> bytes:
    return certificate(name, authority=authority).public_bytes(Encoding.PEM)


def test_trust_anchors_that_came_and_went_are_named() -> None:
    diff = diffed({"ca.pem": pem("Alpha") + pem("Beta")}, {"ca.pem": pem("Beta") + pem("Gamma")})

    (finding,) = [one for one in diff.findings if one.rule == "DIFF-TRUST-ANCHOR"]
    assert finding.rank == 68
    assert "an authority is trusted or shown now: CN=Gamma" in finding.sentence
    assert "an authority is gone: CN=Alpha" in finding.sentence
    assert "Beta" not in finding.sentence


def test_a_certificate_file_removed_takes_its_anchor_with_it() -> None:
    diff = diffed({"a.tar": tar_of({"x": b"1", "ca.crt": pem("Alpha")})}, {"a.tar": tar_of({"x": b"1"})})

    assert ("DIFF-TRUST-ANCHOR", 68, "ca.crt") in rules(diff)


@pytest.mark.parametrize("path", ["demo.pem", "tests/demo.pem"])
def test_a_certificate_that_is_no_authority_or_is_for_tests_ranks_lower(path: str) -> None:
    text = pem("Leaf", authority=path.startswith("tests"))

    assert ("DIFF-CERTIFICATE", 44, path) in rules(diffed({path: b"none\n"}, {path: text}))


def test_the_same_certificates_spelled_otherwise_are_no_change() -> None:
    diff = diffed({"ca.pem": pem("Alpha")}, {"ca.pem": b"# a comment\n" + pem("Alpha")})

    assert not {rule for rule, _, _ in rules(diff)} & {"DIFF-TRUST-ANCHOR", "DIFF-CERTIFICATE"}


def test_der_and_pem_are_the_same_certificate_and_damage_is_none() -> None:
    one = certificate("Alpha", authority=True)
    der = one.public_bytes(Encoding.DER)

    assert read_certificates(der) == read_certificates(one.public_bytes(Encoding.PEM))
    assert read_certificates(der[:-5]) == ()


SIGNATURE = """-----BEGIN PGP SIGNATURE-----

{}
-----END PGP SIGNATURE-----
"""


def signed_by(key_id: bytes) -> bytes:
    """Write a text with a version 3 signature packet (RFC 9580, 5.2.2) that names `key_id`."""
    body = b"\x03\x05\x00" + b"\0" * 4 + key_id + b"\x01\x08" + b"\0\0" + b"\x00\x08\xff"
    packet = bytes([0xC2, len(body)]) + body
    return b"text\n" + SIGNATURE.format(base64.b64encode(packet).decode()).encode()


def test_a_text_signed_by_somebody_else_is_found_and_by_the_same_is_not() -> None:
    one, other = signed_by(b"\1" * 8), signed_by(b"\2" * 8)

    assert ("DIFF-SIGNER", 95, "x.dsc") in rules(diffed({"x.dsc": one}, {"x.dsc": other}))
    assert ("DIFF-SIGNER", 95, "x.dsc") in rules(diffed({"x.dsc": one}, {"x.dsc": b"text\n"}))
    assert "DIFF-SIGNER" not in {rule for rule, _, _ in rules(diffed({"x.dsc": one}, {"x.dsc": one + b"\n"}))}


def test_a_signature_that_cannot_be_read_is_nobody_we_know() -> None:
    assert signers_of(b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n") == (
        "unreadable",
    )
    assert signers_of(b"no signature") == ()


def image(**config: object) -> bytes:
    return json.dumps({"architecture": "amd64", "config": config, "rootfs": {"type": "layers"}}).encode()


@pytest.mark.parametrize(
    ("old", "new", "rank"),
    [
        ({"User": "1000"}, {"User": "0:0"}, 88),
        ({"User": "1000"}, {"User": "1001"}, 85),
        ({"Env": ["A=1"]}, {"Env": ["A=1", "LD_PRELOAD=/x.so"]}, 88),
        ({"Env": ["A=1"]}, {"Env": ["A=2"]}, 55),
        ({"Entrypoint": ["/app"]}, {"Entrypoint": ["/bin/sh"]}, 85),
        ({}, {"ExposedPorts": {"22/tcp": {}}}, 55),
    ],
)
def test_an_image_that_starts_otherwise_is_found(
    old: dict[str, object], new: dict[str, object], rank: int
) -> None:
    assert ("DIFF-IMAGE-CONFIG", rank, "config.json") in rules(
        diffed({"config.json": image(**old)}, {"config.json": image(**new)})
    )


def test_an_image_whose_history_alone_changed_starts_as_before() -> None:
    one = json.loads(image(User="1000"))
    other = {**one, "created": "2026-01-01T00:00:00Z"}

    found = diffed({"c.json": json.dumps(one).encode()}, {"c.json": json.dumps(other).encode()})
    assert "DIFF-IMAGE-CONFIG" not in {rule for rule, _, _ in rules(found)}


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\0" * 9


def test_a_picture_is_told_by_its_size_and_a_false_one_is_found() -> None:
    true = diffed({"a.png": png(8, 8)}, {"a.png": png(16, 9)})
    false = diffed({"a.png": png(8, 8)}, {"a.png": b"MZ\0\0payload" * 9})

    assert rules(true) == {("DIFF-PICTURE", 6, "a.png")}
    assert [(one.old, one.new) for one in true.changes[0].facts] == [("PNG 8 x 8", "PNG 16 x 9")]
    assert ("DIFF-NO-PICTURE", 57, "a.png") in rules(false)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"GIF89a" + struct.pack("<HH", 3, 4), Picture(format="GIF", width=3, height=4)),
        (
            b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08" + struct.pack(">HH", 4, 3) + b"\1",
            Picture(format="JPEG", width=3, height=4),
        ),
        (
            b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x02\0\0\x03\0\0",
            Picture(format="WebP", width=3, height=4),
        ),
        (png(3, 4)[:14], None),
        (b"\xff\xd8\xff\xe0\0", None),
        (b"\xff\xd8\xffxx", None),
    ],
)
def test_pictures_say_their_size_in_their_headers(data: bytes, wanted: Picture | None) -> None:
    assert read_picture(data) == wanted


def test_requirements_that_mean_the_same_are_the_same() -> None:
    one = list(python_requirements(["PySocks (!=1.5.7,>=1.5.6) ; extra == 'socks_x'", "a[b, c]>=1"]))
    other = list(python_requirements(['pysocks >=1.5.6, !=1.5.7; extra == "socks-x"', "a[b,c] (>=1)"]))

    assert one == other
    assert one[0].optional


def test_debian_and_npm_requirements_are_read() -> None:
    debian = [
        one.shown() for one in debian_requirements({"Depends": "libc6 (>= 2.3), a | b", "Recommends": "c"})
    ]
    npm = [
        one.shown()
        for one in npm_requirements({"dependencies": {"ms": "^2"}, "peerDependencies": {"x": "*"}})
    ]

    assert debian == ["libc6 >=2.3", "a", "b", "c (Recommends)"]
    assert npm == ["ms ^2", "x * (peerDependencies)"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("reqeusts", "requests"),
        ("lodahs", "lodash"),
        ("urlib3", "urllib3"),
        ("crypt0graphy", "cryptography"),
        ("requests", None),
        ("ms", None),
        ("own-package", None),
    ],
)
def test_a_name_one_slip_from_a_well_known_one_is_near(name: str, wanted: str | None) -> None:
    assert near(name) == wanted


def test_a_dependency_with_a_near_name_ranks_above_others() -> None:
    old, new = wheel("demo", "1.0", {}), wheel("demo", "1.1", {}, requires=("reqeusts",))

    (finding,) = [one for one in diffed({OLD: old}, {NEW: new}).findings if one.rule == "DIFF-DEPENDENCY"]
    assert finding.rank == 94
    assert "one letter away from requests" in finding.sentence
    assert finding.evidence[0].shown == "reqeusts"


def test_publisher_licence_and_other_fields_of_a_wheel_are_told() -> None:
    def info(version: str, author: str, licence: str) -> bytes:
        plain = metadata("demo", version).decode()
        return plain.replace("\n\n", f"\nAuthor: {author}\nLicense: {licence}\n\n", 1).encode()

    old = wheel("demo", "1.0", {}, info=info("1.0", "Ann", "MIT"))
    new = wheel("demo", "1.1", {}, info=info("1.1", "Eve", "GPL"))
    found = rules(diffed({OLD: old}, {NEW: new}))

    name = "demo-1.1.dist-info/METADATA".rpartition("!/")[2]
    assert {("DIFF-PUBLISHER", 46, name), ("DIFF-LICENCE", 45, name)} <= found


def test_a_deb_that_another_maintains_or_that_tells_apt_otherwise_is_found() -> None:
    old = deb({"control": b"Package: x\nMaintainer: Ann\n", "templates": b"a\n"}, tar_of({"x": b"1"}))
    new = deb({"control": b"Package: x\nMaintainer: Eve\n", "templates": b"b\n"}, tar_of({"x": b"1"}))

    assert {("DIFF-PUBLISHER", 48, "control"), ("DIFF-CONTROL-FILE", 34, "templates")} <= rules(
        diffed({"x_1.0_all.deb": old}, {"x_1.1_all.deb": new})
    )


def test_an_npm_package_with_other_programs_and_authors_is_found() -> None:
    def package(**fields: object) -> bytes:
        return gzip.compress(tar_of({"package/package.json": json.dumps(fields).encode()}))

    old, new = package(author="Ann", bin="a.js"), package(author="Eve", bin="b.js")
    found = rules(diffed({"x-1.0.0.tgz": old}, {"x-1.0.1.tgz": new}))

    name = "package/package.json"
    assert {("DIFF-PUBLISHER", 46, name), ("DIFF-METADATA-FIELD", 44, name)} <= found


def test_a_script_that_is_gone_is_found() -> None:
    def package(**scripts: str) -> bytes:
        return gzip.compress(tar_of({"package/package.json": json.dumps({"scripts": scripts}).encode()}))

    found = rules(diffed({"x-1.0.0.tgz": package(lint="x")}, {"x-1.0.1.tgz": package()}))

    assert ("DIFF-SCRIPT", 30, "package/package.json") in found


def test_what_is_in_a_compressed_file_goes_by_its_name() -> None:
    def release(line: bytes) -> bytes:
        return tar_of({"changelog.gz": gzip.compress(b"x\n" + line, mtime=0)})

    found = {rule for rule, _, _ in rules(diffed({"a.tar": release(b"")}, {"a.tar": release(b"a\x01b\n")}))}

    assert "DIFF-CONTROL-PROSE" in found
    assert "DIFF-CONTROL" not in found
