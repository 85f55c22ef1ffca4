"""Checkpoints that cards sign beside the station: under which name, and what holds where one travels.

A card that signed where the journal stood is a memory of it that nobody at the machine can take back.
"""

from __future__ import annotations

from workstation.core.checkpoint import SignatureType, Signer, verify_note
from workstation.core.countersignature import Head
from workstation.core.errors import TokenRefused, Untrusted
from workstation.core.public_key import KeyKind, PublicKey

_RAW = 32


def signs_checkpoints(key: PublicKey) -> bool:
    """Say whether C2SP signed-note has a signature type for this kind of key."""
    return key.kind in {KeyKind.P256, KeyKind.ED25519}


def card_signer(key: PublicKey) -> Signer:
    """Return the signer a card's line on a checkpoint is verified with; it is named by its key.

    Raises TokenRefused for a kind of key that signs no checkpoint.
    """
    name = f"card/{key.fingerprint[:16]}"
    if key.kind is KeyKind.P256:
        return Signer(name=name, type=SignatureType.ECDSA, key=key.spki)
    if key.kind is KeyKind.ED25519:
        return Signer(name=name, type=SignatureType.ED25519, key=key.spki[-_RAW:])
    raise TokenRefused("mechanism_unsupported", f"a {key.kind} key signs no checkpoint (C2SP signed-note)")


def verify_carried(note: bytes, head: Head, *, station_key: bytes, card: PublicKey, where: str) -> None:
    """Raise Untrusted unless `note` is of `head`, signed by the station and by the card, if its key can.

    `station_key` is the station's raw Ed25519 key. Raises Malformed for what is no note.
    """
    station = Signer(name=head.origin, type=SignatureType.ED25519, key=station_key)
    wanted = (station, *((card_signer(card),) if signs_checkpoints(card) else ()))
    said = verify_note(note, wanted)
    if head != Head.of(said.origin, said.size, said.root):
        raise Untrusted(where, "its checkpoint is of another moment than the one it names")
    for signer in wanted:
        if signer not in said.signers:
            raise Untrusted(where, f"its checkpoint is not signed by {signer.name}")
