"""What the journal writer is asked about the ways to open a journal. Every request is read strictly."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypeAlias

from workstation.core.entry import Draft, Kind, Outcome, parse_time
from workstation.core.strict_json import JsonObject
from workstation.journal.envelope import Slot, unlock_key
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import passphrase_slot, secret_slot, token_slot
from workstation.journal.slot_way import Argon2Cost, SharesWay, TpmWay, parse_way, way_names

if TYPE_CHECKING:
    from workstation.core.entry import EntryTime
    from workstation.core.shape import Fields, Shape
    from workstation.core.strict_json import JsonValue
    from workstation.journal.envelope import Envelope
    from workstation.journal.opened import Opened

Changed: TypeAlias = JsonObject
_ALL: tuple[str, ...] = ("op", "name", "replaces", "time")


def slots_json(envelope: Envelope) -> list[JsonValue]:
    """Return what the slots say of themselves, and what a token is handed to open one."""
    return [
        {**slot.stated(), "ephemeral": base64.b64encode(slot.ephemeral).decode()} for slot in envelope.slots
    ]


def put_slot(opened: Opened, request: Shape, secret: bytearray | None) -> Changed:
    """Add a slot, or put it in the place of another; raises JournalFailure (refused) and Malformed."""
    fields = request.open_fields()
    slot = _asked(request, fields["kind"].text(), secret)
    replaces, time = fields["replaces"], parse_time(fields["time"])
    if replaces.value is None:
        opened.add_slot(slot)
    else:
        opened.replace_slot(replaces.identifier(), slot, time)
    _note(opened, "added" if replaces.value is None else "replaced", slot, replaces.value, time)
    return {"fingerprint": slot.recipient.fingerprint}


def remove_slot(opened: Opened, request: Shape) -> Changed:
    """Take a slot away: a new key and a new segment begin; raises JournalFailure (refused)."""
    asked = request.fields("op", "name", "time")
    name, time = asked["name"].identifier(), parse_time(asked["time"])
    gone = opened.envelope().named(name)
    opened.replace_slot(name, None, time)
    if gone is not None:
        _note(opened, "removed", gone, None, time)
    return {}


def _asked(request: Shape, kind: str, secret: bytearray | None) -> Slot:
    if kind == "token":
        fields = request.fields(*_ALL, "kind", "spki")
        spki = fields["spki"]
        return token_slot(_name(fields), unlock_key(spki.base64(), where=spki.where))
    if secret is None:
        raise JournalFailure(FailureName.REFUSED, f"a slot of kind {kind[:20]!a} needs a secret")
    if kind == "passphrase":
        return passphrase_slot(_name(request.fields(*_ALL, "kind")), secret, Argon2Cost())
    fields = request.fields(*_ALL, "kind", *way_names(request))
    match parse_way(fields):
        case SharesWay() | TpmWay() as way:
            return secret_slot(_name(fields), way, secret)
        case _:
            raise fields["kind"].wanted("token, passphrase, shares or tpm")


def _name(fields: Fields) -> str:
    return fields["name"].identifier()


def _note(opened: Opened, change: str, slot: Slot, replaces: JsonValue, time: EntryTime) -> None:
    said: JsonObject = {
        "change": change,
        "way": str(slot.way.to_json()["kind"]),
        "name": slot.name,
        "fingerprint": slot.recipient.fingerprint,
        "replaces": replaces,
    }
    opened.append(Draft(kind=Kind.HOLDER, outcome=Outcome.INFO, payload=said), time)
