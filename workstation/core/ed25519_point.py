"""Which 32 bytes are an Ed25519 public key we accept (RFC 8032 section 5.1.3).

OpenSSL accepts encodings that several implementations read differently: coordinates not below
the prime, and points of small order, under which one signature fits many messages.
"""

from __future__ import annotations

from typing import Final

P: Final = 2**255 - 19
D: Final = (-121665 * pow(121666, P - 2, P)) % P
_SQRT_MINUS_ONE: Final = pow(2, (P - 1) // 4, P)
_COFACTOR_DOUBLINGS: Final = 3


def refusal_of_point(raw: bytes) -> str | None:
    """Return why these 32 bytes are refused as a public key, or None when they are fine."""
    encoded = int.from_bytes(raw, "little")
    y, sign = encoded & (2**255 - 1), encoded >> 255
    if y >= P:
        return "not canonically encoded"
    x = _x_of(y)
    if x is None:
        return "not a point of the curve"
    if x == 0 and sign:
        return "not canonically encoded"
    point = (P - x if (x & 1) != sign else x, y)
    for _ in range(_COFACTOR_DOUBLINGS):
        point = _double(point)
    return "of small order" if point == (0, 1) else None


def _x_of(y: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square:
        root = root * _SQRT_MINUS_ONE % P
    return root if root * root % P == square else None


def _double(point: tuple[int, int]) -> tuple[int, int]:
    x, y = point
    product = D * x * x * y * y % P
    doubled_x = 2 * x * y * pow(1 + product, P - 2, P) % P
    doubled_y = (y * y + x * x) * pow(1 - product, P - 2, P) % P
    return doubled_x, doubled_y
