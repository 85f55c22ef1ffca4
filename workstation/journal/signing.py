"""What the station signs: checkpoints, and statements that stand in the journal's newest entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.checkpoint import Checkpoint, SignatureType, Signer, signature_line, signed_note
from workstation.core.dsse import pae
from workstation.core.entry import parse_entry
from workstation.core.identity import digest_of
from workstation.journal.failure import FailureName, JournalFailure

if TYPE_CHECKING:
    from workstation.journal.log import Log


def station_signer(origin: str, station_key: bytes) -> Signer:
    """Return the signer a station's checkpoints are verified with; `station_key` is raw Ed25519."""
    return Signer(name=origin, type=SignatureType.ED25519, key=station_key)


def checkpoint_note(log: Log) -> bytes:
    """Return a note over the journal as it stands, signed by the station."""
    head = log.head()
    checkpoint = Checkpoint(origin=head.origin, size=head.size, root=head.root)
    signer = station_signer(head.origin, log.station_key)
    return signed_note(checkpoint, [signature_line(signer, log.sign(checkpoint.body()))])


def attestation(log: Log, seq: int, payload_type: str, payload: bytes) -> bytes:
    """Return the station's signature over a DSSE payload that the newest entry, `seq`, names.

    No signature without its entry: raises JournalFailure (refused).
    """
    if seq != log.head().size - 1:
        raise JournalFailure(FailureName.REFUSED, f"entry {seq} is not the newest")
    for body in log.bodies(seq, seq + 1):
        if parse_entry(body).payload.get("statement") != digest_of(payload):
            raise JournalFailure(FailureName.REFUSED, f"entry {seq} does not name this statement")
    return log.sign(pae(payload_type, payload))
