"""The signatures in an RPM's signature header (rpm's docs/manual/format.md: lead, signature, header)."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator
from typing import Final

from workstation.review.ledger import Lie
from workstation.review.source import Source

_LEAD: Final = 96
_HEADER_MAGIC: Final = b"\x8e\xad\xe8\x01"
_INTRO: Final = struct.Struct(">4s4sII")
_ENTRY: Final = struct.Struct(">IIII")
_BINARY, _TEXTS = 7, 8
# DSA, RSA, PGP, GPG and PGP5 over header or header and payload; OPENPGP (since rpm 6) as base64 texts.
_SIGNATURES: Final = (259, 262, 263, 267, 268, 1002, 1005, 1006)
_OPENPGP: Final = 278
# Sizes, digests and room, which nobody signed (rpm's include/rpm/rpmtag.h, rpmSigTag_e). The lengths and
# algorithms of the signatures of single files are here too, those signatures themselves are not.
_NO_SIGNATURES: Final = frozenset(
    {62, 100, 257, 258, 260, 261, 264, 265, 266, 269, 270, 271, 273, 275, 277, 279}
    | {999, 1000, 1001, 1003, 1004, 1007, 1008}
)
_MOST_ENTRIES: Final = 1000
_MOST_BYTES: Final = 16 * 1024 * 1024


def rpm_signatures(source: Source, where: str) -> Iterator[bytes]:
    """Yield each signature of the package, and whatever has an unknown tag; raises Lie when damaged."""
    intro = source.at(_LEAD, _INTRO.size)
    if len(intro) < _INTRO.size or intro[:4] != _HEADER_MAGIC:
        raise Lie(where, "the RPM has no signature header")
    _, _, entries, size = _INTRO.unpack(intro)
    if entries > _MOST_ENTRIES or size > _MOST_BYTES:
        raise Lie(where, "the RPM's signature header is too large")
    index = source.at(_LEAD + _INTRO.size, entries * _ENTRY.size)
    store = source.at(_LEAD + _INTRO.size + entries * _ENTRY.size, size)
    if len(index) + len(store) < entries * _ENTRY.size + size:
        raise Lie(where, "the RPM's signature header is cut short")
    for tag, kind, place, count in _ENTRY.iter_unpack(index):
        yield from _values(store, (tag, kind, place, count), where)


def _values(store: bytes, entry: tuple[int, int, int, int], where: str) -> Iterator[bytes]:
    tag, kind, place, count = entry
    if tag in _SIGNATURES and kind == _BINARY:
        if place + count > len(store):
            raise Lie(where, "an RPM signature is cut short")
        yield store[place : place + count]
    elif tag == _OPENPGP and kind == _TEXTS:
        texts = store[place:].split(b"\0", count)[:count] if count else []
        yield from (_decoded(text, where) for text in texts)
    elif tag in (*_SIGNATURES, _OPENPGP):
        raise Lie(where, f"an RPM signature of another type than its tag {tag} has")
    elif tag not in _NO_SIGNATURES:
        # Signatures of single files (IMA, fs-verity) and what is yet to come: it names nobody, and blocks.
        yield f"tag {tag}".encode()


def _decoded(text: bytes, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Lie(where, "an RPM signature that is not base64") from error
