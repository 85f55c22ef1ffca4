"""Signatures in kinds of files one meets seldom: where each keeps its CMS, or that there is one at all.

What is seen and not read is given as it stands; it names nobody, and so it blocks.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from typing import Final

from workstation.review.ledger import Lie
from workstation.review.source import Source

_CAB: Final = b"MSCF"
_CAB_RESERVED: Final = struct.Struct("<30xH4xHBB")
_CAB_SIGNATURE: Final = struct.Struct("<4xII8x")
_HAS_RESERVE: Final = 4

_MODULE: Final = b"~Module signature appended~\n"
_MODULE_INFO: Final = struct.Struct(">8xI")

_SCRIPT: Final = re.compile(
    rb"SIG (?:#|//|') Begin signature block\r?\n(.*?)SIG (?:#|//|') End signature", re.DOTALL
)
_SCRIPT_LINE: Final = re.compile(rb"^.*?SIG (?:#|//|') ?", re.MULTILINE)

_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_SIGNATURE: Final = "\5DigitalSignature".encode("utf-16-le")
_CHUNK: Final = 1 << 20
_LONGEST: Final = 4 * 1024 * 1024


def seldom_signatures(source: Source, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield kind and signature of what a file of such a kind holds; raises Lie for a damaged one."""
    head = source.at(0, len(_OLE))
    if head.startswith(_CAB):
        yield from (("Authenticode", found) for found in _in_cabinet(source, where))
    elif head == _OLE:
        yield from (("installer", found) for found in _in_installer(source))
    else:
        tail = source.at(max(0, source.size - _LONGEST), _LONGEST)
        yield from (("kernel module", found) for found in _appended(tail, where))
        # PowerShell writes UTF-16 too; what it writes in comments is ASCII.
        text = tail.replace(b"\0", b"") if head.startswith(_UTF_16) else tail
        yield from (("Authenticode", found) for found in _in_script(text, where))


def _in_cabinet(source: Source, where: str) -> Iterator[bytes]:
    """Yield the signature a cabinet's reserved header points to (Microsoft's Cabinet Format)."""
    head = source.at(0, _CAB_RESERVED.size)
    if len(head) < _CAB_RESERVED.size:
        raise Lie(where, "the cabinet is cut short")
    flags, size, _, _ = _CAB_RESERVED.unpack(head)
    reserved = source.at(_CAB_RESERVED.size, _CAB_SIGNATURE.size)
    if flags & _HAS_RESERVE and size:
        if size != _CAB_SIGNATURE.size or len(reserved) < size:
            yield head + reserved
            return
        place, length = _CAB_SIGNATURE.unpack(reserved)
        if length:
            yield source.at(place, min(length, _LONGEST)).rstrip(b"\0")


def _in_installer(source: Source) -> Iterator[bytes]:
    """Yield the name of the stream an installer package keeps its signature in, where it has one."""
    for place in range(0, source.size, _CHUNK):
        if _OLE_SIGNATURE in source.at(place, _CHUNK + len(_OLE_SIGNATURE)):
            yield _OLE_SIGNATURE
            return


def _appended(tail: bytes, where: str) -> Iterator[bytes]:
    """Yield the CMS at the end of a signed kernel module (Linux, include/linux/module_signature.h)."""
    if tail.endswith(_MODULE):
        end = len(tail) - len(_MODULE) - _MODULE_INFO.size
        (length,) = _MODULE_INFO.unpack_from(tail, end) if end >= 0 else (0,)
        if not 0 < length <= end:
            raise Lie(where, "the signature appended to the module is damaged")
        yield tail[end - length : end]


def _in_script(tail: bytes, where: str) -> Iterator[bytes]:
    """Yield the CMS in the comments at the end of a script (PowerShell's about_Signing)."""
    for match in _SCRIPT.finditer(tail):
        try:
            yield base64.b64decode(_SCRIPT_LINE.sub(b"", match[1]))
        except (binascii.Error, ValueError) as error:
            raise Lie(where, "the signature of the script is not base64") from error
