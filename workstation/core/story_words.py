"""What the journal's kinds are called in a sentence: what was done, and what was to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from workstation.core.entry import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verb(NamedTuple):
    """'Alice countersigned', and 'Alice was refused to countersign'."""

    past: str
    infinitive: str


_VERBS: Final[Mapping[Kind, Verb]] = {
    Kind.BOOT: Verb("started", "start"),
    Kind.SHUTDOWN: Verb("stopped", "stop"),
    Kind.JOURNAL_GENESIS: Verb("began this journal", "begin this journal"),
    Kind.JOURNAL_OPEN: Verb("opened the journal", "open the journal"),
    Kind.JOURNAL_CHECKPOINT: Verb("signed a checkpoint", "sign a checkpoint"),
    Kind.JOURNAL_VERIFY: Verb("verified the journal", "verify the journal"),
    Kind.JOURNAL_CONSULT: Verb("asked what remembers the journal", "ask what remembers the journal"),
    Kind.JOURNAL_READ: Verb("showed the journal", "show the journal"),
    Kind.JOURNAL_EXPORT: Verb("exported the journal", "export the journal"),
    Kind.JOURNAL_LOSS_DETECTED: Verb("found loss in the journal", "look for loss in the journal"),
    Kind.JOURNAL_DISK_FULL: Verb("found the disk full", "look at the disk"),
    Kind.JOURNAL_FOLD: Verb("kept a snapshot of the state", "keep a snapshot of the state"),
    Kind.JOURNAL_REDACT: Verb("redacted the journal", "redact the journal"),
    Kind.JOURNAL_SEGMENT: Verb("began a new segment of the journal", "begin a new segment of the journal"),
    Kind.JOURNAL_SPOOL: Verb(
        "took over what happened before the unlocking", "take over what happened before"
    ),
    Kind.JOURNAL_WITNESS: Verb("had a witness cosign a checkpoint", "have a witness cosign a checkpoint"),
    Kind.JOURNAL_ANCHOR: Verb(
        "put a checkpoint into a memory outside", "put a checkpoint into a memory outside"
    ),
    Kind.HOLDER: Verb("changed who can open the journal", "change who can open the journal"),
    Kind.CLOCK_STEP: Verb("found the clock set", "look at the clock"),
    Kind.CLOCK_ROLLBACK: Verb("found the clock behind a signed time", "look at the clock"),
    Kind.CLOCK_ATTEST: Verb("had two people attest the time", "have two people attest the time"),
    Kind.TOKEN_INSERT: Verb("saw a card put in", "look for cards"),
    Kind.TOKEN_REMOVE: Verb("saw a card taken out", "look for cards"),
    Kind.PIN_FAILED: Verb("was given a wrong PIN", "ask for a PIN"),
    Kind.UNLOCK_FAILED: Verb("was not unlocked", "unlock"),
    Kind.TOKEN_IDENTIFY: Verb("proved to hold a card", "prove to hold a card"),
    Kind.INTAKE_BUNDLE: Verb("took in the request for", "take in the request for"),
    Kind.INTAKE_REJECT: Verb("rejected the medium", "reject the medium"),
    Kind.REVIEW_OPEN: Verb("opened the review of", "open the review of"),
    Kind.COUNTERSIGN: Verb("countersigned", "countersign"),
    Kind.DECLINE: Verb("declined", "decline"),
    Kind.RELEASE: Verb("released", "release"),
    Kind.RECEIPT: Verb("handed in a", "hand in a"),
    Kind.STORE_DROP: Verb("dropped artifacts of old releases", "drop artifacts of old releases"),
    Kind.TRUST_APPLY: Verb("began to follow a trust root", "follow a trust root"),
    Kind.UNLOCK: Verb("unlocked the journal", "unlock the journal"),
}


def verb_of(kind: Kind) -> Verb:
    """Return the words for a kind; one without words of its own is called by its name."""
    return _VERBS.get(kind) or Verb(f"noted {kind.value}", kind.value)
