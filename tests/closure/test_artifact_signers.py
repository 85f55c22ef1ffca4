"""Whoever signed an artifact itself had a hand in it; who signed what is packed inside did not."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
from contextlib import suppress
from dataclasses import dataclass

import pytest
from closure.closure_world import after
from core.documents import KEYS, credential
from core.keys import edwards, p256, p384, rsa_2048
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from hypothesis import given, settings
from hypothesis import strategies as st
from keys.key_forms import cms, fingerprint_by_hand, sshsig, x509_certificate
from keys.openpgp_writer import PgpKey, armored, packet
from keys.programs import run

from workstation.core.artifact_signer import ArtifactSigner, read_artifact_signer
from workstation.core.errors import Malformed
from workstation.core.shape import Shape
from workstation.review.artifact_signatures import artifact_signers
from workstation.review.prepare import NamedFile
from workstation.review.prepare import artifact_signers as asked_of_child
from workstation.review.source import BytesSource
from workstation.review.unwalled import artifact_signers_in_process

BOB = p256("bob").private
BOB_FINGERPRINT = fingerprint_by_hand(BOB)
PGP = PgpKey(edwards("pgp").private)
PGP_SIGNATURE = packet(2, PGP.sign(0, b"document"))


def signers(name: str, data: bytes, *beside: str) -> list[tuple[str, str, str]]:
    found = artifact_signers(name, BytesSource(data), {name, *beside})
    return [(one.path, one.kind, one.signer) for one in found]


def zipped(**members: bytes) -> bytes:
    """Return a zip archive of members whose names have `__` for a slash and `_dot_` for a dot."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return written.getvalue()


def ar(**members: bytes) -> bytes:
    parts = [b"!<arch>\n"]
    for name, data in members.items():
        parts.append(f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode())
        parts.append(data + b"\n" * (len(data) % 2))
    return b"".join(parts)


def rpm(*entries: tuple[int, int, bytes]) -> bytes:
    """Return the lead and signature header of an RPM: entries are tag, type and value."""
    index, store = b"", b""
    for tag, kind, value in entries:
        index += struct.pack(">IIII", tag, kind, len(store), len(value) if kind == 7 else 1)
        store += value
    lead = b"\xed\xab\xee\xdb\x03\x00" + bytes(90)
    return (
        lead + b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", len(entries), len(store)) + index + store
    )


def pe(*certificates: bytes, magic: int = 0x20B, directories: int = 16) -> bytes:
    """Return the smallest program with a table of certificates."""
    table = b""
    for one in certificates:
        padded = one + bytes(-(len(one) + 8) % 8)
        table += struct.pack("<IHH", len(padded) + 8, 0x200, 2) + padded
    optional = bytearray(112 + 8 * 16 if magic == 0x20B else 96 + 8 * 16)
    optional[:2] = magic.to_bytes(2, "little")
    counted = 108 if magic == 0x20B else 92
    optional[counted : counted + 4] = directories.to_bytes(4, "little")
    place = 0x80 + 24 + len(optional)
    optional[counted + 4 + 32 : counted + 4 + 40] = (
        struct.pack("<II", place, len(table)) if table else bytes(8)
    )
    head = b"MZ" + bytes(58) + (0x80).to_bytes(4, "little") + bytes(64)
    return head + b"PE\0\0" + bytes(20) + bytes(optional) + table


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jws(*headers: dict[str, object]) -> bytes:
    listed = [{"protected": b64url(json.dumps(one).encode()), "signature": "AAAA"} for one in headers]
    return json.dumps({"payload": "AAAA", "signatures": listed}).encode()


