"""Putting the workstation's records into the answers people are shown. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.identity import Digest, PersonId
from workstation.core.inert_text import inert
from workstation.core.policy import Policy
from workstation.core.policy_lattice import NOTHING
from workstation.core.policy_table import CHANGES, CONTROLS
from workstation.core.receipt import SignedReceipt
from workstation.core.roster import Credential, Person, Roster
from workstation.core.shape import time_text
from workstation.desk.records_face import (
    ControlLine,
    JournalLine,
    KeyLine,
    People,
    PersonLine,
    PolicyPage,
    ReceiptLine,
    RuleLine,
    StickLine,
)
from workstation.intake.media import Stick


def stick_line(stick: Stick) -> StickLine:
    """Return a medium's line."""
    return StickLine(
        path=str(stick.path),
        name=inert(stick.path.name),
        bundles=tuple(str(bundle) for bundle in stick.bundles),
        size=stick.size,
        free=stick.free,
        writable=stick.writable,
        mounted=stick.mounted,
    )


def journal_line(entry: Entry, roster: Roster | None) -> JournalLine:
    """Return an entry's line; who acted is told by name where the roster has one."""
    return JournalLine(
        seq=entry.seq,
        at_ms=entry.time.rtc_ms,
        kind=entry.kind.value,
        outcome=entry.outcome.value,
        who=_who(entry, roster),
        about=inert(entry.subject.name or ""),
        rule=entry.rule or "",
        reasons=tuple(_reasons(entry)),
        leaf=Digest(entry.leaf().hex()),
    )


def moment(entry: Entry) -> str:
    """Return when an entry was made, by the machine's own clock."""
    return time_text(datetime.fromtimestamp(entry.time.rtc_ms / 1000, UTC))


def receipt_line(signed: SignedReceipt, about: tuple[str, str, str], roster: Roster | None) -> ReceiptLine:
    """Return a receipt's line; `about` is the product, version and channel of its request."""
    said = signed.receipt
    held = None if roster is None else roster.holder_of(said.deployer)
    product, version, channel = about
    return ReceiptLine(
        product=product,
        version=version,
        channel=channel,
        environment=said.environment,
        result=said.result.value,
        deployer=f"key {said.deployer[:16]}" if held is None else held.holder.name,
        at=time_text(said.at),
        verified=said.verified,
        release=said.release,
    )


def policy_page(policy: Policy | None) -> PolicyPage:
    """Return what a policy says, control by control."""
    if policy is None:
        return PolicyPage(id="", version=0, digest="", effective_from="", rules=(), controls=())
    return PolicyPage(
        id=policy.id,
        version=policy.version,
        digest=policy.digest,
        effective_from=time_text(policy.effective_from),
        rules=tuple(
            RuleLine(
                id=rule.id,
                products=tuple(sorted(rule.purls)),
                channels=tuple(sorted(rule.channels)),
                controls=_controls((control.name, control.shown(rule)) for control in CONTROLS),
            )
            for rule in policy.rules
        ),
        controls=_controls((control.name, control.shown(policy)) for control in CHANGES),
    )


def people(roster: Roster | None, now: datetime) -> People:
    """Return who is in a roster, people first."""
    if roster is None:
        return People(version=0, created="", lines=())
    services = (
        PersonLine(
            id=one.id,
            name=one.name,
            roles=(),
            active=True,
            service=True,
            controllers=tuple(roster.name_of(person) for person in one.controllers),
            keys=tuple(_key(credential) for credential in one.credentials),
        )
        for one in roster.services.values()
    )
    found = (_person(person, now) for person in roster.people.values())
    return People(version=roster.version, created=time_text(roster.created), lines=(*found, *services))


def _person(person: Person, now: datetime) -> PersonLine:
    return PersonLine(
        id=person.id,
        name=person.name,
        roles=tuple(sorted(person.roles)),
        active=person.active_at(now),
        service=False,
        controllers=(),
        keys=tuple(_key(credential) for credential in person.credentials),
    )


def _key(credential: Credential) -> KeyLine:
    return KeyLine(
        fingerprint=credential.key.fingerprint,
        uses=tuple(sorted(use.value for use in credential.uses)),
        token=credential.token_serial or "",
        valid_to=time_text(credential.valid_to),
        state=credential.state.value,
    )


def _controls(shown: Iterable[tuple[str, str]]) -> tuple[ControlLine, ...]:
    return tuple(ControlLine(name=name, asks=asks) for name, asks in shown if asks != NOTHING)


def _who(entry: Entry, roster: Roster | None) -> str:
    person = entry.actor.person or entry.payload.get("person")
    if isinstance(person, str):
        return person if roster is None else roster.name_of(PersonId(person))
    return f"key {entry.actor.key[:16]}" if entry.actor.key else ""


def _reasons(entry: Entry) -> list[str]:
    violations = entry.payload.get("violations")
    found = [
        f"{one.get('rule')}: {one.get('detail')}"
        for one in (violations if isinstance(violations, list) else [])
        if isinstance(one, dict)
    ]
    if entry.kind is Kind.INTAKE_REJECT:
        found.append(f"{entry.payload.get('where')}: {entry.payload.get('why')}")
    if entry.outcome is Outcome.FAILED and entry.reason:
        found.append(entry.reason)
    # The arrows are ours; everything between them may come from outside.
    return [" \u2190 ".join(inert(part) for part in one.split(" \u2190 ")) for one in found]
