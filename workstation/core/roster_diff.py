"""What changed between two rosters, in the words of the roster: what a custodian reads before signing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from workstation.core.attestation import certificate_name
from workstation.core.roster import Credential, Held, Interval, Person, Roster, Service, State
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject


class Kind(StrEnum):
    """What became of something; a roster that follows another removes nothing."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    REVOKED = "revoked"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing of the roster, what became of it, whose it is, and how it reads now."""

    what: str
    kind: Kind
    holder: str
    detail: str

    def __str__(self) -> str:
        """Read as a line: ADDED credential of p-bob: key 1f0c… for countersign."""
        return f"{self.kind.value.upper()} {self.what} of {self.holder}: {self.detail}"

    def to_json(self) -> JsonObject:
        """Return the change as the command line shows it."""
        return {"what": self.what, "kind": self.kind.value, "holder": self.holder, "detail": self.detail}


def roster_changes(old: Roster | None, new: Roster) -> tuple[Change, ...]:
    """Return everything that reads differently; all of `new` where there was none before."""
    before = () if old is None else tuple(old.people.values())
    served = () if old is None else tuple(old.services.values())
    return (
        *_of_set("attestation root", () if old is None else _roots(old), _roots(new), "makers of tokens"),
        *_of_people({person.id: person for person in before}, new),
        *_of_services({service.id: service for service in served}, new),
        *_of_keys(_keys(()) if old is None else _keys(old.by_fingerprint.values()), new),
    )


def _roots(roster: Roster) -> tuple[str, ...]:
    return tuple(certificate_name(root) for root in roster.attestation_roots)


def _of_people(old: dict[str, Person], new: Roster) -> Iterator[Change]:
    for person in new.people.values():
        had = old.pop(person.id, None)
        if had is None:
            yield _change("person", Kind.ADDED, person.id, f"{person.name}, {_listed(person.roles)}")
        else:
            yield from _of_person(had, person)
    yield from (_change("person", Kind.REMOVED, name, person.name) for name, person in old.items())


def _of_person(old: Person, new: Person) -> Iterator[Change]:
    if old.name != new.name:
        yield _change("name", Kind.CHANGED, new.id, f"{old.name} → {new.name}")
    if old.uniqueness_tag != new.uniqueness_tag:
        yield _change("uniqueness tag", Kind.CHANGED, new.id, "another human")
    yield from _of_set("role", old.roles, new.roles, new.id)
    yield from _of_set("alias", old.aliases, new.aliases, new.id)
    yield from _of_set("conflict group", old.conflict_groups, new.conflict_groups, new.id)
    if old.status != new.status:
        left = new.left and not old.left
        yield _change("status", Kind.RETIRED if left else Kind.CHANGED, new.id, _spans(new.status))


def _of_services(old: dict[str, Service], new: Roster) -> Iterator[Change]:
    for service in new.services.values():
        had = old.pop(service.id, None)
        if had is None:
            detail = f"{service.name}, controlled by {_listed(service.controllers)}"
            yield _change("service", Kind.ADDED, service.id, detail)
        else:
            yield from _of_service(had, service)
    yield from (_change("service", Kind.REMOVED, name, service.name) for name, service in old.items())


def _of_service(old: Service, new: Service) -> Iterator[Change]:
    if old.name != new.name:
        yield _change("name", Kind.CHANGED, new.id, f"{old.name} → {new.name}")
    yield from _of_set("controller", old.controllers, new.controllers, new.id)
    yield from _of_set("former controller", _formers(old), _formers(new), new.id)
    yield from _of_set("builder id", old.builder_ids, new.builder_ids, new.id)
    if old.attested != new.attested:
        detail = f"attested {time_text(old.attested)} → {time_text(new.attested)}"
        yield _change("controllers", Kind.CHANGED, new.id, detail)


def _formers(service: Service) -> tuple[str, ...]:
    return tuple(f"{former.person} until {time_text(former.until)}" for former in service.former)


def _of_keys(old: dict[str, Held], new: Roster) -> Iterator[Change]:
    for held in new.by_fingerprint.values():
        had = old.pop(held.credential.key.fingerprint, None)
        if had is None:
            yield _change("credential", Kind.ADDED, held.holder.id, _key_words(held.credential))
        elif had.holder.id != held.holder.id:
            detail = f"{held.credential.key.fingerprint} → {held.holder.id}"
            yield _change("credential", Kind.CHANGED, had.holder.id, detail)
        elif had.credential != held.credential:
            yield _of_key(had.credential, held.credential, held.holder.id)
    yield from (
        _change("credential", Kind.REMOVED, held.holder.id, fingerprint) for fingerprint, held in old.items()
    )


def _of_key(old: Credential, new: Credential, holder: str) -> Change:
    kinds = {State.ACTIVE: Kind.CHANGED, State.RETIRED: Kind.RETIRED, State.REVOKED: Kind.REVOKED}
    kind = kinds[new.state] if old.state is not new.state else Kind.CHANGED
    return _change("credential", kind, holder, f"{_key_words(old)} → {_key_words(new)}")


def _key_words(credential: Credential) -> str:
    words = f"key {credential.key.fingerprint} for {_listed(use.value for use in credential.uses)}"
    words += f", {time_text(credential.valid_from)} to {time_text(credential.valid_to)}"
    words += f", in token {credential.token_serial}" if credential.token_serial else ", in no token"
    words += ", proved" if credential.proof else ", not proved"
    if credential.attestation is not None:
        words += f", attested by token {credential.attestation.serial}"
    words += f", enrolled {time_text(credential.enrolled)} by {_listed(credential.enrolled_by)}"
    if credential.vouched:
        words += f" with {len(credential.vouched)} cards"
    if credential.state_since is not None:
        words += f", {credential.state.value} {time_text(credential.state_since)}"
    return words if credential.state_reason is None else f"{words} ({credential.state_reason})"


def _of_set(what: str, old: Iterable[str], new: Iterable[str], holder: str) -> Iterator[Change]:
    had, got = set(old), set(new)
    yield from (_change(what, Kind.ADDED, holder, each) for each in sorted(got - had))
    yield from (_change(what, Kind.REMOVED, holder, each) for each in sorted(had - got))


def _spans(status: Iterable[Interval]) -> str:
    return "; ".join(
        f"{time_text(span.since)} to {'now' if span.until is None else time_text(span.until)}"
        + (f" ({span.reason})" if span.reason else "")
        for span in status
    )


def _keys(held: Iterable[Held]) -> dict[str, Held]:
    return {each.credential.key.fingerprint: each for each in held}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _change(what: str, kind: Kind, holder: str, detail: str) -> Change:
    return Change(what=what, kind=kind, holder=holder, detail=detail)