def jwk(private) -> dict[str, object]:
    numbers = private.public_key().public_numbers()
    if hasattr(numbers, "n"):
        sizes = {"n": (numbers.n, 256), "e": (numbers.e, 3)}
        return {"kty": "RSA"} | {
            name: b64url(value.to_bytes(size, "big")) for name, (value, size) in sizes.items()
        }
    size, curve = private.key_size // 8, {256: "P-256", 384: "P-384"}[private.key_size]
    return {
        "kty": "EC",
        "crv": curve,
        "x": b64url(numbers.x.to_bytes(size, "big")),
        "y": b64url(numbers.y.to_bytes(size, "big")),
    }


@pytest.mark.parametrize("member", ["META-INF/BOB.EC", "META-INF/B.RSA", "META-INF/x.DSA", "meta-inf/bob.ec"])
def test_a_jar_names_its_signer(member):
    data = zipped(**{"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", member: cms(BOB), "A.class": b"x"})

    assert signers("app.jar", data) == [(f"app.jar!/{member}", "JAR", BOB_FINGERPRINT)]


@pytest.mark.parametrize(
    ("header", "fingerprint"),
    [
        ({"alg": "ES256", "jwk": jwk(BOB)}, BOB_FINGERPRINT),
        ({"alg": "ES384", "jwk": jwk(p384("bob").private)}, p384("bob").public.fingerprint),
        ({"alg": "PS256", "jwk": jwk(rsa_2048().private)}, rsa_2048().public.fingerprint),
        (
            {
                "jwk": {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "x": b64url(edwards("bob").private.public_key().public_bytes_raw()),
                }
            },
            edwards("bob").public.fingerprint,
        ),
        (
            {
                "alg": "Ed25519",
                "jwk": {
                    "kty": "Ed25519",
                    "vk": b64url(edwards("bob").private.public_key().public_bytes_raw()),
                },
            },
            edwards("bob").public.fingerprint,
        ),
        (
            {"x5c": [base64.b64encode(x509_certificate(BOB).public_bytes(Encoding.DER)).decode()]},
            BOB_FINGERPRINT,
        ),
    ],
    ids=["p256", "p384", "rsa", "ed25519", "ed25519 of old", "certificate"],
)
def test_a_wheel_names_its_signer(header, fingerprint):
    data = zipped(**{"app-1.dist-info/RECORD": b"", "app-1.dist-info/RECORD.jws": jws(header)})

    assert signers("app-1-py3-none-any.whl", data) == [
        ("app-1-py3-none-any.whl!/app-1.dist-info/RECORD.jws", "wheel", fingerprint)
    ]


def test_a_wheel_signed_twice_names_both():
    data = zipped(
        **{
            "app-1.dist-info/RECORD.jws": jws({"jwk": jwk(BOB)}, {"jwk": jwk(p256("alice").private)}),
            "app-1.dist-info/RECORD.p7s": cms(p384("carol").private),
        }
    )

    assert {signer for _, _, signer in signers("app.whl", data)} == {
        key.public.fingerprint for key in (p256("bob"), p256("alice"), p384("carol"))
    }


@pytest.mark.parametrize("member", ["_gpgorigin", "_gpgmaint", "_gpgbuilder"])
@pytest.mark.parametrize("form", [PGP_SIGNATURE, armored(PGP_SIGNATURE, "SIGNATURE")])
def test_a_deb_names_its_signers(member, form):
    data = ar(**{"debian-binary": b"2.0\n", "control.tar": b"x", "data.tar": b"y", member: form})

    assert signers("app.deb", data) == [(f"app.deb!/{member}", "deb", PGP.alias)]


@pytest.mark.parametrize(
    "entry",
    [
        (267, 7, PGP_SIGNATURE),
        (268, 7, PGP_SIGNATURE),
        (1002, 7, PGP_SIGNATURE),
        (1005, 7, PGP_SIGNATURE),
        (278, 8, base64.b64encode(PGP_SIGNATURE) + b"\0"),
    ],
)
def test_an_rpm_names_its_signer(entry):
    assert signers("app.rpm", rpm((1000, 4, bytes(4)), entry)) == [("app.rpm", "RPM", PGP.alias)]


