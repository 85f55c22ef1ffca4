"""Receipt: a deployer's receipt goes into the vault."""

from __future__ import annotations

from workstation.core.action import AdmitReceipt
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def admit_receipt(permit: Permit[AdmitReceipt], tools: Tools, _materials: Materials) -> Effected:
    """Keep the receipt's envelope."""
    signed = permit.action.receipt
    envelope = tools.vault.put(signed.envelope.received)
    return Effected(
        result=Noted(),
        payload={
            "envelope": envelope,
            "environment": signed.receipt.environment,
            "deployer": signed.receipt.deployer,
            "result": signed.receipt.result.value,
            "at": int(signed.receipt.at.timestamp() * 1000),
        },
    )
