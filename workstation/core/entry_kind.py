"""What an entry can be about, how far it came, and which payload keys each kind may carry."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outcome(StrEnum):
    """How far an action came: announced, judged, ended; or simply something that happened."""

    INTENT = "intent"
    ALLOWED = "allowed"
    BLOCKED = "blocked"
    FAILED = "failed"
    DONE = "done"
    INFO = "info"


class Kind(StrEnum):
    """What an entry is about."""

    BOOT = "boot"
    SHUTDOWN = "shutdown"
    JOURNAL_GENESIS = "journal.genesis"
    JOURNAL_OPEN = "journal.open"
    JOURNAL_CHECKPOINT = "journal.checkpoint"
    JOURNAL_VERIFY = "journal.verify"
    JOURNAL_READ = "journal.read"
    JOURNAL_LOSS_DETECTED = "journal.loss_detected"
    TOKEN_IDENTIFY = "token.identify"  # noqa: S105 (a kind of entry, no secret)
    INTAKE_BUNDLE = "intake.bundle"
    INTAKE_REJECT = "intake.reject"
    REVIEW_OPEN = "review.open"
    COUNTERSIGN = "countersign"
    DECLINE = "decline"
    RELEASE = "release"
    RECEIPT = "receipt"
    TRUST_APPLY = "trust.apply"
    UNLOCK = "unlock"


_PAYLOAD_WORDS: Final = {
    Kind.BOOT: "version image",
    Kind.SHUTDOWN: "cause",
    Kind.JOURNAL_GENESIS: "station seal",
    Kind.JOURNAL_OPEN: "slot recovered size root",
    Kind.JOURNAL_CHECKPOINT: "size root note",
    Kind.JOURNAL_VERIFY: "size root findings sealed",
    Kind.JOURNAL_READ: "start stop purpose",
    Kind.JOURNAL_LOSS_DETECTED: "name findings size root",
    Kind.TOKEN_IDENTIFY: "challenge fingerprint person spki token signature",
    Kind.INTAKE_BUNDLE: "request product version channel manifest bundle previous blobs violations",
    Kind.INTAKE_REJECT: "where why",
    Kind.REVIEW_OPEN: "request review diff violations",
    Kind.COUNTERSIGN: (
        "request review envelope violations builders statement person fingerprint roster policy comment"
    ),
    Kind.DECLINE: "request reason person fingerprint envelope violations",
    Kind.RELEASE: (
        "request release product version channel artifacts out statement bundle reviewDue violations"
    ),
    Kind.RECEIPT: "request release environment deployer result envelope violations",
    Kind.TRUST_APPLY: "root targets roster policy violations",
    Kind.UNLOCK: "slot fingerprint person",
}

PAYLOAD_KEYS: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType(
    {kind: frozenset(words.split()) for kind, words in _PAYLOAD_WORDS.items()},
)
"""The payload keys each kind may carry; any other is refused, so nothing slips in unnamed."""
