"""Which 32 bytes are an Ed25519 public key we accept (RFC 8032 section 5.1.3).

OpenSSL accepts encodings that several implementations read differently: coordinates not below
the prime, and points of small order, under which one signature fits many messages.
"""

from __future__ import annotations

from typing import Final

P: Final = 2**255 - 19
D: Final = (-121665 * pow(121666, -1, P)) % P
_SQRT_MINUS_ONE: Final = pow(2, (P - 1) // 4, P)

# y of a point of order eight. The eight points whose order divides eight have five values of y.
_EIGHTH: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER: Final = frozenset({0, 1, P - 1, _EIGHTH, P - _EIGHTH})
"""The values of y of the points whose order divides eight: under them one signature fits many messages."""


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
    return "of small order" if y in SMALL_ORDER else None


def _x_of(y: int) -> int | None:
    # x² = u / v. One power gives the inverse and the root together (RFC 8032 section 5.1.3, step 2).
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    root = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * root * root % P == u:
        return root
    root = root * _SQRT_MINUS_ONE % P
    return root if v * root * root % P == u else None
