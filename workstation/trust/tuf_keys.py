"""Public keys as TUF writes them (TUF specification 1.0, section 4.2), and ours.

A key id only says where to look a key up; who a key is, is its fingerprint.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

from workstation.core.errors import Malformed
from workstation.core.public_key import PublicKey, from_loaded
from workstation.trust.tuf_api import Key, SSlibKey

_RAW_ED25519: Final = "ed25519"


def to_tuf(key: PublicKey) -> SSlibKey:
    """Return `key` as TUF writes it, with the scheme its kind has.

    These are ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ed25519 and rsassa-pss-sha256.
    """
    return SSlibKey.from_crypto(load_der_public_key(key.spki))


def from_tuf(key: Key, *, where: str) -> PublicKey:
    """Return our key for one in TUF metadata, whatever its key id; raises Malformed.

    Refused: kinds and schemes that are not ours, and a key in any encoding but the one we write.
    """
    found = from_loaded(_loaded(key, where), where=where)
    written = to_tuf(found)
    if (key.keytype, key.scheme, key.keyval) != (written.keytype, written.scheme, written.keyval):
        raise Malformed(where, f"a key in an odd encoding found, {written.scheme} as we write it wanted")
    return found


def _loaded(key: Key, where: str) -> object:
    public: object = key.keyval.get("public")
    if not isinstance(key, SSlibKey) or not isinstance(public, str):
        raise Malformed(where, f"key type {key.keytype[:40]!a} found, rsa, ecdsa or ed25519 wanted")
    try:
        if key.keytype == _RAW_ED25519:
            return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        return load_pem_public_key(public.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed(where, f"not a public key of type {key.keytype}") from error
