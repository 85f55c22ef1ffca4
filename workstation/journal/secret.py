"""Secrets in memory: derived into buffers that can be wiped, wiped when done."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from workstation.process.frames import wipe

if TYPE_CHECKING:
    from collections.abc import Generator

KEY_BYTES: Final = 32
_DIGITS: Final = b"0123456789abcdef"
_BYTES_HEADER: Final = bytes.__basicsize__ - 1
_CONTEXT: Final = b"countersign/journal/v1/"


@contextmanager
def held(secret: bytearray) -> Generator[bytearray]:
    """Lend a secret and wipe it afterwards, whatever happens."""
    try:
        yield secret
    finally:
        wipe(secret)


def derived(key: bytearray, purpose: str) -> bytearray:
    """Return the 32-byte key for one purpose (RFC 5869, expand only: `key` is uniform already)."""
    found = bytearray(KEY_BYTES)
    HKDFExpand(hashes.SHA256(), KEY_BYTES, _CONTEXT + purpose.encode()).derive_into(key, found)
    return found


def quoted(key: bytearray) -> bytearray:
    """Return x'…', which SQLCipher takes as the key itself and not as a passphrase; the caller wipes it."""
    # Written into one buffer: what is put together from parts leaves the parts in memory.
    found = bytearray(b"x'" + bytes(2 * len(key)) + b"'")
    for at, byte in enumerate(key):
        found[2 + 2 * at], found[3 + 2 * at] = _DIGITS[byte >> 4], _DIGITS[byte & 15]
    return found


def scrubbed(found: bytes) -> bytearray:
    """Return a secret that a library gave as `bytes` in a buffer that can be wiped, and overwrite the bytes.

    Only for an object nobody else holds. Python calls bytes immutable, and so never wipes them.
    """
    kept = bytearray(found)
    if len(found) > 1:  # shorter ones are shared by the whole process
        ctypes.memset(id(found) + _BYTES_HEADER, 0, len(found))
    return kept
