"""AttestTime: two people say what time it is by another clock, and their cards sign a checkpoint."""

from __future__ import annotations

from workstation.core.upkeep import AttestTime
from workstation.effects.checkpoints import signed_checkpoint
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Checkpointed, Materials
from workstation.permit import Permit


def attest_time(permit: Permit[AttestTime], tools: Tools, materials: Materials) -> Effected:
    """Have every card sign where the journal stands, the attestation's own entry included."""
    note = signed_checkpoint(tools, materials.signers, cause="session", ref=permit.entry.seq)
    return Effected(result=Checkpointed(note=note))
