"""The encodings one key comes in, each written here without any of the project's own readers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7
from keys.openpgp_writer import PgpKey, armored, certificate

CREATED: Final = datetime(2026, 1, 5, tzinfo=UTC)
PSS_ALGORITHM: Final = bytes.fromhex("300b06092a864886f70d01010a")


def fingerprint_by_hand(private: Any) -> str:
    """Return the fingerprint as docs/spec/fingerprint.md writes it, from the private key's numbers."""
    match private:
        case ec.EllipticCurvePrivateKey():
            numbers = private.private_numbers().public_numbers
            width = {"secp256r1": 64, "secp384r1": 96}[private.curve.name]
            words = ["ec", private.curve.name, f"{numbers.x:0{width}x}", f"{numbers.y:0{width}x}"]
        case rsa.RSAPrivateKey():
            numbers = private.private_numbers()
            words = ["rsa", f"{numbers.p * numbers.q:x}", f"{numbers.public_numbers.e:x}"]
        case ed25519.Ed25519PrivateKey():
            words = ["ed25519", private.public_key().public_bytes_raw().hex()]
    return hashlib.sha256(("\n".join(["countersign-key-v1", *words]) + "\n").encode()).hexdigest()


def spki(private: Any, encoding: Encoding = Encoding.DER) -> bytes:
    return private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def pss_spki(private: rsa.RSAPrivateKey, algorithm: bytes = PSS_ALGORITHM) -> bytes:
    """Return the SPKI of an RSA key under another AlgorithmIdentifier."""
    inner = private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return tlv(0x30, algorithm + tlv(0x03, b"\0" + inner))


def tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


@cache
def x509_certificate(private: Any, *, name: str = "bob", serial: int = 7) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    hashed = None if isinstance(private, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(CREATED)
        .not_valid_after(CREATED.replace(year=2028))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashed)
    )


def ssh_line(private: Any) -> bytes:
    return private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def ssh_blob(private: Any) -> bytes:
    return base64.b64decode(ssh_line(private).split()[1])


def sshsig(private: Any) -> bytes:
    """Return an SSH signature block that names this key; the signature in it is nonsense."""
    parts = [ssh_blob(private), b"git", b"", b"sha512", b"nonsense"]
    blob = b"SSHSIG" + (1).to_bytes(4, "big") + b"".join(len(p).to_bytes(4, "big") + p for p in parts)
    text = base64.encodebytes(blob).decode()
    return f"-----BEGIN SSH SIGNATURE-----\n{text}-----END SSH SIGNATURE-----\n".encode()


def cms(
    private: Any,
    encoding: Encoding = Encoding.DER,
    *others: x509.Certificate,
    certificate: x509.Certificate | None = None,
) -> bytes:
    """Return SignedData by this key; other certificates come along and sign nothing."""
    unsigned = pkcs7.PKCS7SignatureBuilder().set_data(b"signed")
    builder = unsigned.add_signer(certificate or x509_certificate(private), private, hashes.SHA256())
    for other in others:  # after the signer: adding one forgets them
        builder = builder.add_certificate(other)
    return builder.sign(encoding, [pkcs7.PKCS7Options.Binary])


def pem_certificates(private: Any) -> bytes:
    found = (x509_certificate(private, serial=serial) for serial in (7, 8))
    return b"".join(one.public_bytes(Encoding.PEM) for one in found)


FORMS: Final[dict[str, Callable[[Any], bytes]]] = {
    "spki der": spki,
    "spki pem": lambda key: spki(key, Encoding.PEM),
    "certificate der": lambda key: x509_certificate(key).public_bytes(Encoding.DER),
    "certificate pem": lambda key: x509_certificate(key).public_bytes(Encoding.PEM),
    "renewed certificate": lambda key: x509_certificate(key, name="Robert", serial=9).public_bytes(
        Encoding.DER
    ),
    "certificates of two years": pem_certificates,
    "ssh": ssh_line,
    "ssh with comment": lambda key: ssh_line(key) + b" bob@laptop\n",
    "authorized_keys": lambda key: b'# work\n\nrestrict,command="ssh-rsa AAAA x" ' + ssh_line(key) + b"\n",
    "allowed_signers": lambda key: b'bob@example.org,b* namespaces="git" ' + ssh_line(key) + b"\n",
    "ssh signature": sshsig,
    "openpgp 4": lambda key: certificate(PgpKey(key)),
    "openpgp 4 armored": lambda key: armored(certificate(PgpKey(key))),
    "openpgp 4 of another time": lambda key: certificate(PgpKey(key, created=1_800_000_000)),
}
"""Every form any key can have, by name."""