@pytest.mark.parametrize("magic", [0x10B, 0x20B])
def test_a_windows_program_names_every_signer(magic):
    data = pe(cms(BOB), cms(p384("carol").private), magic=magic)

    assert signers("app.exe", data) == [
        ("app.exe", "Authenticode", BOB_FINGERPRINT),
        ("app.exe", "Authenticode", p384("carol").public.fingerprint),
    ]


@pytest.mark.parametrize(
    ("ending", "signature", "signer"),
    [
        ("asc", armored(PGP_SIGNATURE, "SIGNATURE"), PGP.alias),
        ("sig", PGP_SIGNATURE, PGP.alias),
        ("gpg", PGP_SIGNATURE, PGP.alias),
        ("sig", sshsig(BOB), BOB_FINGERPRINT),
        ("p7s", cms(BOB), BOB_FINGERPRINT),
        ("p7s", cms(BOB, Encoding.PEM), BOB_FINGERPRINT),
        ("jws", jws({"jwk": jwk(BOB)}), BOB_FINGERPRINT),
    ],
)
def test_a_signature_beside_an_artifact_names_its_signer(ending, signature, signer):
    name = f"app.tar.gz.{ending}"

    assert signers(name, signature, "app.tar.gz") == [(name, "detached signature", signer)]


@pytest.mark.parametrize("signature", [armored(PGP_SIGNATURE, "SIGNATURE"), sshsig(BOB)])
def test_an_armored_signature_counts_whatever_it_is_called(signature):
    assert len(signers("notes.txt", signature)) == 1


def test_a_cleartext_signed_list_names_its_signer():
    text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- -----BEGIN PGP SIGNATURE-----\nabc  app\n"

    found = signers("SHA256SUMS", text + armored(PGP_SIGNATURE, "SIGNATURE"))

    assert found == [("SHA256SUMS", "cleartext signature", PGP.alias)]


@pytest.mark.parametrize(
    ("name", "data", "beside"),
    [
        ("app.tar.gz.sig", b"MEUCIQDx/cosign", ["app.tar.gz"]),
        ("app.tar.gz.minisig", b"untrusted comment: x\nRWQ=\n", ["app.tar.gz"]),
        ("app.tar.gz.asc", b"", ["app.tar.gz"]),
        ("app.jar", zipped(**{"META-INF/BOB.RSA": b"nonsense"}), []),
        ("app.jar", zipped(**{"META-INF/SIG-BOB": b"nonsense"}), []),
        ("app.whl", zipped(**{"a.dist-info/RECORD.jws": jws({"kid": "bob@example.org"})}), []),
        ("app.whl", zipped(**{"a.dist-info/RECORD.jws": jws({"jwk": {"kty": "oct", "k": "AAAA"}})}), []),
        ("app.whl", zipped(**{"a.dist-info/RECORD.jws": jws({"jwk": jwk(BOB) | {"x": "AAAA"}})}), []),
        ("app.deb", ar(_gpgorigin=b"\xc2\x00"), []),
        ("app.rpm", rpm((268, 7, b"nonsense")), []),
        ("app.exe", pe(b"0\x03nonsense"), []),
    ],
)
def test_a_signature_that_names_nobody_is_kept_under_a_name_nobody_has(name, data, beside):
    ((_, _, signer),) = signers(name, data, *beside)

    assert signer.startswith("unnamed:")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("app.tar.gz", b"\x1f\x8b nothing signed"),
        ("app.jar", zipped(**{"A.class": b"x"})),
        ("fat.jar", zipped(**{"lib/inner.jar": zipped(**{"META-INF/UPSTREAM.RSA": cms(BOB)})})),
        ("fat.jar", zipped(**{"BOOT-INF/META-INF/UPSTREAM.RSA": cms(BOB)})),
        ("app.whl", zipped(**{"app/vendored/a.dist-info/RECORD.jws": jws({"jwk": jwk(BOB)})})),
        ("app.deb", ar(**{"debian-binary": b"2.0\n"})),
        ("app.rpm", rpm((1000, 4, bytes(4)))),
        ("app.exe", pe()),
        ("app.exe", pe(cms(BOB), directories=4)),
        ("dos.exe", b"MZ" + bytes(100)),
        ("key.asc", armored(PGP.body)),
        ("app.sig", b"a file that is called so"),
        ("empty", b""),
    ],
)
def test_what_is_not_signed_itself_names_nobody(name, data):
    assert signers(name, data) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("app.jar", zipped(a=b"x")[:-5]),
        ("app.deb", ar(a=b"xyz")[:-2]),
        ("app.deb", ar(_gpgorigin=PGP_SIGNATURE).replace(b"100644  ", b"100644 0")),
        ("app.rpm", rpm((268, 7, PGP_SIGNATURE))[:-5]),
        ("app.rpm", rpm((268, 6, PGP_SIGNATURE))),
        ("app.rpm", rpm((278, 8, b"!\0"))),
        ("app.rpm", b"\xed\xab\xee\xdb" + bytes(200)),
        ("app.rpm", rpm()[:96] + b"\x8e\xad\xe8\x01" + bytes(4) + b"\xff" * 8),
        ("app.exe", pe(cms(BOB))[:-20]),
        (
            "app.exe",
            pe(cms(BOB))
            .replace(struct.pack("<HH", 0x200, 2), struct.pack("<HH", 2, 2))
            .replace(b"MZ", b"MZ"),
        ),
    ],
)
def test_a_damaged_artifact_is_refused_or_read_alike_and_never_a_defect(name, data):
    with suppress(Malformed):
        assert len(signers(name, data)) == 1


