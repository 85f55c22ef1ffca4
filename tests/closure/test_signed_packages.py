"""Packages signed by other people's programs: we name the signer that program names.

The Android packages in vectors/ were made by apksigner 31.0.2 with the test keys of tests/core/keys.py, the
stamp on one with an RSA key that was thrown away, whose certificate is carol.crt. What `apksigner verify
--print-certs` printed of them is apksigner.txt.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from core.keys import p256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificate
from hypothesis import given, settings
from hypothesis import strategies as st
from keys.key_forms import fingerprint_by_hand, spki, x509_certificate
from keys.programs import gpg_home, run

from workstation.core.errors import Malformed
from workstation.core.key_readers.apk import apk_signer_names, idsig_signer_names
from workstation.review.artifact_signatures import artifact_signers
from workstation.review.ledger import Ledger
from workstation.review.limits import Limits
from workstation.review.source import BytesSource
from workstation.review.zip_reader import zip_entries

VECTORS = Path(__file__).with_name("vectors")
BOB, ALICE = p256("bob"), p256("alice")
CAROL = load_pem_x509_certificate((VECTORS / "carol.crt").read_bytes())
CAROL_NUMBERS = CAROL.public_key().public_numbers()
FINGERPRINTS = {
    hashlib.sha256(spki(BOB.private)).hexdigest(): fingerprint_by_hand(BOB.private),
    hashlib.sha256(spki(ALICE.private)).hexdigest(): fingerprint_by_hand(ALICE.private),
    hashlib.sha256(spki(CAROL)).hexdigest(): hashlib.sha256(
        f"countersign-key-v1\nrsa\n{CAROL_NUMBERS.n:x}\n{CAROL_NUMBERS.e:x}\n".encode()
    ).hexdigest(),
}
"""Our fingerprint of each key, by the digest apksigner gives of it."""

SPEC = """\
Name: pump
Version: 1
Release: 1
Summary: pump
License: MIT
BuildArch: noarch
%description
pump
%install
mkdir -p %{buildroot}/usr/share/pump
echo pump > %{buildroot}/usr/share/pump/pump
%files
/usr/share/pump/pump
"""
CONTROL = (
    "Package: pump\nVersion: 1\nArchitecture: all\nMaintainer: Bob <bob@example.org>\nDescription: pump\n"
)
POLICY = """\
<?xml version="1.0"?>
<!DOCTYPE Policy SYSTEM "https://www.debian.org/debsig/1.0/policy.dtd">
<Policy xmlns="https://www.debian.org/debsig/1.0/">
  <Origin Name="pump" id="{key}" Description="pump"/>
  <Selection><Required Type="origin" File="ring.gpg" id="{key}"/></Selection>
  <Verification MinOptional="0"><Required Type="origin" File="ring.gpg" id="{key}"/></Verification>
