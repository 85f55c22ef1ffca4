"""roster.json: parsing it whole, or not at all (docs/spec/roster.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.identity import PersonId, ServiceId, digest_of
from workstation.core.public_key import parse_spki
from workstation.core.roster import Credential, Held, Holder, Interval, Person, Roster, Service, State, Use
from workstation.core.shape import Fields, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workstation.core.identity import Fingerprint

    K = TypeVar("K", bound=str)
    V = TypeVar("V")

SCHEMA = "urn:countersign:roster:v1"
MAX_BYTES = 64 * 1024 * 1024


def parse_roster(data: bytes, *, where: str = "roster.json") -> Roster:
    """Return the roster in `data`; raises Malformed when any part of it, or any pair of parts, is wrong."""
    top = Shape(strict_json.parse_object(data, where=where, limit=MAX_BYTES), where)
    fields = top.fields("schema", "version", "created", "people", "services")
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
    )
    _unique(((holder.id, holder) for holder in holders), "holder id", where)
    _refuse_shared_marks(people, where)
    _refuse_shared_tokens(holders, where)
    _refuse_strangers(roster, where)
    return roster


def _person(shape: Shape) -> Person:
    fields = shape.fields(
        "id", "name", "roles", "aliases", "conflictGroups", "uniquenessTag", "status", "credentials",
    )  # fmt: skip
    return Person(
        id=PersonId(fields["id"].identifier()),
        name=_name(fields["name"]),
        roles=frozenset(item.identifier() for item in fields["roles"].items(at_most=32)),
        aliases=frozenset(item.printable() for item in fields["aliases"].items(at_most=100)),
        conflict_groups=frozenset(item.identifier() for item in fields["conflictGroups"].items(at_most=32)),
        uniqueness_tag=fields["uniquenessTag"].digest(),
        status=tuple(_interval(item) for item in fields["status"].items(at_least=1, at_most=100)),
        credentials=tuple(_credential(item) for item in fields["credentials"].items(at_most=200)),
    )


def _service(shape: Shape) -> Service:
    fields = shape.fields("id", "name", "builderIds", "controllers", "attested", "credentials")
    return Service(
        id=ServiceId(fields["id"].identifier()),
        name=_name(fields["name"]),
        builder_ids=frozenset(item.printable() for item in fields["builderIds"].items(at_most=100)),
        controllers=tuple(PersonId(item.identifier()) for item in fields["controllers"].items(at_most=1000)),
        attested=fields["attested"].time(),
        credentials=tuple(_credential(item) for item in fields["credentials"].items(at_most=200)),
    )


def _credential(shape: Shape) -> Credential:
    fields = shape.fields(
        "fingerprint", "spki", "uses", "enrolled", "enrolledBy", "validFrom", "validTo", "state",
        optional=("tokenSerial", "stateSince"),
    )  # fmt: skip
    key = parse_spki(fields["spki"].base64(), where=fields["spki"].where)
    if str(fields["fingerprint"].digest()) != key.fingerprint:
        raise fields["fingerprint"].wanted(f"{key.fingerprint}, the fingerprint of spki")
    serial, since = fields.get("tokenSerial"), fields.get("stateSince")
    state = fields["state"].choice(State)
    if (state is State.ACTIVE) != (since is None):
        raise fields["state"].wanted("stateSince for a retired or revoked credential, and only for those")
    return Credential(
        key=key,
        uses=frozenset(item.choice(Use) for item in fields["uses"].items(at_least=1, at_most=len(Use))),
        token_serial=None if serial is None else serial.identifier(),
        enrolled=fields["enrolled"].time(),
        enrolled_by=tuple(PersonId(item.identifier()) for item in fields["enrolledBy"].items(at_most=16)),
        valid_from=fields["validFrom"].time(),
        valid_to=fields["validTo"].time(),
        state=state,
        state_since=None if since is None else since.time(),
    )


def _interval(shape: Shape) -> Interval:
    fields: Fields = shape.fields("since", optional=("until",))
    until = fields.get("until")
    return Interval(since=fields["since"].time(), until=None if until is None else until.time())


def _name(shape: Shape) -> str:
    name = shape.text(at_most=100)
    if not name.strip() or not name.isprintable():
        raise shape.wanted("a printable name")
    return name


def _all_held(holders: Iterable[Holder]) -> Iterable[Held]:
    return (Held(credential, holder) for holder in holders for credential in holder.credentials)


def _by_fingerprint(holders: Iterable[Holder], where: str) -> dict[Fingerprint, Held]:
    return _unique(((held.credential.key.fingerprint, held) for held in _all_held(holders)), "key", where)


def _refuse_shared_marks(people: Iterable[Person], where: str) -> None:
    _unique(((person.uniqueness_tag, person.id) for person in people), "uniqueness tag", where)


def _refuse_shared_tokens(holders: Iterable[Holder], where: str) -> None:
    owner: dict[str, str] = {}
    for held in _all_held(holders):
        serial = held.credential.token_serial
        if serial is not None and owner.setdefault(serial, held.holder.id) != held.holder.id:
            raise Malformed(
                where, f"token {serial} found under {owner[serial]} and {held.holder.id}, one holder wanted"
            )


def _refuse_strangers(roster: Roster, where: str) -> None:
    for service in roster.services.values():
        for controller in service.controllers:
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
