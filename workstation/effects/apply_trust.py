"""Apply trust: the workstation follows a new state of the trust root."""

from __future__ import annotations

from workstation.core.action import ApplyTrust
from workstation.core.errors import WorkstationError
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit
from workstation.trust.store import install


def apply_trust(permit: Permit[ApplyTrust], tools: Tools, materials: Materials) -> Effected:
    """Install the verified files; raises Untrusted when they are no successor of those followed so far.

    Roster and policy are kept in the store as well, for who asks later what was followed when.
    """
    if materials.trust is None or materials.trust.snapshot != permit.action.trust:
        raise WorkstationError("another trust root was permitted than is at hand")
    for data in (materials.trust.roster_bytes, materials.trust.policy_bytes):
        tools.vault.put(data)
    install(tools.trust_directory, materials.trust)
    return Effected(result=Noted())
