"""The face of the desk's records: media, the journal, receipts, policy, people and the device.

Like `face`, plain values only. What is asked here changes nothing, except that a medium's bundle is
taken in, a medium is let go, and a slip is written to the outgoing medium.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from workstation.core.identity import Digest, Fingerprint, RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMedia:
    """Ask which media are here and what lies on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTakeIn:
    """Take in the bundle at `bundle`, a path that `Media` named."""

    bundle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskEject:
    """Let go of the medium at `medium`, a path that `Media` named."""

    medium: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskJournal:
    """Ask for the journal's newest entries, or those before entry `before`. Reading it is journaled."""

    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskVerifyJournal:
    """Verify every byte of the journal that can be verified without K_0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReceipts:
    """Ask which receipts came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPolicy:
    """Ask what the policy that is followed says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPeople:
    """Ask who is in the roster that is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCeremony:
    """Ask which runbook is being followed, and how far it has come."""


class Slip(StrEnum):
    """What can be printed: a PDF on the outgoing medium."""

    REQUEST = "request"
    REFUSAL = "refusal"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSlip:
    """Write a slip: about the request or journal entry `about`; a checkpoint is about nothing."""

    slip: Slip
    about: str = ""


RecordQuestion: TypeAlias = (
    AskMedia
    | AskTakeIn
    | AskEject
    | AskJournal
    | AskVerifyJournal
    | AskReceipts
    | AskPolicy
    | AskPeople
    | AskCeremony
    | AskSlip
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StickLine:
    """A medium: its path and name, the bundles on it, and its room in bytes."""

    path: str
    name: str
    bundles: tuple[str, ...]
    size: int
    free: int
    writable: bool
    mounted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The media that are here. `outgoing` is the only place anything is written to."""

    sticks: tuple[StickLine, ...]
    outgoing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A request was taken in: every check of the intake held."""

    request: RequestId
    product: str
    version: str
    channel: str
    artifacts: int
    evidence: int
    size: int
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ejected:
    """Everything was written out; the medium may be taken out."""

    medium: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One entry: when (UTC, milliseconds since 1970), what, how far, who, about what, and why not."""

    seq: int
    at_ms: int
    kind: str
    outcome: str
    who: str
    about: str
    rule: str
    reasons: tuple[str, ...]
    leaf: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """Some entries, newest first, of a journal of `size` entries with root hash `root`."""

    lines: tuple[JournalLine, ...]
    size: int
    root: Digest
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalVerified:
    """The journal was verified: what does not hold, none if all does."""

    size: int
    root: Digest
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """A deployer's receipt, and the release it is about."""

    product: str
    version: str
    channel: str
    environment: str
    result: str
    deployer: str
    at: str
    verified: tuple[str, ...]
    release: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Every receipt, and the releases no receipt came for, as `product version channel`."""

    lines: tuple[ReceiptLine, ...]
    awaited: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLine:
    """A control of a rule by the name it has in policy.json, and what it asks, in words."""

    name: str
    asks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule: the products and channels it is about, and its controls."""

    id: str
    products: tuple[str, ...]
    channels: tuple[str, ...]
    controls: tuple[ControlLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPage:
    """The policy that is followed; version 0 while none is."""

    id: str
    version: int
    digest: str
    effective_from: str
    rules: tuple[RuleLine, ...]
    controls: tuple[ControlLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """A credential: what it may be used for, until when, and where it stands in its life."""

    fingerprint: Fingerprint
    uses: tuple[str, ...]
    token: str
    valid_to: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A key holder, or a service with those who control it."""

    id: str
    name: str
    roles: tuple[str, ...]
    active: bool
    service: bool
    controllers: tuple[str, ...]
    keys: tuple[KeyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The roster that is followed; version 0 while none is."""

    version: int
    created: str
    lines: tuple[PersonLine, ...]


class StepState(StrEnum):
    """Where a step of a runbook stands."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    DEVIATED = "deviated"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step: what is done, by whom, what the room has to look like before, and what was noted."""

    title: str
    who: str
    wants: str
    noted: str
    state: StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """The runbook that is followed: no title while none is. A rehearsal is marked as one."""

    title: str
    rehearsal: bool
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A slip was written to the outgoing medium."""

    slip: Slip
    path: str
    digest: Digest


RecordAnswer: TypeAlias = (
    Media
    | TakenIn
    | Ejected
    | JournalPage
    | JournalVerified
    | Receipts
    | PolicyPage
    | People
    | Ceremony
    | Printed
)