@given(st.sampled_from([rpm((268, 7, PGP_SIGNATURE)), pe(cms(BOB)), ar(_gpgorigin=PGP_SIGNATURE)]), st.data())
@settings(max_examples=100, deadline=None)
def test_whatever_is_done_to_an_artifact_is_no_defect(whole, data):
    altered = bytearray(whole)
    for _ in range(3):
        altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))

    with suppress(Malformed):
        assert all(signer for _, _, signer in signers("artifact", bytes(altered)))


@dataclass(frozen=True)
class Stored:
    """A key store for jarsigner and osslsigncode."""

    password: str = "changeit"

    def written(self, directory, private) -> str:
        data = serialize_key_and_certificates(
            b"bob", private, x509_certificate(private), None, BestAvailableEncryption(self.password.encode())
        )
        (directory / "store.p12").write_bytes(data)
        return "store.p12"


def test_jarsigner_jars_name_their_signer(tmp_path):
    (tmp_path / "app.jar").write_bytes(
        zipped(**{"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n\n", "A": b"x"})
    )
    store = Stored().written(tmp_path, rsa_2048().private)
    run(
        tmp_path,
        "jarsigner",
        "-keystore",
        store,
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
        "app.jar",
        "bob",
    )

    found = signers("app.jar", (tmp_path / "app.jar").read_bytes())

    assert found == [("app.jar!/META-INF/BOB.RSA", "JAR", rsa_2048().public.fingerprint)]


def test_osslsigncode_programs_name_their_signers_nested_ones_too(tmp_path):
    (tmp_path / "app.exe").write_bytes(pe() + bytes(512))
    sign = ("osslsigncode", "sign", "-pkcs12", "store.p12", "-pass", "changeit", "-h", "sha256")
    Stored().written(tmp_path, BOB)
    run(tmp_path, *sign, "-in", "app.exe", "-out", "once.exe")
    Stored().written(tmp_path, p384("carol").private)
    run(tmp_path, *sign, "-nest", "-in", "once.exe", "-out", "twice.exe")

    once, twice = (signers(name, (tmp_path / name).read_bytes()) for name in ("once.exe", "twice.exe"))

    assert [signer for _, _, signer in once] == [BOB_FINGERPRINT]
    assert {signer for _, _, signer in twice} == {BOB_FINGERPRINT, p384("carol").public.fingerprint}


