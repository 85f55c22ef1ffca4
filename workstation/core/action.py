"""What can be done at a workstation. A new action without a rule, an effect and words is a type error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from workstation.core.approver import CardHolder
from workstation.core.identity import Digest
from workstation.core.oci_layout import Bundle
from workstation.core.opening import Reader
from workstation.core.receipt import SignedReceipt
from workstation.core.request import Request
from workstation.core.review import Review
from workstation.core.seen import AtScreen
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    DropArtifacts,
    Redact,
    Upkeep,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Take a request from the medium into the store."""

    request: Request
    bundle: Bundle
    previous: Request | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Note that what is on the medium is not an admissible bundle."""

    medium: str
    where: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Ask a token, by a fresh challenge, whose it is. `token` is a PKCS#11 URI without secrets.

    With `review`, the challenge is to open that review (see `opening`).
    """

    token: str
    review: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview:
    """Show a request to whoever sits at the desk; without a reader's card it is nobody's opening."""

    review: Review
    reader: Reader | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersign:
    """Countersign a request with the card that just answered, about the review that was shown.

    `at_screen` is what the screen says, where it was decided at one.
    """

    review: Review
    shown: Digest
    approver: CardHolder
    acknowledged: tuple[str, ...]
    comment: str
    at_screen: AtScreen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Object to a request, for a reason that sticks."""

    review: Review
    approver: CardHolder
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Write a request with its quorum to the outgoing medium."""

    request: Request
    directory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitReceipt:
    """Take a deployer's receipt into the store."""

    receipt: SignedReceipt
    request: Request | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyTrust:
    """Follow a new state of the trust root, already verified against the one followed so far."""

    trust: TrustSnapshot
    root: Digest
    targets: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadJournal:
    """Show entries of the journal to somebody, for a purpose that is put on record."""

    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportJournal:
    """Write the entries with start <= seq < stop (None: to the end), and what proves them, to a directory."""

    start: int
    stop: int | None
    directory: str
    ocsf: bool
    """Whether to add a view of them for collectors of security events."""


Action: TypeAlias = (
    Admit
    | Reject
    | Identify
    | OpenReview
    | Countersign
    | Decline
    | Release
    | AdmitReceipt
    | ApplyTrust
    | ReadJournal
    | ExportJournal
    | Upkeep
)


def request_of(action: Action) -> Request | None:
    """Return the request an action is about, if it is about one."""
    match action:
        case Admit(request=request) | Release(request=request):
            return request
        case OpenReview(review=review) | Countersign(review=review) | Decline(review=review):
            return review.request
        case AdmitReceipt(request=request):
            return request
        case Reject() | Identify() | ApplyTrust() | ReadJournal() | ExportJournal():
            return None
        case ChangeHolders() | Redact() | AttestTime() | Anchor() | AdmitCosignature() | DropArtifacts():
            return None
