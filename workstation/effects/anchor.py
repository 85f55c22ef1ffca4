"""Anchor: the journal's checkpoint is put into a memory outside of it."""

from __future__ import annotations

from workstation.core.checkpoint import parse_note
from workstation.core.strict_json import JsonObject
from workstation.core.upkeep import Anchor
from workstation.effects.checkpoints import signed_checkpoint
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Checkpointed, Materials
from workstation.permit import Permit


def anchor(permit: Permit[Anchor], tools: Tools, materials: Materials) -> Effected:
    """Keep a checkpoint there, signed by the cards that are to sign it too.

    Without a memory at hand the note itself is what is kept, on paper.
    """
    if materials.signers:
        note = signed_checkpoint(tools, materials.signers, cause="anchor", ref=permit.entry.seq)
    else:
        note = tools.journal.checkpoint()
    counter = None if materials.memory is None else materials.memory.keep(note)
    said = parse_note(note).checkpoint
    payload: JsonObject = {"size": said.size, "root": said.root.hex()}
    if counter is not None:
        payload["counter"] = counter
    return Effected(result=Checkpointed(note=note), payload=payload)
