"""The format and dimensions of pictures, from their headers alone: nothing is decoded here.

Sources: PNG (ISO/IEC 15948) 11.2.2, GIF89a 18, JPEG (ITU-T T.81) B.2.2, RIFF/WebP container 2.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xDA)})  # JPEG markers without a length
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SEGMENTS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture: its format, and its width and height in pixels."""

    format: str
    width: int
    height: int


def read_picture(data: bytes) -> Picture | None:
    """Return what a file says it is as a picture; None when it is none, or cut short."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            width, height = struct.unpack_from(">II", data, 16)
            return Picture(format="PNG", width=width, height=height)
        if data.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", data, 6)
            return Picture(format="GIF", width=width, height=height)
        if data.startswith(b"RIFF") and data[8:16] == b"WEBPVP8X":
            width = int.from_bytes(data[24:27], "little") + 1
            return Picture(format="WebP", width=width, height=int.from_bytes(data[27:30], "little") + 1)
        return _jpeg(data) if data.startswith(b"\xff\xd8\xff") else None
    except struct.error:
        return None


def _jpeg(data: bytes) -> Picture | None:
    place = 2
    for _ in range(_MOST_SEGMENTS):
        mark, kind = struct.unpack_from("BB", data, place)
        if mark != 0xFF:  # noqa: PLR2004 (every marker begins so)
            return None
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return Picture(format="JPEG", width=width, height=height)
        (length,) = (0,) if kind in _STANDALONE else struct.unpack_from(">H", data, place + 2)
        place += 2 + length
    return None
