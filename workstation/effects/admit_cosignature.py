"""AdmitCosignature: a checkpoint of ours that a witness cosigned goes into the journal."""

from __future__ import annotations

from workstation.core.errors import WorkstationError
from workstation.core.upkeep import AdmitCosignature
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def admit_cosignature(_permit: Permit[AdmitCosignature], _tools: Tools, materials: Materials) -> Effected:
    """Keep the note's own bytes: they are what can be verified again."""
    if materials.note is None:
        raise WorkstationError("a cosignature was permitted without its note")
    return Effected(result=Noted(), payload={"note": materials.note.decode()})
