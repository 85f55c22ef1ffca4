"""Records told as entries: each line of the desk's answers in the words and order it is read in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ui.entry import Entry
from ui.language import t
from ui.pages.record_page import Record
from ui.shown import grouped, paragraphs, person_text, prose, room_shown, time_shown, value_text
from ui.theme import Tone
from workstation.core.entry_kind import Kind, Outcome
from workstation.core.identity import short
from workstation.desk.face import Station, TokenCard
from workstation.desk.records_face import (
    Ceremony,
    ControlLine,
    JournalLine,
    Media,
    People,
    PersonLine,
    PolicyPage,
    Receipts,
    StepState,
    StickLine,
)

WHAT: Final = {
    Kind.JOURNAL_GENESIS: "The journal began",
    Kind.JOURNAL_OPEN: "The journal was opened",
    Kind.JOURNAL_CHECKPOINT: "A checkpoint was signed",
    Kind.JOURNAL_VERIFY: "The journal was verified",
    Kind.JOURNAL_CONSULT: "The memories outside were asked",
    Kind.JOURNAL_READ: "The journal was read",
    Kind.JOURNAL_LOSS_DETECTED: "Loss was found in the journal",
    Kind.JOURNAL_EXPORT: "Exporting the journal",
    Kind.JOURNAL_DISK_FULL: "The disk is full",
    Kind.JOURNAL_FOLD: "What the journal says was summed up",
    Kind.JOURNAL_REDACT: "An entry was blotted out",
    Kind.JOURNAL_SEGMENT: "A new segment of the journal began",
    Kind.JOURNAL_SPOOL: "Entries written aside were taken over",
    Kind.JOURNAL_WITNESS: "A witness cosigned",
    Kind.JOURNAL_ANCHOR: "The journal was anchored outside",
    Kind.HOLDER: "A holder of the journal's key",
    Kind.CLOCK_STEP: "The clock was set",
    Kind.CLOCK_ROLLBACK: "The clock went back",
    Kind.CLOCK_ATTEST: "Two people attested the time",
    Kind.TOKEN_INSERT: "A card was put in",
    Kind.TOKEN_REMOVE: "A card was taken out",
    Kind.PIN_FAILED: "A wrong PIN was typed",
    Kind.UNLOCK_FAILED: "The journal could not be unlocked",
    Kind.TOKEN_IDENTIFY: "A card was asked whose it is",
    Kind.INTAKE_BUNDLE: "Taking in a request",
    Kind.INTAKE_REJECT: "A medium was rejected",
    Kind.REVIEW_OPEN: "Opening a review",
    Kind.COUNTERSIGN: "Countersigning",
    Kind.DECLINE: "Declining",
    Kind.RELEASE: "Releasing",
    Kind.RECEIPT: "Taking in a receipt",
    Kind.STORE_DROP: "Dropping artifacts of old releases",
    Kind.TRUST_APPLY: "Applying a trust root",
    Kind.UNLOCK: "The journal was unlocked",
    Kind.BOOT: "The machine started",
    Kind.SHUTDOWN: "The machine stopped",
}
HOW_FAR: Final = {
    Outcome.INTENT: ("attempted", "\u25cb", Tone.PLAIN),
    Outcome.ALLOWED: ("allowed", "\u25cf", Tone.PLAIN),
    Outcome.BLOCKED: ("REFUSED", "\u25a0", Tone.DANGER),
    Outcome.FAILED: ("failed", "\u25b2", Tone.WARN),
    Outcome.DONE: ("done", "\u2713", Tone.GOOD),
    Outcome.INFO: ("noted", "\u25cb", Tone.PLAIN),
}
STEPS: Final = {
    StepState.DONE: ("done", "\u2713", Tone.GOOD),
    StepState.NOW: ("now", "\u25cf", Tone.ACCENT),
    StepState.LATER: ("later", "\u25cb", Tone.PLAIN),
    StepState.DEVIATED: ("done otherwise", "\u25b2", Tone.WARN),
}


def media_records(media: Media) -> list[Record]:
    """Return the media: a line for each bundle, and one for a medium without any."""
    return [record for stick in media.sticks for record in _stick(stick)]


def _stick(stick: StickLine) -> list[Record]:
    room = t("{free} free of {size}", free=room_shown(stick.free), size=room_shown(stick.size))
    state = t("can be written") if stick.writable else t("read only")
    about = Entry(
        headline=t("Medium {name}", name=value_text(stick.name)),
        detail=value_text(stick.path),
        note=f"{room} \u00b7 {state}",
    )
    found = [
        Record(
            entry=Entry(
                headline=value_text(bundle.rpartition("/")[2]),
                detail=t("A bundle on {name}", name=value_text(stick.name)),
                note=room,
                mark="\u25cf",
                tone=Tone.ACCENT,
                key=bundle,
            ),
            details=(about, Entry(headline=t("Bundle"), detail=value_text(bundle), fixed=True), *_checks()),
        )
        for bundle in stick.bundles
    ]
    return found or [
        Record(
            entry=Entry(
                headline=value_text(stick.name),
                detail=t("No bundle lies on it"),
                note=room,
                mark="\u25cb",
                key=stick.path,
            ),
            details=(about,),
        )
    ]


def _checks() -> list[Entry]:
    """Return what is looked at, in this order, before anything of a bundle is shown."""
    said = (
        (
            t("Structure"),
            t("Every file expected, regular and named by its digest; nothing else."),
            "Malformed",
        ),
        (t("Digests"), t("Every byte hashed while it is read, and compared."), "Untrusted"),
        (t("Signature"), t("The submitter signed the request."), "REQUEST-SUBMITTER"),
        (t("Evidence"), t("Provenance, bill of materials and tests, with their signers."), "EVIDENCE-*"),
        (
            t("Order"),
            t("It follows the last release, and its version is new."),
            "REQUEST-PREVIOUS, VERSION-REUSED",
        ),
    )
    return [Entry(headline=one, detail=words, note=rule, mark="\u25cb") for one, words, rule in said]


def journal_records(lines: tuple[JournalLine, ...]) -> list[Record]:
    """Return journal entries as they came, refusals marked."""
    return [_journal(line) for line in lines]


def _journal(line: JournalLine) -> Record:
    words, mark, tone = HOW_FAR[Outcome(line.outcome)]
    what = f"{t(WHAT[Kind(line.kind)])}: {t(words)}"
    who = person_text(line.who)
    note = " \u00b7 ".join(text for text in (f"{line.seq}", _moment(line.at_ms), who) if text)
    entry = Entry(headline=what, detail=prose(line.about), note=note, mark=mark, tone=tone, key=str(line.seq))
    rules = {reason.partition(":")[0] for reason in line.reasons}
    details = [
        Entry(headline=what, detail=prose(line.about), note=note, mark=mark, tone=tone),
        *(Entry(headline=prose(reason), mark="\u25a0", tone=Tone.DANGER) for reason in line.reasons),
        *(
            [Entry(headline=t("Rule"), detail=value_text(line.rule))]
            if line.rule and line.rule not in rules
            else []
        ),
        Entry(headline=t("Leaf hash"), detail=grouped(line.leaf), fixed=True),
    ]
    return Record(entry=entry, details=tuple(details))


def receipt_records(receipts: Receipts) -> list[Record]:
    """Return the receipts, after the releases none came for."""
    awaited = [
        Record(
            entry=Entry(
                headline=value_text(one),
                detail=t("No receipt has come back yet"),
                mark="\u25cb",
                tone=Tone.WARN,
                key=one,
            ),
            details=(
                Entry(headline=t("Waiting"), detail=t("The deployer brings the receipt back on a medium.")),
            ),
        )
        for one in receipts.awaited
    ]
    found = [
        Record(
            entry=Entry(
                headline=f"{value_text(one.product)} {value_text(one.version)}",
                detail=f"{value_text(one.result)} \u00b7 {value_text(one.environment)}",
                note=f"{person_text(one.deployer)} \u00b7 {time_shown(one.at)}",
                mark="\u2713" if one.result == "installed" else "\u25b2",
                tone=Tone.GOOD if one.result == "installed" else Tone.WARN,
                key=f"{one.release} {one.environment} {one.at}",
            ),
            details=(
                Entry(headline=t("Result"), detail=value_text(one.result)),
                Entry(headline=t("Environment"), detail=value_text(one.environment)),
                Entry(headline=t("Deployed by"), detail=person_text(one.deployer), note=time_shown(one.at)),
                Entry(headline=t("Channel"), detail=value_text(one.channel)),
                Entry(headline=t("Release"), detail=grouped(one.release), fixed=True),
                *(
                    Entry(headline=t("Verified before installing"), detail=prose(check), mark="\u2713")
                    for check in one.verified
                ),
            ),
        )
        for one in receipts.lines
    ]
    return awaited + found


def policy_records(policy: PolicyPage) -> list[Record]:
    """Return the rules of a policy, then its own controls; none while no policy is followed."""
    if not policy.version:
        return []
    rules = [
        Record(
            entry=Entry(
                headline=value_text(rule.id),
                detail=", ".join(value_text(one) for one in rule.products),
                note=", ".join(value_text(one) for one in rule.channels),
                mark="\u25cf",
                tone=Tone.ACCENT,
                key=rule.id,
            ),
            details=tuple(_control(one) for one in rule.controls),
        )
        for rule in policy.rules
    ]
    own = Record(
        entry=Entry(
            headline=t("The policy itself"), detail=t("Who has to sign the next one"), mark="\u25cb", key="*"
        ),
        details=(
            *(_control(one) for one in policy.controls),
            Entry(headline=t("In effect from"), detail=time_shown(policy.effective_from)),
            Entry(headline=t("Digest"), detail=grouped(policy.digest), fixed=True),
        ),
    )
    return [*rules, own]


def _control(control: ControlLine) -> Entry:
    return Entry(headline=value_text(control.name), detail=paragraphs(control.asks))


def people_records(people: People) -> list[Record]:
    """Return who is in the roster."""
    return [_holder(line) for line in people.lines]


def _holder(line: PersonLine) -> Record:
    roles = ", ".join(value_text(role) for role in line.roles) or t("no role")
    controlled = ", ".join(person_text(name) for name in line.controllers) or t("nobody")
    detail = t("A service, controlled by {names}", names=controlled) if line.service else roles
    mark, tone = ("\u25cf", Tone.ACCENT) if line.active else ("\u25cb", Tone.PLAIN)
    entry = Entry(
        headline=person_text(line.name),
        detail=detail,
        note=value_text(line.id) + ("" if line.active else " \u00b7 " + t("not active")),
        mark=mark,
        tone=tone,
        key=line.id,
    )
    keys = [
        Entry(
            headline=", ".join(value_text(use) for use in key.uses) + f" \u00b7 {value_text(key.state)}",
            detail=grouped(key.fingerprint),
            note=t("until {date}", date=time_shown(key.valid_to)[:10])
            + (" \u00b7 " + t("token {serial}", serial=value_text(key.token)) if key.token else ""),
            mark="\u2713" if key.state == "active" else "\u25b2",
            tone=Tone.GOOD if key.state == "active" else Tone.WARN,
            fixed=True,
        )
        for key in line.keys
    ]
    return Record(entry=entry, details=(Entry(headline=person_text(line.name), detail=detail), *keys))


def ceremony_records(ceremony: Ceremony) -> list[Record]:
    """Return the steps of the runbook that is followed."""
    found: list[Record] = []
    for number, step in enumerate(ceremony.steps, start=1):
        words, mark, tone = STEPS[step.state]
        entry = Entry(
            headline=f"{number}. {prose(step.title)}",
            detail=person_text(step.who),
            note=t(words),
            mark=mark,
            tone=tone,
            key=str(number),
        )
        details = (
            Entry(
                headline=prose(step.title), detail=person_text(step.who), note=t(words), mark=mark, tone=tone
            ),
            Entry(headline=t("Before this step"), detail=paragraphs(step.wants)),
            *([Entry(headline=t("Noted"), detail=paragraphs(step.noted))] if step.noted else []),
        )
        found.append(Record(entry=entry, details=details))
    return found


def device_records(station: Station, cards: tuple[TokenCard, ...]) -> list[Record]:
    """Return what machine this is and what is connected to it."""
    expires = time_shown(station.trust_expires)[:10] if station.trust_expires else t("none yet")
    facts = (
        (t("Workstation"), value_text(station.origin), False),
        (t("Its key"), grouped(station.fingerprint), True),
        (t("Journal"), t("{count} entries", count=station.journal_size), False),
        (t("Root hash"), grouped(station.journal_root), True),
        (t("Trust root until"), expires, False),
        (t("Outgoing medium"), value_text(station.outgoing), True),
    )
    machine = Record(
        entry=Entry(
            headline=t("This workstation"),
            detail=value_text(station.origin),
            note=t("no network, and no file of its state open to this screen"),
            mark="\u25cf",
            tone=Tone.ACCENT,
            key="station",
        ),
        details=tuple(Entry(headline=name, detail=words, fixed=fixed) for name, words, fixed in facts),
    )
    return [machine, *(_card(card) for card in cards)]


def _card(card: TokenCard) -> Record:
    holder = person_text(card.holder) if card.holder else t("nobody in the roster")
    key = short(card.fingerprint) if card.fingerprint else t("none")
    return Record(
        entry=Entry(
            headline=prose(card.label),
            detail=holder,
            note=prose(card.model),
            mark="\u25cf",
            tone=Tone.GOOD,
            key=card.uri,
        ),
        details=(
            Entry(headline=t("Enrolled for"), detail=holder),
            Entry(headline=t("Model"), detail=prose(card.model)),
            Entry(headline=t("Serial"), detail=value_text(card.serial), fixed=True),
            Entry(headline=t("Key"), detail=key, fixed=True),
            Entry(headline=t("State of the PIN"), detail=value_text(card.pin)),
        ),
    )


def _moment(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"
