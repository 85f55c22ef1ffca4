"""Keys, certificates and the revocation list: functions of a holder's name, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, assert_never

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from holders import VALID_FROM, VALID_TO, Certificate, Kind, seed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holders import Holder

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

_KEYS: Final = Path(__file__).parent / "keys"
_CA_KEY: Final = ed25519.Ed25519PrivateKey.from_private_bytes(seed("ca"))


def _named(name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "TEST ONLY")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, name)])


_CA_NAME: Final = _named("TEST ONLY signing CA")


def private_key(holder: Holder, which: str = "sign") -> PrivateKey:
    """Return one of a holder's keys: "sign", "twin", "other" or "unlock"."""
    match holder.kind:
        case Kind.P256:
            return _ec_key(seed(holder.name, which), ec.SECP256R1())
        case Kind.P384:
            return _ec_key(seed(holder.name, which) + seed(holder.name, which, "more")[:16], ec.SECP384R1())
        case Kind.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(seed(holder.name, which))
        case Kind.RSA3072 | Kind.RSA2048:
            # An RSA key is not simply derived from a seed, so these two are kept.
            return _kept_key(_KEYS / f"{holder.name}.test-only.pem")
        case _:
            assert_never(holder.kind)


def shown_key(holder: Holder) -> PrivateKey:
    """Return the key whose public half the token shows, rightly or not."""
    return private_key(holder, "other" if holder.certificate is Certificate.OF_ANOTHER_KEY else "sign")


def spki_der(key: PrivateKey) -> bytes:
    """Return a key's SubjectPublicKeyInfo."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def private_pem(key: PrivateKey) -> bytes:
    """Return an unencrypted PKCS#8 PEM."""
    form, encryption = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, encryption)


def certificate(holder: Holder) -> x509.Certificate | None:
    """Return the certificate on a holder's token, if it has one."""
    if holder.certificate is Certificate.NONE:
        return None
    # KeyUsage: digitalSignature and nonRepudiation.
    usage = x509.KeyUsage(True, True, *[False] * 7)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(holder.name))
        .issuer_name(_CA_NAME)
        .public_key(shown_key(holder).public_key())
        .serial_number(_serial(holder))
        .not_valid_before(holder.not_before)
        .not_valid_after(holder.not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(_CA_KEY, None)
    )


def ca_certificate() -> x509.Certificate:
    """Return the test CA's own certificate."""
    return (
        x509.CertificateBuilder()
        .subject_name(_CA_NAME)
        .issuer_name(_CA_NAME)
        .public_key(_CA_KEY.public_key())
        .serial_number(1)
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_TO)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(_CA_KEY, None)
    )


def revocation_list(holders: Iterable[Holder]) -> x509.CertificateRevocationList:
    """Return the CRL that revokes those who are revoked."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_CA_NAME)
        .last_update(VALID_FROM)
        .next_update(VALID_TO)
    )
    for holder in holders:
        if holder.revoked:
            entry = (
                x509.RevokedCertificateBuilder().serial_number(_serial(holder)).revocation_date(VALID_FROM)
            )
            builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(_CA_KEY, None)


def _ec_key(number: bytes, curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
    # One bit less than the order has, and never zero: always within [1, n - 1].
    return ec.derive_private_key(int.from_bytes(number, "big") >> 1 | 1, curve)


def _kept_key(path: Path) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path.name}: an RSA key wanted")
    return key


def _serial(holder: Holder) -> int:
    return int.from_bytes(seed(holder.name, "serial")[:8], "big") >> 1 | 1