</Policy>
"""


def signers(name: str, data: bytes, *beside: str) -> list[tuple[str, str, str]]:
    found = artifact_signers(name, BytesSource(data), {name, *beside})
    return [(one.path, one.kind, one.signer) for one in found]


def named(data: bytes, name: str = "app.apk") -> set[str]:
    return {signer for _, _, signer in signers(name, data)}


# Debian and RPM packages ---------------------------------------------------------------------------


class Workshop:
    """A folder with a signing key in gpg, and the programs that make packages."""

    def __init__(self, here: Path, kind: str, **home: str) -> None:
        self.here, self.home = here, home
        self.gpg("--passphrase", "", "--quick-gen-key", "Bob <bob@example.org>", kind, "sign", "never")
        listed = self.gpg("--list-keys", "--with-colons")
        self.fingerprint = re.search(r"^fpr:+([0-9A-F]{40}):", listed, re.MULTILINE)[1]

    def run(self, *command: str) -> str:
        return run(self.here, *command, **self.home)

    def gpg(self, *words: str) -> str:
        return self.run("gpg", "--batch", "--quiet", *words)

    def deb(self) -> str:
        (self.here / "pump/DEBIAN").mkdir(parents=True)
        (self.here / "pump/DEBIAN/control").write_text(CONTROL)
        self.run("dpkg-deb", "--root-owner-group", "-b", "pump", "pump.deb")
        return "pump.deb"

    def rpm(self, *options: str) -> str:
        (self.here / "pump.spec").write_text(SPEC)
        top = f"_topdir {self.here}/top"
        self.run(
            "rpmbuild", "-bb", "--quiet", "--define", top, "--define", "__brp_compress true", "pump.spec"
        )
        (built,) = (self.here / "top/RPMS").glob("*/*.rpm")
        # The programs find gpg by a macro of their own.
        for macro in (
            f"_gpg_name {self.fingerprint}",
            f"_gpg_path {self.home['GNUPGHOME']}",
            f"__gpg {shutil.which('gpg')}",
        ):
            options = ("--define", macro, *options)
        self.run("rpmsign", *options, "--addsign", str(built))
        return str(built.relative_to(self.here))

    def data(self, name: str) -> bytes:
        return (self.here / name).read_bytes()


@pytest.fixture(params=["rsa2048", "ed25519"])
def workshop(request: pytest.FixtureRequest) -> Generator[Workshop]:
    with tempfile.TemporaryDirectory() as name, gpg_home(Path(name)) as home:
        yield Workshop(Path(name), request.param, **home)


def test_a_debian_package_names_whoever_debsigs_signed_it_as(workshop: Workshop) -> None:
    name = workshop.deb()
    workshop.run("debsigs", "--sign=origin", "-k", workshop.fingerprint, name)
    member = workshop.here / "origin.sig"
    member.write_bytes(
        subprocess.run(
            ["ar", "p", name, "_gpgorigin"], cwd=workshop.here, capture_output=True, check=True
        ).stdout
    )

    listed = workshop.gpg("--list-packets", "origin.sig")

    assert signers("pump.deb", workshop.data(name)) == [
        ("pump.deb!/_gpgorigin", "deb", f"openpgp:{workshop.fingerprint}")
    ]
    assert f"keyid {workshop.fingerprint[-16:]}" in listed


def test_debsig_verify_reads_the_signer_we_name(workshop: Workshop) -> None:
    name, key = workshop.deb(), workshop.fingerprint[-16:]
    workshop.run("debsigs", "--sign=origin", "-k", workshop.fingerprint, name)
    for folder in ("policies", "rings"):
        (workshop.here / folder / key).mkdir(parents=True)
    (workshop.here / "policies" / key / "pump.pol").write_text(POLICY.format(key=key))
    workshop.gpg("--output", f"rings/{key}/ring.gpg", "--export", workshop.fingerprint)

    # What it thinks of the digest depends on gpg's settings; whom it read depends on nothing.
    words = f"debsig-verify -d --policies-dir policies --keyrings-dir rings {name} || true"
    if not shutil.which("debsig-verify"):
        pytest.skip("debsig-verify is not installed")
    said = workshop.run("sh", "-c", words)

    assert f"getSigKeyID: got {workshop.fingerprint} for origin key" in said
    assert named(workshop.data(name), "pump.deb") == {f"openpgp:{workshop.fingerprint}"}


def test_every_signature_debsigs_adds_is_read(workshop: Workshop) -> None:
    name = workshop.deb()
    for role in ("origin", "maint", "archive"):
        workshop.run("debsigs", f"--sign={role}", "-k", workshop.fingerprint, name)

    found = signers("pump.deb", workshop.data(name))

    assert [path.rpartition("/")[2] for path, _, _ in found] == ["_gpgorigin", "_gpgmaint", "_gpgarchive"]
    assert {signer for _, _, signer in found} == {f"openpgp:{workshop.fingerprint}"}


@pytest.mark.parametrize(
    ("options", "tags"),
    [((), ["RSAHEADER", "DSAHEADER"]), (("--rpmv3",), ["RSAHEADER", "DSAHEADER", "SIGPGP", "SIGGPG"])],
    ids=["header", "header and payload"],
)
def test_an_rpm_names_whoever_rpm_says_signed_it(
    workshop: Workshop, options: tuple[str, ...], tags: list[str]
) -> None:
    name = workshop.rpm(*options)
    wanted = "".join(f"%{{{tag}:pgpsig}}\\n" for tag in tags)
    told = workshop.run("rpm", "-qp", "--nosignature", "--qf", wanted, name)
    theirs = re.findall(r"Key ID ([0-9a-f]{16})", told)

    found = signers("pump.rpm", workshop.data(name))

    assert len(theirs) == len(tags) // 2
    assert {key.upper() for key in theirs} == {workshop.fingerprint[-16:]}
    assert found == [("pump.rpm", "RPM", f"openpgp:{workshop.fingerprint}")] * len(theirs)


def test_an_rpm_nobody_signed_names_nobody(workshop: Workshop) -> None:
    name = workshop.rpm()
    workshop.run("rpmsign", "--delsign", name)

    assert signers("pump.rpm", workshop.data(name)) == []


def test_an_rpm_signed_in_a_way_to_come_blocks() -> None:
    # Signatures of its files (274, IMA; 276, fs-verity) and a tag no rpm has yet.
    for tag in (274, 276, 300):
        index = struct.pack(">IIII", tag, 8, 0, 1)
        header = b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", 1, 4) + index + b"abc\0"
        data = b"\xed\xab\xee\xdb\x03\x00" + bytes(90) + header

        ((_, kind, signer),) = signers("pump.rpm", data)

        assert (kind, signer[:8]) == ("RPM", "unnamed:")


# Android packages ----------------------------------------------------------------------------------


def printed_by_apksigner(name: str) -> set[str]:
    """Return the fingerprints of the keys whose digests apksigner printed."""
    lines = (VECTORS / "apksigner.txt").read_text("ascii").splitlines()
    return {FINGERPRINTS[line.rpartition(" ")[2]] for line in lines if line.startswith(f"{name}:")}


@pytest.mark.parametrize("name", ["once.apk", "twice.apk", "stamped.apk"])
def test_an_android_package_names_whom_apksigner_names(name: str) -> None:
    found = signers(name, (VECTORS / name).read_bytes())

    assert {signer for _, _, signer in found} == printed_by_apksigner(name)
    assert {(path, kind) for path, kind, _ in found} == {(name, "APK")}


def test_an_android_package_whose_key_was_rotated_names_both_who_signed_it() -> None:
    found = signers("rotated.apk", (VECTORS / "rotated.apk").read_bytes())

    # Older systems see bob in its JAR signature and scheme 2, newer ones alice in scheme 3.
    assert printed_by_apksigner("rotated.apk") == {ALICE.public.fingerprint}
    assert [(path, kind, signer) for path, kind, signer in found] == [
        ("rotated.apk!/META-INF/BOB.EC", "JAR", BOB.public.fingerprint),
        ("rotated.apk", "APK", BOB.public.fingerprint),
        ("rotated.apk", "APK", ALICE.public.fingerprint),
    ]


def test_the_signature_beside_an_android_package_names_its_signer() -> None:
    data = (VECTORS / "once.apk.idsig").read_bytes()

    assert signers("once.apk.idsig", data, "once.apk") == [
        ("once.apk.idsig", "detached signature", BOB.public.fingerprint)
    ]


def test_apksigner_and_we_name_the_same_signers_of_what_it_signs_now(tmp_path: Path) -> None:
    (tmp_path / "plain.apk").write_bytes(unsigned((VECTORS / "once.apk").read_bytes()))
    for name, key in {"bob": BOB, "alice": ALICE}.items():
        form = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / f"{name}.pk8").write_bytes(key.private.private_bytes(*form))
        (tmp_path / f"{name}.crt").write_bytes(
            x509_certificate(key.private, name=name).public_bytes(Encoding.PEM)
        )
    words = "--min-sdk-version 24 --v1-signing-enabled false --v3-signing-enabled false"
    keys = "--key bob.pk8 --cert bob.crt --next-signer --key alice.pk8 --cert alice.crt"

    run(tmp_path, "apksigner", "sign", *words.split(), *keys.split(), "--out", "app.apk", "plain.apk")
    printed = run(
        tmp_path, "apksigner", "verify", "-v", "--min-sdk-version", "24", "--print-certs", "app.apk"
    )

    theirs = re.findall(r"public key SHA-256 digest: ([0-9a-f]{64})", printed)
    assert named((tmp_path / "app.apk").read_bytes()) == {FINGERPRINTS[digest] for digest in theirs}
    assert len(theirs) == 2


def block(*pairs: tuple[int, bytes]) -> bytes:
    """Return a signing block of pairs of id and value."""
    inside = b"".join(struct.pack("<QI", len(value) + 4, scheme) + value for scheme, value in pairs)
    size = struct.pack("<Q", len(inside) + 24)
    return size + inside + size + b"APK Sig Block 42"


def unsigned(package: bytes) -> bytes:
    return with_block(package, b"")


def with_block(package: bytes, instead: bytes) -> bytes:
    """Return a package with something else where its signing block stands."""
    end = package.rindex(b"PK\5\6")
    (directory,) = struct.unpack_from("<I", package, end + 16)
    (size,) = struct.unpack_from("<Q", package, directory - 24)
    start = directory - size - 8 if package[:directory].endswith(b"APK Sig Block 42") else directory
    place = struct.pack("<I", start + len(instead))
    return package[:start] + instead + package[directory : end + 16] + place + package[end + 20 :]


PLAIN = unsigned((VECTORS / "once.apk").read_bytes())
EXTRA = (0x42726577, bytes(100)), (0x504B4453, b"dependencies")


def test_an_android_package_nobody_signed_names_nobody() -> None:
    assert named(PLAIN) == named(with_block(PLAIN, block(*EXTRA))) == set()


@pytest.mark.parametrize("scheme", [0x7109871A, 0xF05368C0, 0x1B93AD61, 0x6DFF800D, 0x2B09189E, 0x12345678])
@pytest.mark.parametrize(
    "value", [b"", b"\1", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\4\0\0\0\0\0\0\0", b"\0" * 64]
)
def test_a_signing_block_that_cannot_be_read_blocks(scheme: int, value: bytes) -> None:
    (signer,) = named(with_block(PLAIN, block(*EXTRA, (scheme, value))))

    assert signer.startswith("unnamed:")


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (block(*EXTRA)[:8] + b"\xff" * 8 + block(*EXTRA)[16:], "an entry of .* damaged"),
        (block(*EXTRA)[:8] + b"\3" + bytes(7) + block(*EXTRA)[16:], "an entry of .* damaged"),
        (b"\1" + block(*EXTRA)[1:], "two sizes"),
        (struct.pack("<Q", 1 << 40) + b"APK Sig Block 42", "larger than it can be"),
        (struct.pack("<Q", 23) + b"APK Sig Block 42", "larger than it can be"),
        (struct.pack("<Q", 30) + bytes(6) + struct.pack("<Q", 30) + b"APK Sig Block 42", "cut short"),
    ],
)
def test_a_damaged_signing_block_is_refused(damaged: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        named(with_block(PLAIN, damaged))


def test_a_signer_whose_key_is_not_that_of_its_certificate_is_named_with_both() -> None:
    package = (VECTORS / "once.apk").read_bytes()
    other = package.replace(spki(BOB.private), spki(ALICE.private))
    # In scheme 2 and 3 the key stands once in the certificate and once after the signatures.
    back = other.replace(spki(ALICE.private), spki(BOB.private), 1)

    assert named(package) == {BOB.public.fingerprint}
    assert named(other) == {ALICE.public.fingerprint}
    assert named(back) == {ALICE.public.fingerprint, BOB.public.fingerprint}


def test_a_signed_package_can_be_reviewed_and_its_block_is_no_lie(tmp_path: Path) -> None:
    ledgers = {name: Ledger(Limits()) for name in ("signed", "hidden")}
    package = (VECTORS / "once.apk").read_bytes()
    for name, data in (("signed", package), ("hidden", with_block(package, b"hidden" + block(*EXTRA)))):
        for entry in zip_entries(BytesSource(data), name, ledgers[name]):
            assert entry.name

    assert ledgers["signed"].findings == []
    assert [one.sentence for one in ledgers["hidden"].findings] == [
        "bytes no directory knows stand before the central directory"
    ]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["once.apk", "twice.apk", "rotated.apk", "stamped.apk"]), st.data())
def test_whatever_is_done_to_a_signing_block_it_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = bytearray((VECTORS / name).read_bytes())
    start = whole.index(b"\x1a\x87\x09\x71") - 16
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(start, start + 1500))] = data.draw(st.integers(0, 255))

    try:
        found = named(bytes(whole), name)
    except Malformed:
        return

    assert all(found)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_signature_or_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        apk_signer_names(struct.pack("<I", 0x7109871A) + data, where="app.apk")
    with pytest.raises(Malformed):
        idsig_signer_names(data, where="app.apk.idsig")
