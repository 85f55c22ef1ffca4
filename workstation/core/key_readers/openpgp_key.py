"""One OpenPGP key packet: its numbers, and the fingerprint OpenPGP gives it (RFC 9580 section 5.5).

OpenPGP's fingerprint covers the creation time, so one key can have many; ours does not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from workstation.core.errors import Malformed
from workstation.core.key_readers.openpgp_packets import Cursor
from workstation.core.public_key import PublicKey, from_loaded

V4: Final = 4
V6: Final = 6
_CURVES: Final[dict[bytes, ec.EllipticCurve]] = {
    bytes.fromhex("2a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("2b81040022"): ec.SECP384R1(),
}
_ED25519_LEGACY: Final = bytes.fromhex("2b06010401da470f01")
_RSA, _ECDH, _ECDSA, _EDDSA_LEGACY, _ED25519 = (1, 2, 3), 18, 19, 22, 27
_NAMES: Final = {16: "ElGamal", 17: "DSA", 25: "X25519", 26: "X448", 28: "Ed448"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPgpKey:
    """A key packet. `key` is None for kinds we have no fingerprint for; `why` then says which."""

    version: int
    algorithm: int
    fingerprint: bytes
    hashed: bytes
    key: PublicKey | None
    why: str

    @property
    def alias(self) -> str:
        """The name OpenPGP programs give it: openpgp: and its fingerprint in upper-case hex."""
        return openpgp_alias(self.fingerprint)

    @property
    def may_sign(self) -> bool:
        """Answer whether keys of this algorithm make signatures."""
        return self.algorithm in (1, 3, 17, _ECDSA, _EDDSA_LEGACY, _ED25519, 28)


def openpgp_alias(identity: bytes) -> str:
    """Return the alias of an OpenPGP fingerprint, or of a key id where that is all there is."""
    return f"openpgp:{identity.hex().upper()}"


def parse_openpgp_key(body: bytes, *, where: str) -> OpenPgpKey:
    """Return the key of a public key or subkey packet, version 4 or 6; raises Malformed."""
    cursor = Cursor(body, where)
    version = cursor.number(1)
    if version not in (V4, V6):
        raise Malformed(where, f"an OpenPGP key of version {version} found, 4 or 6 wanted")
    cursor.take(4)
    algorithm = cursor.number(1)
    if version == V6 and cursor.number(4) != cursor.left:
        raise Malformed(where, "a key of another length than announced found")
    key, why = _key(algorithm, cursor, where)
    hashed = _prefix(version, len(body)) + body
    return OpenPgpKey(
        version=version,
        algorithm=algorithm,
        fingerprint=_fingerprint(version, hashed),
        hashed=hashed,
        key=key,
        why=why,
    )


def _prefix(version: int, length: int) -> bytes:
    """Return what stands before a key when it is hashed (RFC 9580 section 5.2.4)."""
    return b"\x99" + length.to_bytes(2, "big") if version == V4 else b"\x9b" + length.to_bytes(4, "big")


def _fingerprint(version: int, hashed: bytes) -> bytes:
    # SHA-1 is what version 4 names keys with (RFC 9580 section 5.5.4.2); for looking up, never for trust.
    made = hashlib.sha1(hashed, usedforsecurity=False) if version == V4 else hashlib.sha256(hashed)
    return made.digest()


def _key(algorithm: int, cursor: Cursor, where: str) -> tuple[PublicKey | None, str]:
    if algorithm in _RSA:
        return _rsa(cursor, where), ""
    if algorithm in (_ECDSA, _ECDH):
        return _on_curve(cursor, where, derives=algorithm == _ECDH)
    if algorithm == _EDDSA_LEGACY:
        return _legacy_edwards(cursor, where)
    if algorithm == _ED25519:
        raw = cursor.take(32)
        cursor.finish()
        return _edwards(raw, where), ""
    return None, f"keys of algorithm {_NAMES.get(algorithm, algorithm)} have no fingerprint here"


def _rsa(cursor: Cursor, where: str) -> PublicKey:
    n, e = cursor.mpi(), cursor.mpi()
    cursor.finish()
    try:
        return from_loaded(rsa.RSAPublicNumbers(e, n).public_key(), where=where)
    except ValueError as error:
        raise Malformed(where, "numbers that are no RSA key found") from error


def _on_curve(cursor: Cursor, where: str, *, derives: bool) -> tuple[PublicKey | None, str]:
    curve = _CURVES.get(cursor.take(cursor.number(1)))
    point = cursor.mpi()
    if derives:
        cursor.take(cursor.number(1))  # how the key is derived (RFC 9580 section 5.5.5.6) is no number of it
    cursor.finish()
    if curve is None:
        return None, "keys on its curve have no fingerprint here"
    encoded = point.to_bytes((point.bit_length() + 7) // 8, "big")
    if encoded[:1] != b"\x04":
        raise Malformed(where, "a point that is not uncompressed found")
    try:
        loaded = ec.EllipticCurvePublicKey.from_encoded_point(curve, encoded)
    except ValueError as error:
        raise Malformed(where, "not a point of its curve") from error
    return from_loaded(loaded, where=where), ""


def _legacy_edwards(cursor: Cursor, where: str) -> tuple[PublicKey | None, str]:
    curve, point = cursor.take(cursor.number(1)), cursor.mpi()
    cursor.finish()
    if curve != _ED25519_LEGACY:
        return None, "keys on its curve have no fingerprint here"
    encoded = point.to_bytes((point.bit_length() + 7) // 8, "big")
    if len(encoded) != 33 or encoded[0] != 0x40:  # noqa: PLR2004 (RFC 9580 section 9.2.1)
        raise Malformed(where, "not a point of Ed25519")
    return _edwards(encoded[1:], where), ""


def _edwards(raw: bytes, where: str) -> PublicKey:
    return from_loaded(ed25519.Ed25519PublicKey.from_public_bytes(raw), where=where)