def test_the_locked_child_tells_who_signed_every_artifact(tmp_path):
    files = {
        "app.jar": zipped(**{"META-INF/BOB.EC": cms(BOB)}),
        "app.jar.asc": armored(PGP_SIGNATURE, "SIGNATURE"),
        "broken.jar": zipped(a=b"x")[:-5],
        "plain.txt": b"hello\n",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    named = [NamedFile(name=name, path=tmp_path / name) for name in files]

    found = asked_of_child(named)

    assert found == asked_of_child(named[::-1])
    assert found == artifact_signers_in_process(named)
    assert found == (
        ArtifactSigner("app.jar!/META-INF/BOB.EC", "JAR", BOB_FINGERPRINT),
        ArtifactSigner("app.jar.asc", "detached signature", PGP.alias),
        ArtifactSigner("broken.jar", "damaged", "unnamed:damaged"),
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("app.jar", zipped(**{"META-INF/BOB.EC": cms(p256("alice").private)})),
        ("app.whl", zipped(**{"a.dist-info/RECORD.jws": jws({"jwk": jwk(p256("alice").private)})})),
        ("app.exe", pe(cms(p256("alice").private))),
        ("app.deb", ar(_gpgorigin=sshsig(p256("alice").private))),
        ("app.sig", sshsig(p256("alice").private)),
    ],
)
def test_a_signer_of_an_artifact_is_a_builder(name, data):
    enrolled = credential(KEYS["alice"], "evidence")
    found = after(
        lambda closure: closure.person("alice").update(credentials=[enrolled]),
        lambda closure: setattr(
            closure, "artifact_signers", tuple(artifact_signers(name, BytesSource(data), {name}))
        ),
    )

    ((path, kind, _),) = signers(name, data)
    assert found.why("alice") == [f"alice ← signed artifact {path} ({kind})"]


def test_an_artifact_signed_by_nobody_known_blocks():
    unnamed = ArtifactSigner("app.jar", "damaged", "unnamed:damaged")
    found = after(lambda closure: setattr(closure, "artifact_signers", (unnamed,)))

    assert found.unresolved() == ["account unnamed:damaged ← signed artifact app.jar (damaged)"]


def test_a_program_with_very_many_certificates_is_refused():
    with pytest.raises(Malformed, match="more than 64"):
        signers("app.exe", pe(*[cms(BOB)] * 65))


def test_other_entries_of_a_programs_table_are_no_signatures():
    data = pe(cms(BOB)).replace(struct.pack("<HH", 0x200, 2), struct.pack("<HH", 0x200, 1))

    assert signers("app.exe", data) == []


def test_an_rpm_signature_that_runs_past_its_header_is_refused():
    whole = rpm((268, 7, PGP_SIGNATURE))
    count = struct.pack(">I", len(PGP_SIGNATURE))

    with pytest.raises(Malformed, match="cut short"):
        signers("app.rpm", whole.replace(count, struct.pack(">I", len(PGP_SIGNATURE) + 1), 1))


def test_what_the_child_answers_is_read_back_as_it_was():
    told = ArtifactSigner("app.jar", "JAR", BOB_FINGERPRINT)

    assert read_artifact_signer(Shape(told.to_json(), "answer")) == told


@pytest.mark.parametrize("change", [{"signer": 7}, {"kind": ""}, {"path": None}, {"extra": "x"}])
def test_an_answer_of_another_shape_is_refused(change):
    told = ArtifactSigner("app.jar", "JAR", BOB_FINGERPRINT)

    with pytest.raises(Malformed):
        read_artifact_signer(Shape({**told.to_json(), **change}, "answer"))
