"""The journal in plain words: one line an entry, refusals with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.identity import PersonId
from workstation.core.inert_text import inert
from workstation.core.roster import Roster
from workstation.core.shape import time_text

_WHAT: Final[dict[Kind, str]] = {
    Kind.JOURNAL_GENESIS: "the journal began",
    Kind.JOURNAL_OPEN: "the journal was opened",
    Kind.JOURNAL_CHECKPOINT: "a checkpoint was signed",
    Kind.JOURNAL_VERIFY: "the journal was verified",
    Kind.JOURNAL_READ: "the journal was read",
    Kind.JOURNAL_LOSS_DETECTED: "loss was found in the journal",
    Kind.JOURNAL_DISK_FULL: "the disk was full",
    Kind.JOURNAL_FOLD: "a snapshot of the state was kept",
    Kind.JOURNAL_REDACT: "a redaction",
    Kind.JOURNAL_SEGMENT: "a new segment of the journal began",
    Kind.JOURNAL_SPOOL: "what happened before the unlocking was taken over",
    Kind.JOURNAL_WITNESS: "a witness cosigned a checkpoint",
    Kind.JOURNAL_ANCHOR: "a checkpoint was put into a memory outside",
    Kind.HOLDER: "who can open the journal was changed",
    Kind.CLOCK_STEP: "the clock was set",
    Kind.CLOCK_ROLLBACK: "the clock is behind a time that was signed",
    Kind.CLOCK_ATTEST: "two people attested the time",
    Kind.TOKEN_INSERT: "a card was put in",
    Kind.TOKEN_REMOVE: "a card was taken out",
    Kind.PIN_FAILED: "a wrong PIN was given",
    Kind.UNLOCK_FAILED: "the journal was not unlocked",
    Kind.TOKEN_IDENTIFY: "a card was asked whose it is",
    Kind.INTAKE_BUNDLE: "a request was taken in",
    Kind.INTAKE_REJECT: "a medium was rejected",
    Kind.REVIEW_OPEN: "a review was opened",
    Kind.COUNTERSIGN: "a countersignature",
    Kind.DECLINE: "a declination",
    Kind.RELEASE: "a release",
    Kind.RECEIPT: "a receipt was taken in",
    Kind.TRUST_APPLY: "a trust root was applied",
    Kind.UNLOCK: "the journal was unlocked",
    Kind.BOOT: "the machine started",
    Kind.SHUTDOWN: "the machine stopped",
}

_HOW_FAR: Final[dict[Outcome, str]] = {
    Outcome.INTENT: "attempted",
    Outcome.ALLOWED: "allowed",
    Outcome.BLOCKED: "■ REFUSED",
    Outcome.FAILED: "failed",
    Outcome.DONE: "done",
    Outcome.INFO: "noted",
}


def told(entries: Iterable[Entry], roster: Roster | None) -> list[str]:
    """Return the story, a line or more for each entry."""
    return [line for entry in entries for line in _told(entry, roster)]


def _told(entry: Entry, roster: Roster | None) -> list[str]:
    when = time_text(datetime.fromtimestamp(entry.time.rtc_ms / 1000, UTC))
    who = _who(entry, roster)
    about = f" {inert(entry.subject.name)}" if entry.subject.name else ""
    line = f"{entry.seq:5}  {when}  {_HOW_FAR[entry.outcome]}: {_WHAT[entry.kind]}{about}{who}"
    if entry.outcome is Outcome.FAILED and entry.reason:
        return [line, f"         because {inert(entry.reason)}"]
    return [line, *_reasons(entry)]


def _reasons(entry: Entry) -> list[str]:
    violations = entry.payload.get("violations")
    listed = violations if isinstance(violations, list) else []
    found = [
        f"         {violation.get('rule')}: {_readable(violation.get('detail'))}"
        for violation in listed
        if isinstance(violation, dict)
    ]
    if entry.kind is Kind.INTAKE_REJECT and entry.outcome is Outcome.DONE:
        found.append(
            f"         {inert(str(entry.payload.get('where')))}: {inert(str(entry.payload.get('why')))}"
        )
    return found


def _who(entry: Entry, roster: Roster | None) -> str:
    person = entry.actor.person or entry.payload.get("person")
    if isinstance(person, str):
        return f" by {person if roster is None else roster.name_of(PersonId(person))}"
    if entry.actor.key is not None:
        return f" by key {entry.actor.key[:16]}"
    return ""


def _readable(detail: object) -> str:
    # The arrows are ours; everything between them may come from outside.
    return " ← ".join(inert(part) for part in str(detail).split(" ← "))
