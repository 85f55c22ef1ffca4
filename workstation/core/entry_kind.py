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


ENDS: Final = frozenset({Outcome.BLOCKED, Outcome.FAILED, Outcome.DONE})
"""The outcomes with which an announced action has come to its end."""


class Kind(StrEnum):
    """What an entry is about."""

    BOOT = "boot"
    SHUTDOWN = "shutdown"
    JOURNAL_GENESIS = "journal.genesis"
    JOURNAL_OPEN = "journal.open"
    JOURNAL_CHECKPOINT = "journal.checkpoint"
    JOURNAL_VERIFY = "journal.verify"
    JOURNAL_CONSULT = "journal.consult"
    JOURNAL_READ = "journal.read"
    JOURNAL_EXPORT = "journal.export"
    JOURNAL_LOSS_DETECTED = "journal.loss_detected"
    JOURNAL_DISK_FULL = "journal.disk_full"
    JOURNAL_FOLD = "journal.fold"
    JOURNAL_REDACT = "journal.redact"
    JOURNAL_SEGMENT = "journal.segment"
    JOURNAL_SPOOL = "journal.spool_import"
    JOURNAL_WITNESS = "journal.witness"
    JOURNAL_ANCHOR = "journal.anchor"
    HOLDER = "holder"
    CLOCK_STEP = "clock.step"
    CLOCK_ROLLBACK = "clock.rollback"
    CLOCK_ATTEST = "clock.attest"
    TOKEN_INSERT = "token.insert"  # noqa: S105 (a kind of entry, no secret)
    TOKEN_REMOVE = "token.remove"  # noqa: S105 (a kind of entry, no secret)
    PIN_FAILED = "token.pin_fail"
    UNLOCK_FAILED = "unlock.fail"
    TOKEN_IDENTIFY = "token.identify"  # noqa: S105 (a kind of entry, no secret)
    INTAKE_BUNDLE = "intake.bundle"
    INTAKE_REJECT = "intake.reject"
    REVIEW_OPEN = "review.open"
    COUNTERSIGN = "countersign"
    DECLINE = "decline"
    RELEASE = "release"
    RECEIPT = "receipt"
    STORE_DROP = "store.drop"
    TRUST_APPLY = "trust.apply"
    UNLOCK = "unlock"


_PAYLOAD_WORDS: Final = {
    Kind.BOOT: "version image id spooled",
    Kind.SHUTDOWN: "cause",
    Kind.JOURNAL_GENESIS: "station seal",
    Kind.JOURNAL_OPEN: "slot recovered size root",
    Kind.JOURNAL_CHECKPOINT: "size root note cause",
    Kind.JOURNAL_VERIFY: "size root findings sealed consulted missing",
    Kind.JOURNAL_CONSULT: "size consulted missing findings",
    Kind.JOURNAL_READ: "start stop purpose",
    Kind.JOURNAL_EXPORT: "purpose start stop out size root digest",
    Kind.JOURNAL_LOSS_DETECTED: "name findings size root memory",
    Kind.JOURNAL_DISK_FULL: "free",
    Kind.JOURNAL_FOLD: "size root digest",
    Kind.JOURNAL_REDACT: "entry names purpose people violations",
    Kind.JOURNAL_SEGMENT: "number first cause",
    Kind.JOURNAL_SPOOL: "records head findings",
    Kind.JOURNAL_WITNESS: "size root witness note violations",
    Kind.JOURNAL_ANCHOR: "memory size root counter violations",
    Kind.HOLDER: "change way name fingerprint replaces violations",
    Kind.CLOCK_STEP: "millis",
    Kind.CLOCK_ROLLBACK: "millis floor",
    Kind.CLOCK_ATTEST: "utc people violations",
    Kind.TOKEN_INSERT: "token label spooled",
    Kind.TOKEN_REMOVE: "token label spooled",
    Kind.PIN_FAILED: "token left spooled",
    Kind.UNLOCK_FAILED: "way name spooled",
    Kind.TOKEN_IDENTIFY: "challenge fingerprint person review spki token signature",
    Kind.INTAKE_BUNDLE: "request product version channel manifest bundle previous blobs violations",
    Kind.INTAKE_REJECT: "where why",
    Kind.REVIEW_OPEN: "request review diff challenge signature violations",
    Kind.COUNTERSIGN: (
        "request review envelope violations builders statement person fingerprint roster policy acknowledged"
        " at"
    ),
    Kind.DECLINE: "request person fingerprint envelope violations",
    Kind.RELEASE: (
        "request release product version channel artifacts out statement bundle reviewDue violations"
    ),
    Kind.RECEIPT: "request release environment deployer result envelope at violations",
    Kind.STORE_DROP: "requests digests violations",
    Kind.TRUST_APPLY: "root targets roster policy rosterDigest policyDigest violations",
    Kind.UNLOCK: "slot fingerprint person",
}

PAYLOAD_KEYS: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType(
    {kind: frozenset(words.split()) for kind, words in _PAYLOAD_WORDS.items()},
)
"""The payload keys each kind may carry; any other is refused, so nothing slips in unnamed."""

BESIDE_KEYS: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType(
    {Kind.COUNTERSIGN: frozenset({"comment"}), Kind.DECLINE: frozenset({"reason"})}
)
"""What people wrote in their own words, and might have to be taken back: kept beside the entry."""
