"""Redact: texts kept beside an entry are taken away; the entry and its leaf stay as they are."""

from __future__ import annotations

from workstation.core.upkeep import Redact
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def redact(permit: Permit[Redact], tools: Tools, _materials: Materials) -> Effected:
    """Have the writer do what the entry that allowed it says, and nothing else."""
    tools.journal.redact(permit.entry.seq)
    return Effected(result=Noted())
