"""What goes into the gate beside an action, and what comes out of it when the action was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from workstation.core.approver import CardHolder
from workstation.core.identity import Digest
from workstation.journal.slot_way import Way
from workstation.tokens.cards import AnsweredCard
from workstation.trust.verified_trust import VerifiedTrust


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What only the caller has: a PIN (wiped after use), a card that answered, blobs, a new trust root."""

    pin: bytearray | None = field(default=None, repr=False)
    card: AnsweredCard | None = None
    blobs: Mapping[Digest, Path] = field(default_factory=dict[Digest, Path])
    trust: VerifiedTrust | None = None
    slot: SlotMaterial | None = None
    signers: tuple[AnsweredSigner, ...] = ()
    memory: Memory | None = None
    note: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotMaterial:
    """What a new way to open the journal is made of: a token's public key, or a secret (wiped after use)."""

    way: Way
    spki: bytes | None = None
    secret: bytearray | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredSigner:
    """A card that answered, and its PIN for signing once more (wiped after use)."""

    card: AnsweredCard
    pin: bytearray | None = field(default=None, repr=False)


class Memory(Protocol):
    """A memory outside the machine that can be written to."""

    def keep(self, note: bytes) -> int | None:
        """Keep a checkpoint note in the place of the one before; return its counter, if it counts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Whose card it is, the card itself for signing with it, and the challenge it answered."""

    holder: CardHolder
    card: AnsweredCard
    challenge: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A statement was signed by a card: its envelope's digest and the statement's own bytes."""

    envelope: Digest
    statement: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A release is on the outgoing medium: where, and the digests of its statement and its bundle."""

    directory: str
    release: Digest
    bundle: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Entries left the journal: where they are, which, and the digest of the list of all files' digests."""

    directory: str
    digest: Digest
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpointed:
    """A checkpoint of the journal was signed: the note's bytes."""

    note: bytes


@dataclass(frozen=True, slots=True)
class Noted:
    """The journal entry was all there was to do, or all that is to be said."""


Result: TypeAlias = Identified | Signed | Written | Exported | Checkpointed | Noted
