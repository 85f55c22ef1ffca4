"""The keys in a virtual PIV card, and what it says of those it made. TEST ONLY."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from card.piv_tlv import tlv
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

CURVES: Final = {0x11: ec.SECP256R1(), 0x14: ec.SECP384R1()}
"""By PIV's algorithm numbers (SP 800-78-4, table 6-2)."""
_HASHED: Final = {0x11: hashes.SHA256(), 0x14: hashes.SHA384()}
_SINCE, _UNTIL = datetime(2016, 3, 14, tzinfo=UTC), datetime(2052, 4, 17, tzinfo=UTC)
_ARC: Final = "1.3.6.1.4.1.41482.3."


@dataclass(frozen=True, kw_only=True)
class PivKey:
    """A key made in the card: when it asks for the PIN (1 never, 2 once, 3 always) and a touch (1 never)."""

    algorithm: int
    private: ec.EllipticCurvePrivateKey
    pin: int
    touch: int

    @property
    def public(self) -> bytes:
        """The public key as the card gives it: the uncompressed point."""
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return tlv(0x86, point)

    def sign(self, digest: bytes) -> bytes:
        """Sign a digest, in DER."""
        return self.private.sign(digest, ec.ECDSA(Prehashed(_HASHED[self.algorithm])))


def made(algorithm: int, *, pin: int, touch: int) -> PivKey:
    """Make a key."""
    return PivKey(
        algorithm=algorithm, private=ec.generate_private_key(CURVES[algorithm]), pin=pin, touch=touch
    )


class Maker:
    """A maker of cards: its root, which a roster may believe."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        begun = _begun("Virtual Card Maker Root", self.key.public_key(), _named("Virtual Card Maker Root"))
        self.root = begun.add_extension(x509.BasicConstraints(True, 1), True).sign(self.key, hashes.SHA256())

    def certify(self, f9: PivKey) -> bytes:
        """Return the certificate of a card's own key, in slot F9."""
        begun = _begun("Virtual Card", f9.private.public_key(), self.root.subject)
        depth = x509.BasicConstraints(True, 0)
        return begun.add_extension(depth, True).sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def attestation(key: PivKey, f9: PivKey, *, slot: int, serial: int, version: tuple[int, int, int]) -> bytes:
    """Return the certificate by which the card says that it made a key (Yubico, PIV attestation)."""
    begun = _begun(f"Virtual PIV Attestation {slot:02x}", key.private.public_key(), _named("Virtual Card"))
    number = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    said = {3: bytes(version), 7: tlv(0x02, number), 8: bytes([key.pin, key.touch])}
    for arc, value in said.items():
        kind = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{_ARC}{arc}"), value)
        begun = begun.add_extension(kind, critical=False)
    return begun.sign(f9.private, hashes.SHA256()).public_bytes(Encoding.DER)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _begun(text: str, public: ec.EllipticCurvePublicKey, issuer: x509.Name) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_named(text)).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(_SINCE).not_valid_after(_UNTIL)
