"""Two independent parsers see the same key: ours against asn1crypto, and against programs of others."""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
from pathlib import Path

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from core.keys import edwards, p256, p384, rsa_2048
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from keys.key_forms import cms, pss_spki, spki, ssh_line, x509_certificate
from keys.openpgp_writer import PgpKey, bound, certificate
from keys.programs import gpg_home, run

from workstation.core.errors import Malformed
from workstation.core.key_readers.files import read_keys, signer_names

KEYS = {
    "p256": lambda: p256("bob").private,
    "p384": lambda: p384("bob").private,
    "ed25519": lambda: edwards("bob").private,
    "rsa": lambda: rsa_2048().private,
}


def fingerprint_by_asn1crypto(info: asn1_keys.PublicKeyInfo) -> str:
    algorithm = info["algorithm"]["algorithm"].native
    if algorithm in {"rsa", "rsassa_pss"}:
        numbers = info["public_key"].parsed.native
        words = ["rsa", f"{numbers['modulus']:x}", f"{numbers['public_exponent']:x}"]
    elif algorithm == "ec":
        x, y = info["public_key"].to_coords()
        width = info.bit_size // 4
        words = ["ec", info.curve[1], f"{x:0{width}x}", f"{y:0{width}x}"]
    else:
        assert algorithm == "ed25519"
        words = ["ed25519", bytes(info["public_key"]).hex()]
    return hashlib.sha256(("\n".join(["countersign-key-v1", *words]) + "\n").encode()).hexdigest()


def ours(data: bytes) -> set[str]:
    return {found.key.fingerprint for found in read_keys(data, where="file").keys}


@pytest.mark.parametrize("kind", KEYS)
def test_asn1crypto_reads_the_same_numbers(kind):
    private = KEYS[kind]()
    der = x509_certificate(private).public_bytes(Encoding.DER)

    assert ours(spki(private)) == {fingerprint_by_asn1crypto(asn1_keys.PublicKeyInfo.load(spki(private)))}
    assert ours(der) == {fingerprint_by_asn1crypto(asn1_x509.Certificate.load(der).public_key)}


def test_asn1crypto_reads_the_same_numbers_under_rsassa_pss():
    data = pss_spki(KEYS["rsa"]())

    assert ours(data) == {fingerprint_by_asn1crypto(asn1_keys.PublicKeyInfo.load(data))}


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa"])
def test_asn1crypto_finds_the_same_signer(kind):
    bystander = x509_certificate(p256("alice").private, name="alice", serial=1)
    data = cms(KEYS[kind](), Encoding.DER, bystander)
    signed = asn1_cms.ContentInfo.load(data)["content"]
    named = signed["signer_infos"][0]["sid"].chosen["serial_number"].native
    theirs = [one.chosen for one in signed["certificates"] if one.chosen.serial_number == named]

    assert len(signed["certificates"]) == 2
    assert ours(data) == {fingerprint_by_asn1crypto(one.public_key) for one in theirs}


@given(st.integers(1, 2**256 - 2**224))
@settings(max_examples=40, deadline=None)
def test_any_p256_key_is_read_alike(secret):
    private = ec.derive_private_key(secret, ec.SECP256R1())

    expected = {fingerprint_by_asn1crypto(asn1_keys.PublicKeyInfo.load(spki(private)))}
    assert ours(spki(private)) == ours(ssh_line(private)) == ours(certificate(PgpKey(private))) == expected


@pytest.mark.parametrize("kind", KEYS)
def test_openssl_writes_the_same_key(kind, tmp_path):
    private = KEYS[kind]()
    _private_pem(private, tmp_path / "key.pem")
    run(tmp_path, "openssl", "pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der")
    run(tmp_path, "openssl", "req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=bob", "-out", "key.crt")

    assert ours((tmp_path / "key.der").read_bytes()) == ours(spki(private))
    assert ours((tmp_path / "key.crt").read_bytes()) == ours(spki(private))


def test_openssl_writes_the_same_rsa_key_under_rsassa_pss(tmp_path):
    made = ("openssl", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "k")
    run(tmp_path, *made)
    run(tmp_path, "openssl", "pkey", "-in", "k", "-pubout", "-outform", "DER", "-out", "key.der")
    text = run(tmp_path, "openssl", "pkey", "-in", "k", "-pubout", "-noout", "-text")
    modulus = int(re.sub(r"[^0-9a-f]", "", text.partition("odulus:")[2].partition("Exponent")[0]), 16)
    plain = rsa.RSAPublicNumbers(65537, modulus).public_key()

    assert ours((tmp_path / "key.der").read_bytes()) == ours(spki(_Shown(plain)))


@pytest.mark.parametrize("form", ["compressed", "explicit"])
def test_openssls_other_ways_to_write_a_curve_key_are_refused(form, tmp_path):
    _private_pem(KEYS["p256"](), tmp_path / "key.pem")
    option = ("-conv_form", "compressed") if form == "compressed" else ("-param_enc", "explicit")
    run(tmp_path, "openssl", "ec", "-in", "key.pem", "-pubout", *option, "-outform", "DER", "-out", "odd.der")

    with pytest.raises(Malformed, match=r"odd encoding|not a public key"):
        ours((tmp_path / "odd.der").read_bytes())


