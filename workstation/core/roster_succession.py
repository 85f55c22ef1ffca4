"""What may follow a roster: it only grows, nothing is undone, and nobody changes their own record.

Each rule compares one thing of the old roster with the same thing of the new, so that what follows
a successor is a successor too: a workstation may skip versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Final

from workstation.core.enrolment import ENROLLERS, enrolment_objections
from workstation.core.errors import Untrusted
from workstation.core.identity import Fingerprint, PersonId
from workstation.core.roster import Credential, Held, Holder, Interval, Person, Roster, Service, State
from workstation.core.shape import time_text
from workstation.core.verdict import Violation

RULE: Final = "ROSTER-SUCCESSION"
_RANK: Final = {State.ACTIVE: 0, State.RETIRED: 1, State.REVOKED: 2}


def successor_violations(
    old: Roster, new: Roster, *, signers: frozenset[Fingerprint] | None = None
) -> tuple[Violation, ...]:
    """Return why `new` may not follow `old`: nothing when it may, or when it is the same roster.

    `signers` are the custodian keys that signed, or are about to sign, exactly this change; None when
    that is not known, as after skipped versions.
    """
    if old.digest == new.digest:
        return ()
    found = [*_of_whole(old, new), *_of_people(old, new), *_of_services(old, new), *_of_keys(old, new)]
    found += _of_added(old, new)
    found += () if signers is None else _of_own_records(old, new, signers)
    return tuple(Violation(RULE, detail) for detail in dict.fromkeys(found))


def first_violations(roster: Roster) -> tuple[Violation, ...]:
    """Return why a roster may not be the first of its trust root: keys enrolled by too few, or oddly."""
    found = enrolment_objections(roster, roster.by_fingerprint.values(), custodians=len(roster.custodians))
    return tuple(Violation(RULE, detail) for detail in found)


def refuse_no_successor(
    old: Roster | None, new: Roster, signers: frozenset[Fingerprint] | None = None
) -> None:
    """Raise Untrusted unless `new` may follow `old`, or be the first where there is none."""
    found = first_violations(new) if old is None else successor_violations(old, new, signers=signers)
    if found:
        raise Untrusted("roster", "; ".join(violation.detail for violation in found))


def records_changed(old: Roster, new: Roster) -> frozenset[PersonId]:
    """Return the people of `old` whose record reads differently in `new`."""
    return frozenset(name for name, person in old.people.items() if new.people.get(name) != person)


def _of_whole(old: Roster, new: Roster) -> Iterator[str]:
    if new.version <= old.version:
        yield f"version {new.version} found, one higher than {old.version} wanted"
    if new.created < old.created:
        yield f"made {time_text(new.created)}, before the one it follows"
    if new.uniqueness != old.uniqueness:
        yield "another secret for the uniqueness tags found"
    if len(old.custodians) >= ENROLLERS > len(new.custodians):
        yield f"{len(new.custodians)} custodians left, at least {ENROLLERS} wanted"


def _of_people(old: Roster, new: Roster) -> Iterator[str]:
    tags = {person.uniqueness_tag: person.id for person in new.people.values()}
    for person in old.people.values():
        now = new.people.get(person.id)
        again = tags.get(person.uniqueness_tag, person.id)
        if again != person.id:
            yield f"{person.id} is here again under the new id {again}"
        if now is None:
            yield f"person {person.id} is gone"
            continue
        if now.uniqueness_tag != person.uniqueness_tag:
            yield f"id {person.id} is used for another human"
        yield from _lost(person.aliases, now.aliases, f"alias {{}} of {person.id}")
        yield from _of_status(person, now)
        if any(span.since < old.created for span in now.status[len(person.status) :]):
            yield f"{person.id} is back as of a time before it was known"


def _of_status(old: Person, new: Person) -> Iterator[str]:
    for had, got in zip_longest(old.status, new.status[: len(old.status)]):
        if got is None or had is None or got.since != had.since:
            yield f"the history of {old.id} reads differently"
        elif _goes_on(had, got):
            yield f"{old.id} left {time_text(had.until or had.since)}, and that is undone"


def _goes_on(had: Interval, got: Interval) -> bool:
    return had.until is not None and (got.until is None or got.until > had.until)


def _of_services(old: Roster, new: Roster) -> Iterator[str]:
    for service in old.services.values():
        now = new.services.get(service.id)
        if now is None:
            yield f"service {service.id} is gone"
            continue
        yield from _lost(service.builder_ids, now.builder_ids, f"builder id {{}} of {service.id}")
        yield from _of_control(service, now, old.created)
        if now.attested < service.attested:
            yield f"the controllers of {service.id} were attested later before"


def _of_control(old: Service, new: Service, known: datetime) -> Iterator[str]:
    until = {former.person: former.until for former in new.former}
    for person in old.controllers:
        if person not in new.controllers and until.get(person, known) < known:
            yield f"{person} controlled {old.id} {time_text(known)}, after it is said to have ended"
    ever = {*old.controllers, *(former.person for former in old.former)}
    for person in sorted(ever - {*new.controllers, *until}):
        yield f"{person} controlled {old.id}, and that is gone"
    for former in old.former:
        if until.get(former.person, former.until) < former.until:
            yield f"{former.person} controlled {old.id} until {time_text(former.until)}; that is put earlier"
        elif former.person in new.controllers and former.person not in until:
            yield f"{former.person} controlled {old.id} before, and that is gone"


def _of_keys(old: Roster, new: Roster) -> Iterator[str]:
    for fingerprint, had in old.by_fingerprint.items():
        got = new.by_fingerprint.get(fingerprint)
        if got is None:
            yield f"{_key(had)} is gone"
        elif _owner(got.holder) != _owner(had.holder):
            yield f"{_key(had)} is given to {got.holder.id}"
        else:
            yield from _of_credential(had, got.credential)


def _of_credential(held: Held, new: Credential) -> Iterator[str]:
    old = held.credential
    if _enrolled(new) != _enrolled(old):
        yield f"{_key(held)} reads as enrolled differently"
    if old.proof is not None and new.proof != old.proof:
        yield f"{_key(held)} has another proof of possession, or none"
    if old.vouched and new.vouched != old.vouched:
        yield f"{_key(held)} was vouched for differently"
    if old.attestation is not None and new.attestation != old.attestation:
        yield f"{_key(held)} has another attestation, or none"
    if _RANK[new.state] < _RANK[old.state]:
        yield f"{_key(held)} was {old.state.value}, and that is undone"
    elif old.state_since and new.state_since and new.state_since > old.state_since:
        yield f"{_key(held)} was {old.state.value} {time_text(old.state_since)}, and that is put off"


def _enrolled(credential: Credential) -> tuple[object, ...]:
    return (
        credential.uses,
        credential.token_serial,
        credential.enrolled,
        credential.enrolled_by,
        credential.valid_from,
    )


def _of_added(old: Roster, new: Roster) -> Iterator[str]:
    yield from (
        f"person {person.id} is added as of {time_text(person.status[0].since)}, before it was known"
        for person in new.people.values()
        if person.id not in old.people and person.status[0].since < old.created
    )
    added = [held for key, held in new.by_fingerprint.items() if key not in old.by_fingerprint]
    for held in added:
        if min(held.credential.enrolled, held.credential.valid_from) < old.created:
            yield f"{_key(held)} is enrolled as of {time_text(held.credential.enrolled)}, before it was known"
    yield from enrolment_objections(new, added, custodians=len(old.custodians))


def _of_own_records(old: Roster, new: Roster, signers: Iterable[Fingerprint]) -> Iterator[str]:
    changed = records_changed(old, new)
    for fingerprint in sorted(signers):
        held = old.holder_of(fingerprint)
        if held is not None and held.holder.id in changed:
            yield f"{held.holder.id} signs a change to their own record"


def _lost(old: frozenset[str], new: frozenset[str], what: str) -> Iterator[str]:
    return (f"{what.format(each)} is gone" for each in sorted(old - new))


def _owner(holder: Holder) -> tuple[bool, str]:
    return isinstance(holder, Service), holder.id


def _key(held: Held) -> str:
    return f"key {held.credential.key.fingerprint} of {held.holder.id}"
