"""roster.json: parsing it whole, or not at all (docs/spec/roster.md)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from workstation.core import strict_json
from workstation.core.credential_document import read_credential
from workstation.core.enrolment import refuse_unproved
from workstation.core.errors import Malformed
from workstation.core.identity import Digest, PersonId, ServiceId, digest_of
from workstation.core.ordinary_records import ordinary_credential, ordinary_person
from workstation.core.roster import Credential, Former, Held, Holder, Interval, Person, Roster, Service
from workstation.core.roster_limits import (
    MOST_ALIASES,
    MOST_CONTROLLERS,
    MOST_CREDENTIALS,
    MOST_INTERVALS,
    MOST_ROLES,
    MOST_ROOTS,
)
from workstation.core.shape import Fields, Shape
from workstation.core.uncollected import without_collecting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.core.identity import Fingerprint

    K = TypeVar("K", bound=str)
    V = TypeVar("V")

SCHEMA = "urn:countersign:roster:v1"
MAX_BYTES = 64 * 1024 * 1024


def parse_roster(data: bytes, *, where: str = "roster.json") -> Roster:
    """Return the roster in `data`; raises Malformed when any part of it, or any pair of parts, is wrong.

    What takes a signature to verify is not looked at here: see `credential_proof`.
    """
    return _parsed(data, where)


# The same roster is read again after every action, and the next one differs in a few lines: what was
# parsed and verified once is not done anew. Every value kept is immutable or never changed.
@lru_cache(maxsize=2)
def _parsed(data: bytes, where: str) -> Roster:
    with without_collecting():
        return _read(data, where)


def _read(data: bytes, where: str) -> Roster:
    top = Shape(strict_json.parse_object(data, where=where, limit=MAX_BYTES), where)
    fields = top.fields(
        "schema", "version", "created", "people", "services", optional=("uniqueness", "attestationRoots")
    )
    fields["schema"].constant(SCHEMA)
    people = tuple(_person(item) for item in fields["people"].items(at_least=1))
    services = tuple(_service(item) for item in fields["services"].items())
    holders: tuple[Holder, ...] = (*people, *services)
    roster = Roster(
        version=fields["version"].integer(1, 2**31),
        created=fields["created"].time(),
        digest=digest_of(data),
        people=_unique(((person.id, person) for person in people), "person id", where),
        services=_unique(((service.id, service) for service in services), "service id", where),
        by_fingerprint=_by_fingerprint(holders, where),
        by_keyid={held.credential.key.keyid: held for held in _all_held(holders)},
        by_alias=_unique(((alias, p.id) for p in people for alias in sorted(p.aliases)), "alias", where),
        by_builder_id=_unique(
            ((b, s.id) for s in services for b in sorted(s.builder_ids)), "builder id", where
        ),
        uniqueness=_uniqueness(fields.get("uniqueness")),
        attestation_roots=_roots(fields.get("attestationRoots")),
    )
    _unique(((holder.id, holder) for holder in holders), "holder id", where)
    _refuse_shared_marks(people, where)
    _refuse_shared_tokens(holders, where)
    _refuse_strangers(roster, where)
    return roster


def _uniqueness(shape: Shape | None) -> Digest | None:
    if shape is None:
        return None
    fields = shape.fields("scheme", "check")
    fields["scheme"].constant("hmac-sha256")
    return fields["check"].digest()


def _roots(shape: Shape | None) -> tuple[bytes, ...]:
    if shape is None:
        return ()
    return tuple(item.base64() for item in shape.items(at_least=1, at_most=MOST_ROOTS))


def _person(shape: Shape) -> Person:
    person = ordinary_person(shape.value) or _careful_person(shape)
    refuse_unproved(person, where=shape.where)
    return person


def _careful_person(shape: Shape) -> Person:
    fields = shape.fields(
        "id", "name", "roles", "aliases", "conflictGroups", "uniquenessTag", "status", "credentials",
    )  # fmt: skip
    return Person(
        id=PersonId(fields["id"].identifier()),
        name=fields["name"].name(),
        roles=frozenset(item.identifier() for item in fields["roles"].items(at_most=MOST_ROLES)),
        aliases=frozenset(item.printable() for item in fields["aliases"].items(at_most=MOST_ALIASES)),
        conflict_groups=frozenset(
            item.identifier() for item in fields["conflictGroups"].items(at_most=MOST_ROLES)
        ),
        uniqueness_tag=fields["uniquenessTag"].digest(),
        status=tuple(_interval(item) for item in fields["status"].items(at_least=1, at_most=MOST_INTERVALS)),
        credentials=tuple(_credentials(fields["credentials"])),
    )


def _service(shape: Shape) -> Service:
    fields = shape.fields(
        "id", "name", "builderIds", "controllers", "attested", "credentials",
        optional=("formerControllers",),
    )  # fmt: skip
    former = fields.get("formerControllers")
    return Service(
        id=ServiceId(fields["id"].identifier()),
        name=fields["name"].name(),
        builder_ids=frozenset(item.printable() for item in fields["builderIds"].items(at_most=MOST_ALIASES)),
        controllers=tuple(
            PersonId(item.identifier()) for item in fields["controllers"].items(at_most=MOST_CONTROLLERS)
        ),
        attested=fields["attested"].time(),
        credentials=tuple(_credentials(fields["credentials"])),
        former=()
        if former is None
        else tuple(_former(item) for item in former.items(at_most=MOST_CONTROLLERS)),
    )


def _former(shape: Shape) -> Former:
    fields = shape.fields("person", "until")
    return Former(person=PersonId(fields["person"].identifier()), until=fields["until"].time())


def _credentials(shape: Shape) -> Iterator[Credential]:
    for item in shape.items(at_most=MOST_CREDENTIALS):
        yield ordinary_credential(item.value) or read_credential(item)


def _interval(shape: Shape) -> Interval:
    fields: Fields = shape.fields("since", optional=("until", "reason"))
    until, reason = fields.get("until"), fields.get("reason")
    if until is None and reason is not None:
        raise shape.wanted("a reason only where there is an end")
    return Interval(
        since=fields["since"].time(),
        until=None if until is None else until.time(),
        reason=None if reason is None else reason.name(),
    )


def _all_held(holders: Iterable[Holder]) -> Iterable[Held]:
    return (Held(credential, holder) for holder in holders for credential in holder.credentials)


def _by_fingerprint(holders: Iterable[Holder], where: str) -> dict[Fingerprint, Held]:
    return _unique(((held.credential.key.fingerprint, held) for held in _all_held(holders)), "key", where)


def _refuse_shared_marks(people: Iterable[Person], where: str) -> None:
    _unique(((person.uniqueness_tag, person.id) for person in people), "uniqueness tag", where)


def _refuse_shared_tokens(holders: Iterable[Holder], where: str) -> None:
    owner: dict[str, str] = {}
    for held in _all_held(holders):
        for serial in held.credential.serials:
            if owner.setdefault(serial, held.holder.id) != held.holder.id:
                raise Malformed(
                    where,
                    f"token {serial} found under {owner[serial]} and {held.holder.id}, one holder wanted",
                )


def _refuse_strangers(roster: Roster, where: str) -> None:
    for service in roster.services.values():
        named = _unique(((former.person, former) for former in service.former), "former controller", where)
        for controller in (*service.controllers, *named):
            if controller not in roster.people:
                raise Malformed(
                    f"{where}.services", f"controller {controller} of {service.id} is not in the roster"
                )


def _unique(pairs: Iterable[tuple[K, V]], what: str, where: str) -> dict[K, V]:
    found: dict[K, V] = {}
    for key, value in pairs:
        if key in found:
            raise Malformed(where, f"{what} {key} found twice, once wanted: the whole roster is invalid")
        found[key] = value
    return found