@pytest.mark.parametrize("how", [("-keyid",), (), ("-nocerts",)])
def test_openssl_cms_signatures_name_their_signer(how, tmp_path):
    private = KEYS["p256"]()
    _private_pem(private, tmp_path / "key.pem")
    (tmp_path / "key.crt").write_bytes(x509_certificate(private).public_bytes(Encoding.PEM))
    (tmp_path / "file").write_text("hello\n")
    keys = ("-signer", "key.crt", "-inkey", "key.pem", *how)
    run(tmp_path, "openssl", "cms", "-sign", "-in", "file", *keys, "-outform", "DER", "-out", "file.p7s")

    (name,) = signer_names((tmp_path / "file.p7s").read_bytes(), where="file.p7s")

    assert name.startswith("x509:") if "-nocerts" in how else {name} == ours(spki(private))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_ssh_keygen_keys_certificates_and_signatures_lead_to_one_key(kind, tmp_path):
    run(tmp_path, "ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "bob@laptop", "-f", "key")
    run(tmp_path, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "ca")
    run(tmp_path, "ssh-keygen", "-q", "-s", "ca", "-I", "bob", "-n", "bob", "key.pub")
    (tmp_path / "file").write_text("hello\n")
    run(tmp_path, "ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", "key", "file")
    pkcs8 = run(tmp_path, "ssh-keygen", "-e", "-m", "PKCS8", "-f", "key.pub") if kind != "ed25519" else None

    expected = ours((tmp_path / "key.pub").read_bytes())
    assert len(expected) == 1
    assert ours((tmp_path / "key-cert.pub").read_bytes()) == expected
    assert set(signer_names((tmp_path / "file.sig").read_bytes(), where="sig")) == expected
    assert pkcs8 is None or ours(pkcs8.encode()) == expected


def test_ssh_keygen_and_we_mean_the_same_bytes_by_a_key(tmp_path):
    for kind, make in KEYS.items():
        (tmp_path / f"{kind}.pub").write_bytes(ssh_line(make()) + b"\n")
        shown = run(tmp_path, "ssh-keygen", "-l", "-f", f"{kind}.pub").split()[1]
        blob = base64.b64decode(ssh_line(make()).split()[1])

        assert shown == "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        assert ours((tmp_path / f"{kind}.pub").read_bytes()) == ours(spki(make()))


def test_a_security_keys_ssh_form_has_the_numbers_of_its_key():
    raw = KEYS["ed25519"]().public_key().public_bytes_raw()
    parts = [b"sk-ssh-ed25519@openssh.com", raw, b"ssh:"]
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    assert ours(b"sk-ssh-ed25519@openssh.com " + base64.b64encode(blob)) == ours(spki(KEYS["ed25519"]()))


@pytest.mark.parametrize("kind", ["nistp256", "ed25519"])
def test_gpg_certificates_give_every_subkey_gpg_lists(kind):
    with tempfile.TemporaryDirectory() as name, gpg_home(Path(name)) as home:
        here = Path(name)
        gpg = ("gpg", "--batch", "--quiet", "--passphrase", "")
        run(here, *gpg, "--quick-gen-key", "Bob <bob@example.org>", kind, "cert,sign", "never", **home)
        primary = _listed(run(here, *gpg, "--list-keys", "--with-colons", **home))[0]
        run(here, *gpg, "--quick-add-key", primary, "ed25519", "sign", "never", **home)
        run(here, *gpg, "--quick-add-key", primary, "nistp256", "encr", "never", **home)
        listed = _listed(run(here, *gpg, "--list-keys", "--with-colons", **home))
        exported = run(here, *gpg, "--armor", "--export", primary, **home)
        (here / "file").write_text("hello\n")
        run(here, *gpg, "--armor", "--detach-sign", "--local-user", f"{primary}!", "file", **home)
        signature = (here / "file.asc").read_bytes()

    found = read_keys(exported.encode(), where="bob.asc")

    assert [one.alias for one in found.keys] == [f"openpgp:{one}" for one in listed]
    assert found.passed_over == ()
    assert signer_names(signature, where="file.asc") == (f"openpgp:{primary}",)


@pytest.mark.parametrize("kind", ["p256", "p384", "ed25519", "rsa"])
def test_gpg_takes_the_certificates_our_tests_write(kind):
    primary, subkey = PgpKey(KEYS[kind]()), PgpKey(p256("sub").private)
    with tempfile.TemporaryDirectory() as name, gpg_home(Path(name)) as home:
        written = certificate(primary, bound(primary, subkey, answered_by=subkey))
        (Path(name) / "cert.pgp").write_bytes(written)
        run(Path(name), "gpg", "--batch", "--quiet", "--import", "cert.pgp", **home)
        listed = _listed(run(Path(name), "gpg", "--list-keys", "--with-colons", **home))

    assert [f"openpgp:{one}" for one in listed] == [primary.alias, subkey.alias]
    assert [one.alias for one in read_keys(written, where="cert").keys] == [primary.alias, subkey.alias]


class _Shown:
    """A public key where the forms want a private one, for its public half alone."""

    def __init__(self, public: rsa.RSAPublicKey) -> None:
        self._public = public

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public


def _listed(colons: str) -> list[str]:
    """Return the fingerprints in gpg's listing, primary key first (doc/DETAILS, record `fpr`)."""
    return [line.split(":")[9] for line in colons.splitlines() if line.startswith("fpr:")]


def _private_pem(private, path: Path) -> None:
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
