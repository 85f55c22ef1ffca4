"""Public keys in the one published form their kind has: recognised by their first bytes, read by hand.

A roster has thousands, and nearly all are these. Whatever is odd in any way is left to the careful
reader in `public_key`, which says what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.core.ed25519_point import SMALL_ORDER
from workstation.core.ed25519_point import P as EDWARDS_P

_EDWARDS_HEAD: Final = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 section 4
_EDWARDS_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """A curve y² = x³ - 3x + b over the integers below p (SP 800-186, 3.2.1), of prime order."""

    kind: str
    name: str
    head: bytes
    p: int
    b: int
    width: int


# The head is the SubjectPublicKeyInfo before the point, which is uncompressed (RFC 5480 section 2.2).
_CURVES: Final = (
    _Curve(
        kind="p256",
        name="secp256r1",
        head=bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"),
        p=2**256 - 2**224 + 2**192 + 2**96 - 1,
        b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        width=32,
    ),
    _Curve(
        kind="p384",
        name="secp384r1",
        head=bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"),
        p=2**384 - 2**128 - 2**96 + 2**32 - 1,
        b=int(
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
            "c656398d8a2ed19d2a85c8edd3ec2aef",
            16,
        ),
        width=48,
    ),
)


def ordinary_numbers(spki: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return the kind of an ordinary key and the numbers its fingerprint is over, or None for any other.

    A point of P-256 or P-384 is on its curve. Of Ed25519 nothing but the range is known, and that it is
    of no small order: whether it is a point at all shows when it verifies something.
    """
    if spki.startswith(_EDWARDS_HEAD):
        return _edwards(spki[len(_EDWARDS_HEAD) :])
    for curve in _CURVES:
        if spki.startswith(curve.head):
            return _point(curve, spki[len(curve.head) :])
    return None


def _edwards(raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if len(raw) != _EDWARDS_BYTES or y >= EDWARDS_P or y in SMALL_ORDER:
        return None
    return "ed25519", ("ed25519", raw.hex())


def _point(curve: _Curve, raw: bytes) -> tuple[str, tuple[str, ...]] | None:
    x, y = int.from_bytes(raw[: curve.width]), int.from_bytes(raw[curve.width :])
    if len(raw) != 2 * curve.width or max(x, y) >= curve.p:
        return None
    if (y * y - (x * x - 3) * x - curve.b) % curve.p:
        return None
    return curve.kind, ("ec", curve.name, raw[: curve.width].hex(), raw[curve.width :].hex())
