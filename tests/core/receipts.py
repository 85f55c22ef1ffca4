"""Receipts in the test world."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from core.documents import signed
from core.world import World

from workstation.core.action import AdmitReceipt
from workstation.core.identity import digest_of
from workstation.core.manifest import Artifact
from workstation.core.receipt import Receipt, Result, parse_receipt

OUT: Final = digest_of(b"what went out")


def receipt_of(world: World, *, by: str = "frank", **changes: Any) -> Receipt:
    """Return what `by` says about the release OUT."""
    said = Receipt(
        release=OUT,
        request=world.request.id,
        environment="plant-4",
        deployer=world.keys[by].public.fingerprint,
        result=Result.INSTALLED,
        verified=("everything",),
        at=world.now,
    )
    return replace(said, **changes)


def admitting(
    world: World, *, by: str = "frank", artifacts: tuple[Artifact, ...] | None = None, **changes: Any
) -> AdmitReceipt:
    """Return the action of taking in a receipt that `by` signed."""
    statement = receipt_of(world, by=by, **changes).to_statement(artifacts or world.request.manifest)
    envelope = signed(statement, world.keys[by])
    return AdmitReceipt(receipt=parse_receipt(envelope.received, where="receipt"), request=world.request)
