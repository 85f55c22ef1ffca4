"""What is done about journal and store: who opens it, what is remembered outside, what is taken back.

Actions like all others: they go through the gate and stand in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from workstation.core.approver import CardHolder
from workstation.core.identity import RequestId


class HolderChange(StrEnum):
    """What happens to a way of opening the journal."""

    ADD = "add"
    REPLACE = "replace"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeHolders:
    """Let one more way open the journal, or one less; a way that goes takes the old key with it."""

    change: HolderChange
    name: str
    way: str
    """token, passphrase, shares or tpm."""

    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Take back texts kept beside an entry; two people say so, and the entry's leaf stays."""

    entry: int
    names: tuple[str, ...]
    purpose: str
    people: tuple[CardHolder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestTime:
    """Say what time it is by a clock that is not this machine's; two people do, and sign a checkpoint."""

    utc: datetime
    people: tuple[CardHolder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Put the journal's checkpoint into a memory outside of it, named such as `token:4242` or `paper`."""

    memory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitCosignature:
    """Keep a checkpoint of ours that a witness cosigned; its signatures have been verified."""

    witness: str
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropArtifacts:
    """Take the artifacts of these releases out of the store for good; what proves the releases stays."""

    requests: tuple[RequestId, ...]


Upkeep: TypeAlias = ChangeHolders | Redact | AttestTime | Anchor | AdmitCosignature | DropArtifacts
