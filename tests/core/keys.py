"""Software keys, each a function of its name. TEST ONLY: everybody has them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from workstation.core.public_key import PublicKey, from_loaded

Private: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class UnsafeTestKey:
    """A key in plain memory, and what a verifier knows of it."""

    private: Private
    public: PublicKey

    def sign(self, message: bytes) -> bytes:
        """Sign in the one scheme the kind of key has."""
        match self.private:
            case ed25519.Ed25519PrivateKey():
                return self.private.sign(message)
            case rsa.RSAPrivateKey():
                scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
                return self.private.sign(message, scheme, hashes.SHA256())
            case ec.EllipticCurvePrivateKey():
                hashed = hashes.SHA384() if self.private.key_size == 384 else hashes.SHA256()
                return self.private.sign(message, ec.ECDSA(hashed))


def unsafe(private: Private) -> UnsafeTestKey:
    """Return a test key around a private key."""
    return UnsafeTestKey(private, from_loaded(private.public_key(), where="test key"))


@cache
def p256(name: str) -> UnsafeTestKey:
    """Return the P-256 key of this name."""
    return unsafe(ec.derive_private_key(int.from_bytes(_seed(name), "big"), ec.SECP256R1()))


@cache
def p384(name: str) -> UnsafeTestKey:
    """Return the P-384 key of this name."""
    return unsafe(ec.derive_private_key(int.from_bytes(_seed(name), "big"), ec.SECP384R1()))


@cache
def edwards(name: str) -> UnsafeTestKey:
    """Return the Ed25519 key of this name, whose signatures are a function of the message too."""
    return unsafe(ed25519.Ed25519PrivateKey.from_private_bytes(_seed(name)))


@cache
def rsa_2048() -> UnsafeTestKey:
    """Return an RSA key made for this run."""
    return unsafe(rsa.generate_private_key(65537, 2048))


def _seed(name: str) -> bytes:
    return hashlib.sha256(b"countersign tests, not a secret: " + name.encode()).digest()
