"""The signatures in an RPM's signature header (rpm's docs/manual/format.md: lead, signature, header)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from workstation.review.ledger import Lie
from workstation.review.rpm_header import LEAD, read_header
from workstation.review.source import Source

# DSA, RSA, PGP, GPG and PGP5 over header or header and payload; OPENPGP (since rpm 6) as base64 texts.
_SIGNATURES: Final = (259, 262, 263, 267, 268, 1002, 1005, 1006)
_OPENPGP: Final = 278
# Sizes, digests and room, which nobody signed (rpm's include/rpm/rpmtag.h, rpmSigTag_e). The lengths and
# algorithms of the signatures of single files are here too, those signatures themselves are not.
_NO_SIGNATURES: Final = frozenset(
    {62, 100, 257, 258, 260, 261, 264, 265, 266, 269, 270, 271, 273, 275, 277, 279}
    | {999, 1000, 1001, 1003, 1004, 1007, 1008}
)


def rpm_signatures(source: Source, where: str) -> Iterator[bytes]:
    """Yield each signature of the package, and whatever has an unknown tag; raises Lie when damaged."""
    for tag, value in read_header(source, LEAD, where).values.items():
        if tag in _SIGNATURES and isinstance(value, bytes):
            yield value
        elif tag == _OPENPGP and isinstance(value, tuple):
            yield from (_decoded(str(text), where) for text in value)
        elif tag in (*_SIGNATURES, _OPENPGP):
            raise Lie(where, f"an RPM signature of another type than its tag {tag} has")
        elif tag not in _NO_SIGNATURES:
            # Signatures of single files (IMA, fs-verity) and what is yet to come: it names nobody, so blocks.
            yield f"tag {tag}".encode()


def _decoded(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Lie(where, "an RPM signature that is not base64") from error
