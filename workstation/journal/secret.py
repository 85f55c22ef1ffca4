"""Secrets in memory: derived into buffers that can be wiped, wiped when done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from workstation.process.frames import wipe

if TYPE_CHECKING:
    from collections.abc import Generator

KEY_BYTES: Final = 32
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
