"""Admit: the staged blobs of a request go into the vault."""

from __future__ import annotations

from workstation.core.action import Admit
from workstation.core.policy import without_version
from workstation.durable import sync_directory
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def admit(permit: Permit[Admit], tools: Tools, materials: Materials) -> Effected:
    """Take the blobs over, durably, before the journal says they are here."""
    for digest, path in materials.blobs.items():
        if not tools.vault.holds(digest):
            tools.vault.adopt(path, digest)
    sync_directory(tools.vault.directory)
    request, previous = permit.action.request, permit.action.previous
    return Effected(
        result=Noted(),
        payload={
            "product": without_version(request.product),
            "version": request.version,
            "channel": request.channel,
            "previous": None if previous is None else previous.id,
            "manifest": {artifact.name: artifact.digest for artifact in request.manifest},
            "blobs": len(materials.blobs),
        },
    )
