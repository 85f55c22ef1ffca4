"""ChangeHolders: a way to open the journal is added, replaced or removed, by the journal's own writer."""

from __future__ import annotations

from workstation.core.errors import WorkstationError
from workstation.core.upkeep import ChangeHolders, HolderChange
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def change_holders(permit: Permit[ChangeHolders], tools: Tools, materials: Materials) -> Effected:
    """Change the envelope; where a way goes, a new key and a new segment begin."""
    action, slot = permit.action, materials.slot
    if action.change is HolderChange.REMOVE:
        tools.journal.remove_slot(action.name)
        return Effected(result=Noted())
    if slot is None:
        raise WorkstationError("a way to open the journal was permitted without what it is made of")
    fingerprint = tools.journal.put_slot(
        action.name, slot.way, spki=slot.spki, secret=slot.secret, replaces=action.replaces
    )
    return Effected(result=Noted(), payload={"fingerprint": fingerprint})
