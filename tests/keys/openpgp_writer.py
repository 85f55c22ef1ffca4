"""A small writer of OpenPGP (RFC 9580), so that tests can write certificates no good program would."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HASHES = {"sha1": (2, hashes.SHA1), "sha256": (8, hashes.SHA256), "sha384": (9, hashes.SHA384)}
CERTIFY, SIGN, ENCRYPT = 0x01, 0x02, 0x0C


def mpi(number: int) -> bytes:
    return number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")


def packet(tag: int, body: bytes, *, old: bool = False) -> bytes:
    if old:
        return bytes([0x80 | tag << 2 | 1]) + len(body).to_bytes(2, "big") + body
    if len(body) < 192:
        return bytes([0xC0 | tag, len(body)]) + body
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4, "big") + body


def subpacket(kind: int, body: bytes) -> bytes:
    length = len(body) + 1
    head = bytes([length]) if length < 192 else b"\xff" + length.to_bytes(4, "big")
    return head + bytes([kind]) + body


def armored(data: bytes, kind: str = "PUBLIC KEY BLOCK") -> bytes:
    text = base64.encodebytes(data).decode()
    return f"-----BEGIN PGP {kind}-----\n\n{text}-----END PGP {kind}-----\n".encode()


@dataclass(frozen=True)
class PgpKey:
    """A private key as OpenPGP knows it."""

    private: Any
    created: int = 1_700_000_000
    version: int = 4
    derives: bool = False

    @property
    def algorithm(self) -> int:
        match self.private:
            case rsa.RSAPrivateKey():
                return 1
            case ec.EllipticCurvePrivateKey():
                return 18 if self.derives else 19
            case ed25519.Ed25519PrivateKey():
                return 22 if self.version == 4 else 27
        raise AssertionError(self.private)

    @property
    def material(self) -> bytes:
        match self.private:
            case rsa.RSAPrivateKey():
                numbers = self.private.public_key().public_numbers()
                return mpi(numbers.n) + mpi(numbers.e)
            case ec.EllipticCurvePrivateKey():
                oid = {"secp256r1": "2a8648ce3d030107", "secp384r1": "2b81040022"}[self.private.curve.name]
                point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
                found = bytes([len(oid) // 2]) + bytes.fromhex(oid) + mpi(int.from_bytes(point, "big"))
                return found + (bytes.fromhex("03010807") if self.derives else b"")
        raw = self.private.public_key().public_bytes_raw()
        if self.version == 6:
            return raw
        return bytes.fromhex("092b06010401da470f01") + mpi(int.from_bytes(b"\x40" + raw, "big"))

    @property
    def body(self) -> bytes:
        head = bytes([self.version]) + self.created.to_bytes(4, "big") + bytes([self.algorithm])
        length = len(self.material).to_bytes(4, "big") if self.version == 6 else b""
        return head + length + self.material

    @property
    def hashed(self) -> bytes:
        if self.version == 4:
            return b"\x99" + len(self.body).to_bytes(2, "big") + self.body
        return b"\x9b" + len(self.body).to_bytes(4, "big") + self.body

    @property
    def fingerprint(self) -> bytes:
        return (hashlib.sha1 if self.version == 4 else hashlib.sha256)(self.hashed).digest()

    @property
    def alias(self) -> str:
        return f"openpgp:{self.fingerprint.hex().upper()}"

    def sign(self, kind: int, message: bytes, *, extra: bytes = b"", hashed_with: str = "") -> bytes:
        """Return the body of a signature packet over a message."""
        name = hashed_with or ("sha384" if getattr(self.private, "key_size", 0) == 384 else "sha256")
        number, algorithm = HASHES[name]
        issuer = subpacket(33, bytes([self.version]) + self.fingerprint)
        if self.version == 4:
            issuer += subpacket(16, self.fingerprint[-8:])  # GnuPG 2.2 looks for nothing else
        area = subpacket(2, self.created.to_bytes(4, "big")) + issuer + extra
        width = 2 if self.version == 4 else 4
        header = bytes([self.version, kind, self.algorithm, number]) + len(area).to_bytes(width, "big") + area
        salt = b"" if self.version == 4 else bytes(16 if name == "sha256" else 24)
        trailer = bytes([self.version, 0xFF]) + len(header).to_bytes(4, "big")
        digest = hashlib.new(name, salt + message + header + trailer).digest()
        salted = b"" if self.version == 4 else bytes([len(salt)]) + salt
        return header + bytes(width) + digest[:2] + salted + self._values(digest, algorithm())

    def _values(self, digest: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
        match self.private:
            case rsa.RSAPrivateKey():
                value = self.private.sign(digest, padding.PKCS1v15(), Prehashed(algorithm))
                return mpi(int.from_bytes(value, "big"))
            case ec.EllipticCurvePrivateKey():
                made = self.private.sign(digest, ec.ECDSA(Prehashed(algorithm)))
                return b"".join(mpi(number) for number in decode_dss_signature(made))
        value = self.private.sign(digest)
        if self.version == 6:
            return value
        return b"".join(mpi(int.from_bytes(half, "big")) for half in (value[:32], value[32:]))


def certificate(primary: PgpKey, *parts: bytes) -> bytes:
    """Return a primary key with a name on it, and then whatever `parts` are."""
    name = b"Bob <bob@example.org>"
    if primary.version == 6:
        itself = packet(2, primary.sign(0x1F, primary.hashed, extra=subpacket(27, bytes([CERTIFY]))))
        return packet(6, primary.body) + itself + b"".join(parts)
    over = primary.hashed + b"\xb4" + len(name).to_bytes(4, "big") + name
    signed = packet(2, primary.sign(0x13, over, extra=subpacket(27, bytes([CERTIFY | SIGN]))))
    return packet(6, primary.body) + packet(13, name) + signed + b"".join(parts)


def bound(
    primary: PgpKey,
    subkey: PgpKey,
    *,
    flags: int | None = SIGN,
    answered_by: PgpKey | None = None,
    hashed_with: str = "",
) -> bytes:
    """Return a subkey with its binding; `answered_by` is the key that signs back, usually the subkey."""
    message = primary.hashed + subkey.hashed
    extra = b"" if flags is None else subpacket(27, bytes([flags]))
    if answered_by is not None:
        extra += subpacket(32, answered_by.sign(0x19, message))
    return packet(14, subkey.body) + packet(
        2, primary.sign(0x18, message, extra=extra, hashed_with=hashed_with)
    )
