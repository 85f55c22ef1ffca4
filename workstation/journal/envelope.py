"""The key envelope: the journal's one key, sealed once for each way to open it.

Each slot is bound to the journal's origin and to what the slot says about itself, so that no slot
can be moved to another journal or another holder.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from workstation.core import public_key
from workstation.core.canonical import canonical, parse_canonical
from workstation.core.checkpoint import is_name
from workstation.core.errors import Malformed
from workstation.core.public_key import KeyKind, PublicKey
from workstation.core.shape import Fields, Shape
from workstation.journal import hpke
from workstation.journal.secret import KEY_BYTES

if TYPE_CHECKING:
    from workstation.core.identity import Fingerprint
    from workstation.core.strict_json import JsonObject

VERSION: Final = 1
MAX_SLOTS: Final = 64
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
SEALED_BYTES: Final = KEY_BYTES + hpke.TAG_BYTES
_MOST_KIB, _MOST_ITERATIONS, _MOST_LANES = 4 * 1024 * 1024, 64, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Cost:
    """Argon2id's parameters; the default is RFC 9106's second recommendation, above OWASP's floor."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseSlot:
    """The journal key under a passphrase: Argon2id (RFC 9106), then AES-256-GCM."""

    cost: Argon2Cost
    salt: bytes
    nonce: bytes
    sealed: bytes

    def stated(self) -> JsonObject:
        """Return what the seal is bound to."""
        return {
            "kind": "passphrase",
            "salt": _base64(self.salt),
            "memory_kib": self.cost.memory_kib,
            "iterations": self.cost.iterations,
            "lanes": self.cost.lanes,
        }

    def to_json(self) -> JsonObject:
        """Return the slot as it stands in the file."""
        return {**self.stated(), "nonce": _base64(self.nonce), "sealed": _base64(self.sealed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSlot:
    """The journal key sealed to a holder's P-256 unlock key (HPKE base mode, RFC 9180)."""

    holder: PublicKey
    ephemeral: bytes
    sealed: bytes

    def stated(self) -> JsonObject:
        """Return what the seal is bound to."""
        return {"kind": "token", "fingerprint": self.holder.fingerprint, "spki": _base64(self.holder.spki)}

    def to_json(self) -> JsonObject:
        """Return the slot as it stands in the file."""
        return {**self.stated(), "ephemeral": _base64(self.ephemeral), "sealed": _base64(self.sealed)}


Slot: TypeAlias = PassphraseSlot | TokenSlot


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """All slots of one journal."""

    origin: str
    slots: tuple[Slot, ...]

    def token_slot(self, fingerprint: Fingerprint) -> TokenSlot | None:
        """Return the slot of a holder's unlock key."""
        tokens = (slot for slot in self.slots if isinstance(slot, TokenSlot))
        return next((slot for slot in tokens if slot.holder.fingerprint == fingerprint), None)

    def with_slot(self, slot: Slot) -> Envelope:
        """Return the envelope with one more slot."""
        return replace(self, slots=(*self.slots, slot))

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        slots = [slot.to_json() for slot in self.slots]
        return canonical({"v": VERSION, "origin": self.origin, "slots": [*slots]}, where="envelope")


def binding(origin: str, slot: Slot) -> bytes:
    """Return what a slot's seal commits to: the journal, and what the slot says of itself."""
    stated: JsonObject = {"context": "countersign/journal-key/v1", "origin": origin, "slot": slot.stated()}
    return canonical(stated, where="envelope")


def unlock_key(spki: bytes, *, where: str) -> PublicKey:
    """Return a holder's unlock key; raises Malformed unless it is P-256."""
    found = public_key.parse_spki(spki, where=where)
    if found.kind is not KeyKind.P256:
        raise Malformed(where, f"a {found.kind} key found, P-256 wanted")
    return found


def parse_envelope(data: bytes) -> Envelope:
    """Return the envelope in `data`; raises Malformed."""
    top = Shape(parse_canonical(data, where="envelope"), "envelope").fields("v", "origin", "slots")
    top["v"].constant(VERSION)
    origin = top["origin"].printable()
    if not is_name(origin):
        raise top["origin"].wanted("an origin")
    slots = tuple(_slot(shape) for shape in top["slots"].items(at_least=1, at_most=MAX_SLOTS))
    holders = [slot.holder.fingerprint for slot in slots if isinstance(slot, TokenSlot)]
    if len(set(holders)) != len(holders):
        raise Malformed("envelope.slots", "two slots of one key found, one wanted")
    return Envelope(origin=origin, slots=slots)


def _slot(shape: Shape) -> Slot:
    match shape.open_fields()["kind"].value:
        case "passphrase":
            names = ("kind", "salt", "memory_kib", "iterations", "lanes", "nonce", "sealed")
            return _passphrase_slot(shape.fields(*names))
        case "token":
            return _token_slot(shape.fields("kind", "fingerprint", "spki", "ephemeral", "sealed"))
        case _:
            raise shape.open_fields()["kind"].wanted("passphrase or token")


def _passphrase_slot(fields: Fields) -> PassphraseSlot:
    return PassphraseSlot(
        cost=Argon2Cost(
            memory_kib=fields["memory_kib"].integer(8 * _MOST_LANES, _MOST_KIB),
            iterations=fields["iterations"].integer(1, _MOST_ITERATIONS),
            lanes=fields["lanes"].integer(1, _MOST_LANES),
        ),
        salt=_sized(fields["salt"], SALT_BYTES),
        nonce=_sized(fields["nonce"], NONCE_BYTES),
        sealed=_sized(fields["sealed"], SEALED_BYTES),
    )


def _token_slot(fields: Fields) -> TokenSlot:
    holder = unlock_key(fields["spki"].base64(), where=fields["spki"].where)
    fields["fingerprint"].constant(holder.fingerprint)
    return TokenSlot(
        holder=holder,
        ephemeral=_sized(fields["ephemeral"], hpke.POINT_BYTES),
        sealed=_sized(fields["sealed"], SEALED_BYTES),
    )


def _sized(shape: Shape, length: int) -> bytes:
    found = shape.base64()
    if len(found) != length:
        raise shape.wanted(f"{length} bytes in base64")
    return found


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
