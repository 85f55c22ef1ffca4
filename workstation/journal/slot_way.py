"""The ways to come by the key of a slot: a token, a passphrase, shares of a secret, a TPM."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from workstation.core.errors import Malformed

if TYPE_CHECKING:
    from workstation.core.shape import Fields, Shape
    from workstation.core.strict_json import JsonObject

SALT_BYTES: Final = 16
MOST_SHARES: Final = 16
"""SLIP-39 numbers the shares of a group with four bits."""

_MOST_TPM_BYTES: Final = 4096
_MOST_KIB, _MOST_ITERATIONS, _MOST_LANES = 4 * 1024 * 1024, 64, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Cost:
    """Argon2id's parameters; the default is RFC 9106's second recommendation, above OWASP's floor."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class TokenWay:
    """The private key is in a holder's token."""

    def to_json(self) -> JsonObject:
        """Return what the slot says of it."""
        return {"kind": "token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseWay:
    """The private key is made from a passphrase by Argon2id (RFC 9106)."""

    salt: bytes
    cost: Argon2Cost = field(default_factory=Argon2Cost)

    def to_json(self) -> JsonObject:
        """Return what the slot says of it."""
        return {
            "kind": "passphrase",
            "salt": base64.b64encode(self.salt).decode(),
            "memory_kib": self.cost.memory_kib,
            "iterations": self.cost.iterations,
            "lanes": self.cost.lanes,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesWay:
    """The private key is made from a secret that `threshold` of `count` people hold (SLIP-39)."""

    threshold: int
    count: int

    def to_json(self) -> JsonObject:
        """Return what the slot says of it."""
        return {"kind": "shares", "threshold": self.threshold, "count": self.count}


@dataclass(frozen=True, slots=True, kw_only=True)
class TpmWay:
    """The private key is made from a secret that this machine's TPM keeps (TPM2B_PUBLIC, TPM2B_PRIVATE)."""

    public: bytes
    private: bytes

    def to_json(self) -> JsonObject:
        """Return what the slot says of it."""
        return {
            "kind": "tpm",
            "public": base64.b64encode(self.public).decode(),
            "private": base64.b64encode(self.private).decode(),
        }


Way: TypeAlias = TokenWay | PassphraseWay | SharesWay | TpmWay

_NAMES: Final = {
    "token": (),
    "passphrase": ("salt", "memory_kib", "iterations", "lanes"),
    "shares": ("threshold", "count"),
    "tpm": ("public", "private"),
}


def way_names(shape: Shape) -> tuple[str, ...]:
    """Return the fields a slot of this kind has beside those of all; raises Malformed."""
    kind = shape.open_fields()["kind"]
    found = _NAMES.get(kind.text())
    if found is None:
        raise kind.wanted("one of " + ", ".join(_NAMES))
    return found


def parse_way(fields: Fields) -> Way:
    """Return the way a slot is opened; raises Malformed."""
    match fields["kind"].text():
        case "token":
            return TokenWay()
        case "passphrase":
            return PassphraseWay(salt=_salt(fields), cost=_cost(fields))
        case "shares":
            count = fields["count"].integer(1, MOST_SHARES)
            return SharesWay(threshold=fields["threshold"].integer(1, count), count=count)
        case _:
            return TpmWay(public=_bounded(fields["public"]), private=_bounded(fields["private"]))


def _cost(fields: Fields) -> Argon2Cost:
    return Argon2Cost(
        memory_kib=fields["memory_kib"].integer(8 * _MOST_LANES, _MOST_KIB),
        iterations=fields["iterations"].integer(1, _MOST_ITERATIONS),
        lanes=fields["lanes"].integer(1, _MOST_LANES),
    )


def _salt(fields: Fields) -> bytes:
    found = fields["salt"].base64()
    if len(found) != SALT_BYTES:
        raise fields["salt"].wanted(f"{SALT_BYTES} bytes in base64")
    return found


def _bounded(shape: Shape) -> bytes:
    found = shape.base64()
    if not 0 < len(found) <= _MOST_TPM_BYTES:
        raise Malformed(shape.where, f"{len(found)} bytes found, at most {_MOST_TPM_BYTES} wanted")
    return found
