"""Telling one human from another without naming them: the uniqueness tag.

HMAC-SHA-256 (RFC 2104) under a secret of the roster over what tells this human from every other,
such as a staff number. Staff numbers are few enough to try them all, so the weaker form, a plain
digest, hides nothing from whoever reads the roster; both find one human enrolled twice.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.identity import Digest, digest_of

LEAST_SECRET_BYTES: Final = 16
_TAG: Final = b"countersign-uniqueness-v1\n"
_CHECK: Final = b"countersign-uniqueness-check-v1\n"


def uniqueness_tag(mark: str, secret: bytes | None) -> Digest:
    """Return the tag of one human; without a secret it is the weaker, plain digest."""
    message = _TAG + mark.encode()
    return digest_of(message) if secret is None else _keyed(secret, message)


def secret_check(secret: bytes) -> Digest:
    """Return what a roster keeps so that another secret is noticed; raises Malformed for a short one."""
    if len(secret) < LEAST_SECRET_BYTES:
        raise Malformed("roster secret", f"{len(secret)} bytes found, at least {LEAST_SECRET_BYTES} wanted")
    return _keyed(secret, _CHECK)


def _keyed(secret: bytes, message: bytes) -> Digest:
    return Digest(hmac.new(secret, message, hashlib.sha256).hexdigest())
