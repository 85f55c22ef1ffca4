"""Signatures in cabinets, scripts, modules, installers, macOS programs and XML are read, or they block."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from core.keys import p256, p384
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from keys.key_forms import cms, fingerprint_by_hand, x509_certificate
from keys.programs import run

from workstation.core.errors import Malformed
from workstation.review.artifact_signatures import artifact_signers
from workstation.review.source import BytesSource

BOB, CAROL = p256("bob").private, p384("carol").private
BOB_FINGERPRINT, CAROL_FINGERPRINT = fingerprint_by_hand(BOB), fingerprint_by_hand(CAROL)
CMS = cms(BOB)


def signers(name: str, data: bytes) -> list[tuple[str, str]]:
    return [(one.kind, one.signer) for one in artifact_signers(name, BytesSource(data), {name})]


def cabinet(data: bytes = b"hello\n") -> bytes:
    """Return a cabinet of one file, not packed (Microsoft's Cabinet Format)."""
    name = b"a.txt\0"
    files = 36 + 8
    begins = files + 16 + len(name)
    total = begins + 8 + len(data)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, total, 0, files, 0, 3, 1, 1, 1, 0, 0, 0)
    folder = struct.pack("<IHH", begins, 1, 0)
    file = struct.pack("<IIHHHH", len(data), 0, 0, 0x5A21, 0, 0x20) + name
    return head + folder + file + struct.pack("<IHH", 0, len(data), len(data)) + data


def reserving(reserved: bytes, flags: int = 4) -> bytes:
    """Return the head of a cabinet with something in its reserved part."""
    return struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, 99, 0, 44, 0, 3, 1, 1, 1, flags, 0, 0) + (
        struct.pack("<HBB", len(reserved), 0, 0) + reserved
    )


def appended(signature: bytes, length: int | None = None) -> bytes:
    """Return a module with a signature appended (Linux, include/linux/module_signature.h)."""
    info = struct.pack(">8BI", 0, 0, 2, 0, 0, 0, 0, 0, len(signature) if length is None else length)
    return b"\x7fELF module\n" + signature + info + b"~Module signature appended~\n"


def script(signature: bytes, comment: str = "#") -> bytes:
    text = base64.b64encode(signature).decode()
    lines = [
        "Begin signature block",
        *(text[at : at + 64] for at in range(0, len(text), 64)),
        "End signature block",
    ]
    return ("Write-Host hello\r\n" + "".join(f"SIG {comment} {line}\r\n" for line in lines)).encode()


def program(*blobs: tuple[int, bytes], magic: bytes = b"\xcf\xfa\xed\xfe") -> bytes:
    """Return a macOS program with one segment command and one for its code signature."""
    index, inside, place = b"", b"", 12 + 8 * len(blobs)
    for slot, content in blobs:
        index += struct.pack(">II", slot, place + len(inside))
        inside += struct.pack(">II", 0xFADE0B01, 8 + len(content)) + content
    signature = struct.pack(">III", 0xFADE0CC0, place + len(inside), len(blobs)) + index + inside
    header = 32 if magic == b"\xcf\xfa\xed\xfe" else 28
    commands = struct.pack("<II8x", 0x1B, 16) + struct.pack("<IIII", 0x1D, 16, header + 32, len(signature))
    return (magic + struct.pack("<12xII", 2, len(commands))).ljust(header, b"\0") + commands + signature


def fat(*programs: bytes, wide: bool = False) -> bytes:
    """Return programs for several processors in one file."""
    form = ">IIQQII" if wide else ">IIIII"
    place = 8 + len(programs) * struct.calcsize(form)
    listed, inside = b"", b""
    for one in programs:
        entry = (0, 0, place + len(inside), len(one), 0)
        listed += struct.pack(form, *entry, *((0,) if wide else ()))
        inside += one
    return (
        (b"\xca\xfe\xba\xbf" if wide else b"\xca\xfe\xba\xbe")
        + struct.pack(">I", len(programs))
        + listed
        + inside
    )


def zipped(name: str, data: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, data)
    return written.getvalue()


def keys_in(directory: Path) -> None:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (directory / "bob.pem").write_bytes(BOB.private_bytes(*form))
    (directory / "bob.crt").write_bytes(x509_certificate(BOB).public_bytes(Encoding.PEM))


def _signs_scripts() -> bool:
    found = re.search(r"osslsigncode ([0-9]+)[.]([0-9]+)", run(Path.cwd(), "osslsigncode", "--version"))
    return found is not None and (int(found[1]), int(found[2])) >= (2, 7)


@pytest.mark.parametrize(("name", "data"), [("app.cab", cabinet()), ("app.ps1", b"Write-Host hello\r\n")])
def test_what_osslsigncode_signs_names_its_signer(name: str, data: bytes, tmp_path: Path) -> None:
    if name.endswith(".ps1") and not _signs_scripts():
        pytest.skip("osslsigncode signs scripts since version 2.7")
    keys_in(tmp_path)
    (tmp_path / name).write_bytes(data)
    keys = ("-certs", "bob.crt", "-key", "bob.pem", "-h", "sha256")
    run(tmp_path, "osslsigncode", "sign", *keys, "-in", name, "-out", f"signed-{name}")

    assert signers(name, data) == []
    assert signers(name, (tmp_path / f"signed-{name}").read_bytes()) == [("Authenticode", BOB_FINGERPRINT)]


