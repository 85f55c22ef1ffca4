"""Forward-secure seals: whoever takes the machine today cannot reseal what happened yesterday.

Entry i is sealed with K_i, and K_i is gone once K_{i+1} = SHA-256(0x02 || K_i) is made. K_0 leaves
the machine at commissioning. The seal's index is the entry's sequence number and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from workstation.journal.secret import KEY_BYTES

SEAL_BYTES: Final = 32


def seal_of(key: bytes | bytearray, seq: int, leaf: bytes) -> bytes:
    """Return the seal of the entry `seq` under its own key."""
    return hmac.digest(key, seq.to_bytes(8, "big") + leaf, "sha256")


def next_key(key: bytes | bytearray) -> bytearray:
    """Return the key of the following entry."""
    return bytearray(hashlib.sha256(b"\x02" + key).digest())


def commitment(key: bytes | bytearray) -> str:
    """Return what the first entry says about K_0, in hex, so that a wrong one is recognised."""
    return hashlib.sha256(b"\x04" + key[:KEY_BYTES]).hexdigest()
