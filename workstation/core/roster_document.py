"""roster.json: parsing it whole, or not at all (docs/spec/roster.md)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from workstation.core import strict_json
from workstation.core.enrolment import CHALLENGE_BYTES, refuse_unproved, verify_proof
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, PersonId, ServiceId, digest_of
from workstation.core.public_key import PublicKey, parse_spki
from workstation.core.roster import (
    Credential,
    Former,
    Held,
    Holder,
    Interval,
    Person,
    Proof,
    Roster,
    Service,
    State,
    Use,
)
from workstation.core.shape import Fields, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workstation.core.identity import Fingerprint

    K = TypeVar("K", bound=str)
    V = TypeVar("V")

SCHEMA = "urn:countersign:roster:v1"
MAX_BYTES = 64 * 1024 * 1024
_KEPT = 2**15


def parse_roster(data: bytes, *, where: str = "roster.json") -> Roster:
    """Return the roster in `data`; raises Malformed when any part of it, or any pair of parts, is wrong.

    Raises Untrusted when a key's proof of possession does not hold.
    """
    return _parsed(data, where)


# The same roster is read again after every action, and the next one differs in a few lines: what was
# parsed and verified once is not done anew. Every value kept is immutable or never changed.
@lru_cache(maxsize=2)
def _parsed(data: bytes, where: str) -> Roster:
    top = Shape(strict_json.parse_object(data, where=where, limit=MAX_BYTES), where)
    fields = top.fields("schema", "version", "created", "people", "services", optional=("uniqueness",))
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


def _person(shape: Shape) -> Person:
    fields = shape.fields(
        "id", "name", "roles", "aliases", "conflictGroups", "uniquenessTag", "status", "credentials",
    )  # fmt: skip
    name = PersonId(fields["id"].identifier())
    person = Person(
        id=name,
        name=_name(fields["name"]),
        roles=frozenset(item.identifier() for item in fields["roles"].items(at_most=32)),
        aliases=frozenset(item.printable() for item in fields["aliases"].items(at_most=100)),
        conflict_groups=frozenset(item.identifier() for item in fields["conflictGroups"].items(at_most=32)),
        uniqueness_tag=fields["uniquenessTag"].digest(),
        status=tuple(_interval(item) for item in fields["status"].items(at_least=1, at_most=100)),
        credentials=tuple(_credential(item, name) for item in fields["credentials"].items(at_most=200)),
    )
    refuse_unproved(person, where=shape.where)
    return person


def _service(shape: Shape) -> Service:
    fields = shape.fields(
        "id", "name", "builderIds", "controllers", "attested", "credentials",
        optional=("formerControllers",),
    )  # fmt: skip
    former = fields.get("formerControllers")
    name = ServiceId(fields["id"].identifier())
    return Service(
        id=name,
        name=_name(fields["name"]),
        builder_ids=frozenset(item.printable() for item in fields["builderIds"].items(at_most=100)),
        controllers=tuple(PersonId(item.identifier()) for item in fields["controllers"].items(at_most=1000)),
        attested=fields["attested"].time(),
        credentials=tuple(_credential(item, name) for item in fields["credentials"].items(at_most=200)),
        former=() if former is None else tuple(_former(item) for item in former.items(at_most=1000)),
    )


def _former(shape: Shape) -> Former:
    fields = shape.fields("person", "until")
    return Former(person=PersonId(fields["person"].identifier()), until=fields["until"].time())


def _credential(shape: Shape, holder: str) -> Credential:
    fields = shape.fields(
        "fingerprint", "spki", "uses", "enrolled", "enrolledBy", "validFrom", "validTo", "state",
        optional=("tokenSerial", "stateSince", "stateReason", "proof"),
    )  # fmt: skip
    key = _key(fields["spki"])
    if str(fields["fingerprint"].digest()) != key.fingerprint:
        raise fields["fingerprint"].wanted(f"{key.fingerprint}, the fingerprint of spki")
    serial, since, reason = fields.get("tokenSerial"), fields.get("stateSince"), fields.get("stateReason")
    state = fields["state"].choice(State)
    if (state is State.ACTIVE) != (since is None) or (since is None and reason is not None):
        raise fields["state"].wanted("stateSince for a retired or revoked credential, and only for those")
    uses = frozenset(item.choice(Use) for item in fields["uses"].items(at_least=1, at_most=len(Use)))
    return Credential(
        key=key,
        uses=uses,
        token_serial=None if serial is None else serial.identifier(),
        enrolled=fields["enrolled"].time(),
        enrolled_by=tuple(PersonId(item.identifier()) for item in fields["enrolledBy"].items(at_most=16)),
        valid_from=fields["validFrom"].time(),
        valid_to=fields["validTo"].time(),
        state=state,
        state_since=None if since is None else since.time(),
        state_reason=None if reason is None else _name(reason),
        proof=_proof(fields.get("proof"), key, holder, uses),
    )


def _proof(shape: Shape | None, key: PublicKey, holder: str, uses: frozenset[Use]) -> Proof | None:
    if shape is None:
        return None
    fields = shape.fields("challenge", "signature")
    challenge = fields["challenge"].base64()
    if len(challenge) != CHALLENGE_BYTES:
        raise fields["challenge"].wanted(f"{CHALLENGE_BYTES} bytes in base64")
    proof = Proof(challenge=challenge, signature=fields["signature"].base64())
    if not _holds(proof, key, holder, uses):
        raise Untrusted(shape.where, f"the key did not sign to be enrolled for {holder} and these uses")
    return proof


@lru_cache(maxsize=_KEPT)
def _holds(proof: Proof, key: PublicKey, holder: str, uses: frozenset[Use]) -> bool:
    try:
        verify_proof(proof, key, holder, uses, where="proof")
    except Untrusted:
        return False
    return True


def _key(shape: Shape) -> PublicKey:
    try:
        return _parsed_key(shape.base64())
    except Malformed as error:
        raise Malformed(shape.where, error.why) from error


@lru_cache(maxsize=_KEPT)
def _parsed_key(spki: bytes) -> PublicKey:
    return parse_spki(spki, where="spki")


def _interval(shape: Shape) -> Interval:
    fields: Fields = shape.fields("since", optional=("until", "reason"))
    until, reason = fields.get("until"), fields.get("reason")
    if until is None and reason is not None:
        raise shape.wanted("a reason only where there is an end")
    return Interval(
        since=fields["since"].time(),
        until=None if until is None else until.time(),
        reason=None if reason is None else _name(reason),
    )


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
