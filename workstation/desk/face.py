"""The face of the desk: every question the screen or the command line can ask, and its answers.

All are plain values, so that they can cross from the desk's process to the screen's. Times are text
as our documents write them; digests are hex. Secrets are never part of a question: they travel
beside it (see `client`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from workstation.core.identity import Digest, Fingerprint, PersonId, RequestId
from workstation.core.manifest import Artifact
from workstation.core.release_diff import ReleaseDiff
from workstation.core.seen import HIGH, AtScreen
from workstation.core.verdict import Violation
from workstation.desk.records_face import RecordAnswer, RecordQuestion
from workstation.desk.review_face import BillPart, GuardrailLine


class Stage(StrEnum):
    """How far a request has come; a fold of the journal, never stored."""

    ADMITTED = "admitted"
    REVIEWED = "reviewed"
    COUNTERSIGNED = "countersigned"
    QUORATE = "quorate"
    RELEASED = "released"
    DECLINED = "declined"


# ── questions ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStation:
    """Ask what machine this is, and which roster and policy it follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQueue:
    """Ask which requests are here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReview:
    """Ask what changed, who built it, and what would still stop it. Opening a review is journaled.

    With the card at `token` (a PKCS#11 URI) and its PIN beside it, the review is opened by whoever
    the card says; without, by nobody, and nobody can countersign on the strength of it.
    """

    request: RequestId
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTokens:
    """Ask which cards are in the readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCountersign:
    """Countersign with the card at `token` (a PKCS#11 URI). Needs the PIN beside it.

    A screen always says what was typed and displayed there; only the command line says nothing.
    """

    request: RequestId
    review: Digest
    token: str
    comment: str = ""
    acknowledged: tuple[str, ...] = ()
    at_screen: AtScreen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDecline:
    """Decline, with a reason that sticks. Needs the PIN beside it."""

    request: RequestId
    review: Digest
    token: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRelease:
    """Write a quorate request to the outgoing medium."""

    request: RequestId


Question: TypeAlias = (
    AskStation | AskQueue | AskReview | AskTokens | AskCountersign | AskDecline | AskRelease | RecordQuestion
)

# ── answers ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """This workstation: journal origin, size and root, and the versions it follows.

    Versions are 0 and `trust_expires` empty while no trust root has been applied.
    """

    origin: str
    fingerprint: Fingerprint
    journal_size: int
    journal_root: Digest
    roster_version: int
    policy_id: str
    policy_version: int
    trust_expires: str
    outgoing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One request in the queue. `have` of `need` countersignatures count at this moment."""

    request: RequestId
    product: str
    version: str
    previous_version: str
    channel: str
    builders: tuple[str, ...]
    stage: Stage
    have: int
    need: int
    admitted: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Every request, those still to be decided first, oldest first within."""

    items: tuple[QueueItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One piece of evidence, what it says in a line, and who signed it by name."""

    name: str
    digest: Digest
    summary: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderLine:
    """Someone who had a hand in this, and one way we know: read `because` from person to evidence."""

    person: PersonId
    name: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLine:
    """A countersignature that was made, and whether it counts towards the quorum now."""

    person: PersonId
    name: str
    fingerprint: Fingerprint
    at: str
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a guardrail did not agree: its rule, a headline, what was found, and what to do next."""

    rule: str
    control: str
    headline: str
    detail: str
    next_step: str


def by_rule(reasons: tuple[Reason, ...]) -> tuple[tuple[Reason, ...], ...]:
    """Return the reasons of each rule together, in the order the rules first came."""
    found: dict[tuple[str, str], list[Reason]] = {}
    for reason in reasons:
        found.setdefault((reason.rule, reason.control), []).append(reason)
    return tuple(tuple(alike) for alike in found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLine:
    """Whoever opened the review with a card, and what stands `against` their countersigning it."""

    person: str
    name: str
    fingerprint: Fingerprint
    token_serial: str
    against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Everything an approver is shown about one request; `review` is the digest of what is signed.

    `reader` is who opened it, None where no card was held to it.
    From rank `must_open` on, changes are displayed whole and findings acknowledged one by one.
    """

    item: QueueItem
    review: Digest
    sentence: str
    manifest: tuple[Artifact, ...]
    evidence: tuple[EvidenceLine, ...]
    builders: tuple[BuilderLine, ...]
    unresolved: tuple[str, ...]
    approvals: tuple[ApprovalLine, ...]
    blockers: tuple[Violation, ...]
    diff: ReleaseDiff
    source: str
    reader: ReaderLine | None = None
    must_open: int = HIGH
    bill: BillPart = field(default_factory=BillPart)
    guardrails: tuple[GuardrailLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCard:
    """A card in a reader. `holder` is who its key is enrolled for, read without a PIN: a claim only.

    `pin` is ok, low, final, locked or uninitialised. With `pinpad` the reader has a pad of its own: the PIN
    is typed there and never reaches this machine.
    """

    uri: str
    label: str
    serial: str
    model: str
    pin: str
    fingerprint: str
    holder: str
    pinpad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The cards in the readers, by label."""

    cards: tuple[TokenCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersigned:
    """A countersignature was made, verified and journaled; `statement` is what was signed, decoded."""

    request: RequestId
    person: PersonId
    name: str
    fingerprint: Fingerprint
    envelope: Digest
    entry: int
    have: int
    need: int
    quorate: bool
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A declination was signed and journaled."""

    request: RequestId
    name: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The release was written to the outgoing medium and read back."""

    request: RequestId
    directory: str
    release: Digest
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The action was refused; the refusal is journaled at `entry` and signed by the workstation."""

    action: str
    who: str
    reasons: tuple[Reason, ...]
    entry: int
    policy_id: str
    policy_version: int

    def by_rule(self) -> tuple[tuple[Reason, ...], ...]:
        """Return the reasons of each rule together, in the order the rules first came."""
        return by_rule(self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The world is not as needed: nothing was done.

    `code` is a token error's code or the name of another kind of error; `tries_left` is the PIN
    counter where a token tells it.
    """

    code: str
    where: str
    headline: str
    detail: str
    next_step: str
    exit_status: int
    tries_left: int | None = None


Answer: TypeAlias = (
    Station
    | Queue
    | ReviewPage
    | Tokens
    | Countersigned
    | Declined
    | Released
    | Refused
    | Problem
    | RecordAnswer
)
