"""Public keys, and the one identity of a key.

The fingerprint is SHA-256 over the key type and the parsed numbers (docs/spec/fingerprint.md), so
that one key has one name in whatever encoding it comes. Keys that do not round-trip, that use
explicit curve parameters, or that are known weak points are refused before they get a name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from workstation.core.ed25519_point import refusal_of_point
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, Fingerprint, digest_of
from workstation.core.ordinary_key import ordinary_numbers

if TYPE_CHECKING:
    from typing import TypeAlias

    Supported: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

RSA_BITS_LEAST: Final = 2048
RSA_BITS_MOST: Final = 8192
PSS_SALT_BYTES: Final = 32


class KeyKind(StrEnum):
    """The kinds of key we verify with; each has one fixed signature scheme."""

    P256 = "p256"
    P384 = "p384"
    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key that parsed, round-tripped and is not known to be weak."""

    kind: KeyKind
    fingerprint: Fingerprint
    spki: bytes

    @property
    def keyid(self) -> Digest:
        """SHA-256 of the SubjectPublicKeyInfo: for looking a key up, never for trusting it."""
        return digest_of(self.spki)

    def to_pem(self) -> bytes:
        """Return the key as a PEM SubjectPublicKeyInfo (RFC 7468 section 13)."""
        return load_der_public_key(self.spki).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verify(self, signature: bytes, message: bytes, *, where: str) -> None:
        """Raise Untrusted unless `signature` is this key's over `message`.

        ECDSA signatures are DER over SHA-256 (P-256) or SHA-384 (P-384); RSA is PSS with SHA-256,
        MGF1-SHA-256 and 32 bytes of salt; Ed25519 is RFC 8032.
        """
        try:
            _verify(load_der_public_key(self.spki), signature, message)
        except InvalidSignature as error:
            raise Untrusted(where, f"the signature does not verify under key {self.fingerprint}") from error


def parse_spki(spki: bytes, *, where: str) -> PublicKey:
    """Return the key in a DER SubjectPublicKeyInfo (RFC 5280 section 4.1); raises Malformed."""
    try:
        loaded = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed(where, "not a public key in SubjectPublicKeyInfo form") from error
    return from_loaded(loaded, where=where, spki=spki)


def parse_ordinary_spki(spki: bytes, *, where: str) -> PublicKey:
    """Return what `parse_spki` returns, sooner, for the published form of the kinds cards have most.

    One thing waits until the key verifies something: whether 32 bytes are a point of Ed25519 at all.
    Under bytes that are no point nothing verifies, so they never stand for a key (RFC 8032, 5.1.7).
    """
    found = ordinary_numbers(spki)
    if found is None:
        return parse_spki(spki, where=where)
    kind, numbers = found
    return PublicKey(kind=KeyKind(kind), fingerprint=_fingerprint(numbers), spki=spki)


def from_loaded(loaded: object, *, where: str, spki: bytes | None = None) -> PublicKey:
    """Return the key for one that `cryptography` has read, from whatever container it came in."""
    if not isinstance(loaded, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise Malformed(where, f"{type(loaded).__name__} found, P-256, P-384, RSA or Ed25519 wanted")
    canonical = loaded.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if spki is not None and canonical != spki:
        raise Malformed(where, "a key in an odd encoding found, the canonical SubjectPublicKeyInfo wanted")
    kind, numbers = _numbers(loaded, where)
    return PublicKey(kind=kind, fingerprint=_fingerprint(numbers), spki=canonical)


def _numbers(key: Supported, where: str) -> tuple[KeyKind, tuple[str, ...]]:
    match key:
        case ec.EllipticCurvePublicKey():
            return _curve_numbers(key, where)
        case rsa.RSAPublicKey():
            if not RSA_BITS_LEAST <= key.key_size <= RSA_BITS_MOST:
                raise Malformed(
                    where, f"RSA of {key.key_size} bits found, {RSA_BITS_LEAST} to {RSA_BITS_MOST} wanted"
                )
            numbers = key.public_numbers()
            if not numbers.n & 1:
                raise Malformed(where, "an even RSA modulus found, a product of two odd primes wanted")
            return KeyKind.RSA, ("rsa", f"{numbers.n:x}", f"{numbers.e:x}")
        case ed25519.Ed25519PublicKey():
            raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
            if problem := refusal_of_point(raw):
                raise Malformed(where, f"an Ed25519 key that is {problem} found")
            return KeyKind.ED25519, ("ed25519", raw.hex())


def _curve_numbers(key: ec.EllipticCurvePublicKey, where: str) -> tuple[KeyKind, tuple[str, ...]]:
    kinds = {"secp256r1": KeyKind.P256, "secp384r1": KeyKind.P384}
    kind = kinds.get(key.curve.name)
    if kind is None:
        raise Malformed(where, f"curve {key.curve.name} found, P-256 or P-384 wanted")
    width = key.key_size // 4
    numbers = key.public_numbers()
    return kind, ("ec", key.curve.name, f"{numbers.x:0{width}x}", f"{numbers.y:0{width}x}")


def _fingerprint(numbers: tuple[str, ...]) -> Fingerprint:
    text = "".join(part + "\n" for part in ("countersign-key-v1", *numbers))
    return Fingerprint(hashlib.sha256(text.encode("ascii")).hexdigest())


def _verify(key: object, signature: bytes, message: bytes) -> None:
    match key:
        case ec.EllipticCurvePublicKey():
            hashed = hashes.SHA384() if key.curve.name == "secp384r1" else hashes.SHA256()
            key.verify(signature, message, ec.ECDSA(hashed))
        case rsa.RSAPublicKey():
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), PSS_SALT_BYTES)
            key.verify(signature, message, scheme, hashes.SHA256())
        case ed25519.Ed25519PublicKey():
            key.verify(signature, message)
        case _:
            raise InvalidSignature
