"""Small types for identities, so that no two of them can be confused.

Values of these types are made by the parsers in `shape`; everywhere else they are already whole.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NewType

Digest = NewType("Digest", str)
"""SHA-256 of some bytes, as 64 lower-case hex digits."""

Fingerprint = NewType("Fingerprint", str)
"""The one identity of a key (see `public_key`), as 64 lower-case hex digits."""

RequestId = NewType("RequestId", str)
"""SHA-256 of the request envelope's bytes as received: the digest its blob is named by."""

PersonId = NewType("PersonId", str)
ServiceId = NewType("ServiceId", str)

IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,127}", re.ASCII)
SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def digest_of(data: bytes) -> Digest:
    """Return the SHA-256 digest of `data`."""
    return Digest(hashlib.sha256(data).hexdigest())


def short(identity: str) -> str:
    """Return the first twelve characters, for a label beside the whole value."""
    return identity[:12]
