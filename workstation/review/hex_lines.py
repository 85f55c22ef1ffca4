"""A small binary as lines that can be compared: sixteen bytes in hex, and as characters."""

from __future__ import annotations

from typing import Final

_WIDTH: Final = 16
_OTHER: Final = ord(".")


def hex_lines(data: bytes) -> list[bytes]:
    """Return the lines; they say no offset, so that what only moved stays the same line."""
    return [_line(data[place : place + _WIDTH]) for place in range(0, len(data), _WIDTH)]


def _line(part: bytes) -> bytes:
    shown = bytes(byte if 0x20 <= byte < 0x7F else _OTHER for byte in part)  # noqa: PLR2004 (printable ASCII)
    return f"{part.hex(' '):<{3 * _WIDTH - 1}}  |".encode() + shown + b"|"
