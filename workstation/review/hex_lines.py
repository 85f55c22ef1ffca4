"""A small binary as lines that can be compared: sixteen bytes in hex, and as characters."""

from __future__ import annotations

from typing import Final

_WIDTH: Final = 16
_PRINTABLE: Final = range(0x20, 0x7F)  # of ASCII
_SHOWN: Final = bytes(byte if byte in _PRINTABLE else ord(".") for byte in range(256))


def hex_lines(data: bytes) -> list[bytes]:
    """Return the lines; they say no offset, so that what only moved stays the same line."""
    shown, digits = data.translate(_SHOWN), data.hex(" ").encode()
    return [
        digits[3 * place : 3 * (place + _WIDTH) - 1].ljust(3 * _WIDTH - 1)
        + b"  |"
        + shown[place : place + _WIDTH]
        + b"|"
        for place in range(0, len(data), _WIDTH)
    ]
