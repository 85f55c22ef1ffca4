"""One OpenPGP signature packet: who it names as its maker, and whether it holds (RFC 9580 section 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from workstation.core.errors import Malformed
from workstation.core.key_readers.openpgp_key import V4, V6, OpenPgpKey, openpgp_alias
from workstation.core.key_readers.openpgp_packets import Cursor, Subpacket, subpackets_in

# SHA-1 and older are left out: a binding over them proves nothing (RFC 9580 section 9.5).
_HASHES: Final[dict[int, hashes.HashAlgorithm]] = {
    8: hashes.SHA256(),
    9: hashes.SHA384(),
    10: hashes.SHA512(),
}
# Every subpacket of RFC 9580 section 5.2.3.7 but notations, which we know none of.
_UNDERSTOOD: Final = frozenset((*range(2, 8), 9, 11, 12, 16, *range(21, 36), 39))
_ISSUER, _KEY_FLAGS, _EMBEDDED, _ISSUER_FINGERPRINT = 16, 27, 32, 33
_CAN_SIGN: Final = 0x02
_OLDEST: Final = 3
_SHORT_EDWARDS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPgpSignature:
    """A signature packet of version 4 or 6; of version 3 only `issuers` is read."""

    version: int
    kind: int
    algorithm: int
    hash_algorithm: int
    hashed: tuple[Subpacket, ...]
    unhashed: tuple[Subpacket, ...]
    trailer: bytes
    salt: bytes
    hint: bytes
    values: bytes
    old_issuer: bytes = b""

    @property
    def issuers(self) -> tuple[str, ...]:
        """The aliases it names its maker by: fingerprints, or key ids where it names no fingerprint."""
        every = (*self.hashed, *self.unhashed)
        whole = [one.body[1:] for one in every if one.kind == _ISSUER_FINGERPRINT and len(one.body) > 1]
        ids = [one.body for one in every if one.kind == _ISSUER] + [self.old_issuer]
        loose = [one for one in ids if one and not any(_id_of(name, one) for name in whole)]
        return tuple(dict.fromkeys(openpgp_alias(one) for one in (*whole, *loose)))

    @property
    def can_sign(self) -> bool:
        """Answer whether it lets a subkey make signatures; where it says nothing, it might."""
        flags = [one.body for one in self.hashed if one.kind == _KEY_FLAGS]
        return not flags or any(body[:1] and body[0] & _CAN_SIGN for body in flags)

    @property
    def embedded(self) -> tuple[bytes, ...]:
        """The signature packets within: a signing subkey answers its primary key in one."""
        return tuple(one.body for one in (*self.hashed, *self.unhashed) if one.kind == _EMBEDDED)

    def holds(self, message: bytes, by: OpenPgpKey) -> bool:
        """Answer whether it is by this key, over `message` and its own header."""
        algorithm = _HASHES.get(self.hash_algorithm)
        understood = all(one.kind in _UNDERSTOOD for one in self.hashed if one.critical)
        same_kind = self.version == by.version and self.algorithm == by.algorithm
        if by.key is None or algorithm is None or not understood or not same_kind:
            return False
        hasher = hashes.Hash(algorithm)
        hasher.update(self.salt + message + self.trailer)
        digest = hasher.finalize()
        return digest[:2] == self.hint and self._verified(by.key.spki, digest, algorithm)

    def _verified(self, spki: bytes, digest: bytes, algorithm: hashes.HashAlgorithm) -> bool:
        cursor = Cursor(self.values, "signature")
        try:
            match load_der_public_key(spki):
                case rsa.RSAPublicKey() as key:
                    value = cursor.mpi().to_bytes(key.key_size // 8, "big")
                    key.verify(value, digest, padding.PKCS1v15(), Prehashed(algorithm))
                case ec.EllipticCurvePublicKey() as key:
                    encoded = encode_dss_signature(cursor.mpi(), cursor.mpi())
                    key.verify(encoded, digest, ec.ECDSA(Prehashed(algorithm)))
                case ed25519.Ed25519PublicKey() as key:
                    key.verify(self._edwards_value(cursor), digest)
                case _:
                    return False
            cursor.finish()
        except (InvalidSignature, OverflowError, Malformed):
            return False
        return True

    def _edwards_value(self, cursor: Cursor) -> bytes:
        if self.algorithm == 27:  # noqa: PLR2004 (Ed25519, RFC 9580 section 5.2.3.5)
            return cursor.take(64)
        return b"".join(cursor.mpi().to_bytes(_SHORT_EDWARDS, "big") for _ in range(2))


def parse_signature(body: bytes, *, where: str) -> OpenPgpSignature:
    """Return the signature of a signature packet; raises Malformed."""
    cursor = Cursor(body, where)
    version = cursor.number(1)
    if version == _OLDEST:
        return _old_signature(cursor)
    if version not in (V4, V6):
        raise Malformed(where, f"an OpenPGP signature of version {version} found, 3, 4 or 6 wanted")
    width = 2 if version == V4 else 4
    kind, algorithm, hash_algorithm, length = *cursor.take(3), cursor.number(width)
    hashed = cursor.take(length)
    header = bytes((version, kind, algorithm, hash_algorithm)) + length.to_bytes(width, "big") + hashed
    unhashed = cursor.take(cursor.number(width))
    hint = cursor.take(2)
    return OpenPgpSignature(
        version=version,
        kind=kind,
        algorithm=algorithm,
        hash_algorithm=hash_algorithm,
        hashed=subpackets_in(hashed, where=where),
        unhashed=subpackets_in(unhashed, where=where),
        trailer=header + bytes((version, 0xFF)) + (len(header) % 2**32).to_bytes(4, "big"),
        salt=b"" if version == V4 else cursor.take(cursor.number(1)),
        hint=hint,
        values=cursor.take(cursor.left),
    )


def _old_signature(cursor: Cursor) -> OpenPgpSignature:
    """Return what a version 3 signature says of its maker; it is never found to hold."""
    if cursor.number(1) != 5:  # noqa: PLR2004 (RFC 9580 section 5.2.2)
        raise Malformed(cursor.where, "a damaged OpenPGP signature of version 3 found")
    kind, _, issuer = cursor.number(1), cursor.take(4), cursor.take(8)
    algorithm, hash_algorithm = cursor.take(2)
    return OpenPgpSignature(
        version=_OLDEST,
        kind=kind,
        algorithm=algorithm,
        hash_algorithm=hash_algorithm,
        hashed=(),
        unhashed=(),
        trailer=b"",
        salt=b"",
        hint=cursor.take(2),
        values=cursor.take(cursor.left),
        old_issuer=issuer,
    )


def _id_of(fingerprint: bytes, key_id: bytes) -> bool:
    """Answer whether a key id is the fingerprint's: its end in version 4, its beginning in version 6."""
    return fingerprint.endswith(key_id) if len(fingerprint) == 20 else fingerprint.startswith(key_id)  # noqa: PLR2004
