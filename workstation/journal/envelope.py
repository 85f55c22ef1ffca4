"""The key envelope: the journal's one key, sealed once for each way to open it.

Every slot is sealed to a P-256 key (HPKE): a holder's, in their token, or one that is made anew
from a passphrase, from enough recovery shares, or from what a TPM gives out. So a slot can be sealed
again to a new journal key while nobody who opens it is there. Each is bound to the journal's origin
and to what the slot says about itself, so that none can be moved to another journal or holder.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workstation.core import public_key
from workstation.core.canonical import canonical, parse_canonical
from workstation.core.checkpoint import is_name
from workstation.core.errors import Malformed
from workstation.core.public_key import KeyKind, PublicKey
from workstation.core.shape import Fields, Shape
from workstation.journal import hpke
from workstation.journal.rows import MOST_SEGMENTS
from workstation.journal.secret import KEY_BYTES
from workstation.journal.slot_way import PassphraseWay, SharesWay, TokenWay, TpmWay, Way, parse_way, way_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from workstation.core.identity import Fingerprint
    from workstation.core.strict_json import JsonObject

__all__ = ["Envelope", "PassphraseWay", "SharesWay", "Slot", "TokenWay", "TpmWay", "Way", "parse_envelope"]

VERSION: Final = 2
MAX_SLOTS: Final = 64
SEALED_BYTES: Final = KEY_BYTES + hpke.TAG_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The journal key sealed to one P-256 key (HPKE base mode, RFC 9180), and how that key is come by."""

    name: str
    """Whose it is, or what: one name, one slot."""

    way: Way
    recipient: PublicKey
    ephemeral: bytes = b""
    sealed: bytes = b""

    def stated(self) -> JsonObject:
        """Return what the seal is bound to."""
        return {
            **self.way.to_json(),
            "name": self.name,
            "fingerprint": self.recipient.fingerprint,
            "spki": _base64(self.recipient.spki),
        }

    def to_json(self) -> JsonObject:
        """Return the slot as it stands in the file."""
        return {**self.stated(), "ephemeral": _base64(self.ephemeral), "sealed": _base64(self.sealed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """All slots of one journal, and the first segment that is encrypted under the key in them."""

    origin: str
    slots: tuple[Slot, ...]
    since: int = 0

    def token_slot(self, fingerprint: Fingerprint) -> Slot | None:
        """Return the slot of a holder's unlock key."""
        return self._first(lambda one: isinstance(one.way, TokenWay) and _print(one) == fingerprint)

    def named(self, name: str) -> Slot | None:
        """Return the slot of this name."""
        return self._first(lambda slot: slot.name == name)

    def with_slot(self, slot: Slot) -> Envelope:
        """Return the envelope with one more slot."""
        return replace(self, slots=(*self.slots, slot))

    def without(self, name: str) -> Envelope:
        """Return the envelope without one slot."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.name != name))

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        slots = [slot.to_json() for slot in self.slots]
        document: JsonObject = {"v": VERSION, "origin": self.origin, "since": self.since, "slots": [*slots]}
        return canonical(document, where="envelope")

    def _first(self, wanted: Callable[[Slot], bool]) -> Slot | None:
        return next((slot for slot in self.slots if wanted(slot)), None)


def binding(origin: str, slot: Slot, since: int) -> bytes:
    """Return what a slot's seal commits to: the journal, its first segment, and what the slot says."""
    stated: JsonObject = {
        "context": "countersign/journal-key/v2",
        "origin": origin,
        "since": since,
        "slot": slot.stated(),
    }
    return canonical(stated, where="envelope")


def unlock_key(spki: bytes, *, where: str) -> PublicKey:
    """Return a holder's unlock key; raises Malformed unless it is P-256."""
    found = public_key.parse_spki(spki, where=where)
    if found.kind is not KeyKind.P256:
        raise Malformed(where, f"a {found.kind} key found, P-256 wanted")
    return found


def parse_envelope(data: bytes) -> Envelope:
    """Return the envelope in `data`; raises Malformed."""
    top = Shape(parse_canonical(data, where="envelope"), "envelope").fields("v", "origin", "since", "slots")
    top["v"].constant(VERSION)
    origin = top["origin"].printable()
    if not is_name(origin):
        raise top["origin"].wanted("an origin")
    slots = tuple(_slot(shape) for shape in top["slots"].items(at_least=1, at_most=MAX_SLOTS))
    for said in ([slot.name for slot in slots], [_print(slot) for slot in slots]):
        if len(set(said)) != len(said):
            raise Malformed("envelope.slots", "two slots of one name or key found, one wanted")
    return Envelope(origin=origin, slots=slots, since=top["since"].integer(0, MOST_SEGMENTS))


def _slot(shape: Shape) -> Slot:
    names = way_names(shape)
    fields = shape.fields("kind", "name", "fingerprint", "spki", "ephemeral", "sealed", *names)
    recipient = unlock_key(fields["spki"].base64(), where=fields["spki"].where)
    fields["fingerprint"].constant(recipient.fingerprint)
    return Slot(
        name=fields["name"].identifier(),
        way=parse_way(fields),
        recipient=recipient,
        ephemeral=_sized(fields, "ephemeral", hpke.POINT_BYTES),
        sealed=_sized(fields, "sealed", SEALED_BYTES),
    )


def _sized(fields: Fields, name: str, length: int) -> bytes:
    found = fields[name].base64()
    if len(found) != length:
        raise fields[name].wanted(f"{length} bytes in base64")
    return found


def _print(slot: Slot) -> Fingerprint:
    return slot.recipient.fingerprint


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
