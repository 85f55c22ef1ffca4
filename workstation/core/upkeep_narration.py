"""How what is done about the journal itself reads in the journal."""

from __future__ import annotations

from typing import assert_never

from workstation.core.approver import CardHolder
from workstation.core.entry import Kind
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    DropArtifacts,
    Redact,
    Upkeep,
)


def narrate_upkeep(action: Upkeep) -> tuple[Kind, JsonObject]:
    """Return the kind of entry an action of upkeep makes, and what all its entries say."""
    match action:
        case ChangeHolders():
            said: JsonObject = {
                "change": action.change.value,
                "way": action.way,
                "name": action.name,
                "replaces": action.replaces,
            }
            return Kind.HOLDER, said
        case Redact():
            order: JsonObject = {
                "entry": action.entry,
                "names": [*action.names],
                "purpose": action.purpose,
                "people": _people(action.people),
            }
            return Kind.JOURNAL_REDACT, order
        case AttestTime():
            millis = int(action.utc.timestamp() * 1000)
            return Kind.CLOCK_ATTEST, {"utc": millis, "people": _people(action.people)}
        case Anchor(memory=memory):
            return Kind.JOURNAL_ANCHOR, {"memory": memory}
        case AdmitCosignature():
            seen: JsonObject = {"witness": action.witness, "size": action.size, "root": action.root}
            return Kind.JOURNAL_WITNESS, seen
        case DropArtifacts(requests=requests):
            return Kind.STORE_DROP, {"requests": [*requests]}
        case _:
            assert_never(action)


def _people(holders: tuple[CardHolder, ...]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for holder in holders:
        person = None if holder.person is None else holder.person.id
        found.append({"person": person, "key": holder.key.fingerprint, "token": holder.token_serial})
    return found