@pytest.mark.parametrize("certificate", [(), ("-nocerts",)], ids=["with its certificate", "as Linux does"])
def test_a_kernel_module_signed_by_openssl_names_its_signer(
    certificate: tuple[str, ...], tmp_path: Path
) -> None:
    keys_in(tmp_path)
    (tmp_path / "module").write_bytes(b"\x7fELF module\n")
    sign = ("openssl", "cms", "-sign", "-binary", "-noattr", "-signer", "bob.crt", "-inkey", "bob.pem")
    run(tmp_path, *sign, *certificate, "-in", "module", "-outform", "DER", "-out", "module.p7")

    ((kind, signer),) = signers("pump.ko", appended((tmp_path / "module.p7").read_bytes()))

    assert kind == "kernel module"
    assert signer.startswith("x509:") if certificate else signer == BOB_FINGERPRINT


@pytest.mark.parametrize("comment", ["#", "'", "//"])
def test_a_signed_script_names_its_signer_in_whatever_comments(comment: str) -> None:
    data = script(CMS, comment)

    assert signers("app.ps1", data) == [("Authenticode", BOB_FINGERPRINT)]
    assert signers("app.ps1", b"\xff\xfe" + data.decode().encode("utf-16-le")) == [
        ("Authenticode", BOB_FINGERPRINT)
    ]


@pytest.mark.parametrize("magic", [b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"])
def test_a_macos_program_names_its_signer(magic: bytes) -> None:
    data = program((0, b"code directory"), (0x10000, CMS), magic=magic)

    assert signers("app", data) == [("macOS", BOB_FINGERPRINT)]


@pytest.mark.parametrize("wide", [False, True])
def test_a_macos_program_for_several_processors_names_the_signer_of_each(wide: bool) -> None:
    data = fat(program((0x10000, CMS)), program((0, b"x"), (0x10000, cms(CAROL))), program(), wide=wide)

    assert signers("app", data) == [("macOS", BOB_FINGERPRINT), ("macOS", CAROL_FINGERPRINT)]


@pytest.mark.parametrize(
    "data",
    [
        program((0, b"code directory")),
        program((0x10000, b"")),  # the linker's own, "ad hoc"
        b"\xcf\xfa\xed\xfe" + bytes(28),
        b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(60),  # a Java class
        cabinet(),
        reserving(bytes(20)),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000),
        b"SIG # Begin signature block\r\n and nothing more",
        b"\x7fELF~Module signature appended~",
    ],
)
def test_what_nobody_signed_names_nobody(data: bytes) -> None:
    assert signers("app", data) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "app.msi",
            bytes.fromhex("d0cf11e0a1b11ae1")
            + bytes((1 << 20) - 12)
            + "\5DigitalSignature".encode("utf-16-le"),
        ),
        ("app.cab", reserving(b"signed in some other way")),
        ("app.cab", reserving(struct.pack("<IIIQ", 0, 0, 8, 0))),
        ("app.ko", appended(b"nonsense")),
        ("app.ps1", script(b"nonsense")),
        ("app", program((0x10000, b"nonsense"))),
        ("app.docx", zipped("_xmlsignatures/sig1.xml", b"<x/>")),
        ("app.vsix", zipped("package/services/digital-signature/xml-signature/a.psdsxs", b"<x/>")),
        ("app.odt", zipped("META-INF/documentsignatures.xml", b"<x/>")),
        ("app.msix", zipped("AppxSignature.p7x", b"PKCXnonsense")),
    ],
)
def test_a_signature_that_cannot_be_read_blocks(name: str, data: bytes) -> None:
    ((_, signer),) = signers(name, data)

    assert signer.startswith("unnamed:")


def test_an_app_package_names_its_signer() -> None:
    assert signers("app.msix", zipped("AppxSignature.p7x", b"PKCX" + CMS)) == [("Appx", BOB_FINGERPRINT)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"MSCF" + bytes(10), "the cabinet is cut short"),
        (appended(CMS, 0), "appended to the module is damaged"),
        (appended(CMS, 5000), "appended to the module is damaged"),
        (script(b"abc").replace(b"YWJj", b"YWJ"), "not base64"),
        (b"\xcf\xfa\xed\xfe" + bytes(12), "cut short"),
        (
            program((0x10000, CMS)).replace(struct.pack("<II", 0x1B, 16), struct.pack("<II", 0x1B, 4)),
            "load command",
        ),
        (
            program((0x10000, CMS)).replace(struct.pack("<II", 0x1B, 16), struct.pack("<II", 0x1B, 999)),
            "load command",
        ),
        (
            program((0x10000, CMS)).replace(b"\xfa\xde\x0c\xc0", b"\xfa\xde\x0c\xc1"),
            "code signature is damaged",
        ),
        (program((0x10000, CMS))[:-4].replace(b"\xfa\xde\x0b\x01\0\0", b"\xfa\xde\x0b\x01\xff\0"), "damaged"),
        (program((0x10000, CMS))[:70], "cut short"),
    ],
)
def test_a_damaged_file_of_such_a_kind_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        signers("app", data)


@given(
    st.sampled_from(
        [
            program((0x10000, CMS)),
            fat(program((0x10000, CMS))),
            appended(CMS),
            script(CMS),
            reserving(bytes(20)),
        ]
    ),
    st.data(),
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_done_to_such_a_file_it_is_read_or_refused(whole: bytes, data: st.DataObject) -> None:
    altered = bytearray(whole)
    for _ in range(3):
        altered[data.draw(st.integers(0, min(200, len(altered) - 1)))] = data.draw(st.integers(0, 255))

    with suppress(Malformed):
        assert all(signer for _, signer in signers("app", bytes(altered)))
