"""Text around bytes: PEM blocks (RFC 7468), OpenPGP armor (RFC 9580 section 6.2), SSH signatures."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from workstation.core.errors import Malformed

_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n(.*?)\r?\n?-----END \1-----", re.DOTALL)
_BEGIN: Final = "-----BEGIN "
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*: .*")
_CHECKSUM: Final = re.compile(r"=[A-Za-z0-9+/]{4}")
_MOST_BLOCKS: Final = 1000


@dataclass(frozen=True, slots=True)
class Block:
    """The bytes of one block and what it says they are, such as CERTIFICATE."""

    label: str
    data: bytes


def blocks_in(text: str, *, where: str) -> tuple[Block, ...]:
    """Return every block in a text, in order; raises Malformed when one does not end or is not base64."""
    found = _BLOCK.findall(text)
    if len(found) != text.count(_BEGIN):
        raise Malformed(where, "a block that begins and does not end found")
    if len(found) > _MOST_BLOCKS:
        raise Malformed(where, f"{len(found)} blocks found, at most {_MOST_BLOCKS} wanted")
    return tuple(Block(label, _content(label, body, where)) for label, body in found)


def _content(label: str, body: str, where: str) -> bytes:
    lines = [line.rstrip() for line in body.splitlines()]
    if label.startswith("PGP "):
        return _openpgp_content(lines, where)
    return _unbase64("".join(lines), where)


def _openpgp_content(lines: list[str], where: str) -> bytes:
    """Return what armor holds: headers up to an empty line, base64, and maybe a checksum."""
    while lines and _HEADER.fullmatch(lines[0]):
        del lines[0]
    if lines and not lines[0]:
        del lines[0]
    checksum = None
    if lines and _CHECKSUM.fullmatch(lines[-1]):
        checksum = _unbase64(lines.pop()[1:], where)
    data = _unbase64("".join(lines), where)
    if checksum is not None and int.from_bytes(checksum, "big") != _crc24(data):
        raise Malformed(where, "armor with a checksum of other bytes found")
    return data


def _unbase64(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(where, "not base64") from error


def _crc24(data: bytes) -> int:
    """Return the checksum of armor (RFC 9580 section 6.1.1)."""
    register = 0xB704CE
    for byte in data:
        register ^= byte << 16
        for _ in range(8):
            register <<= 1
            if register & 0x1000000:
                register ^= 0x1864CFB
    return register & 0xFFFFFF
