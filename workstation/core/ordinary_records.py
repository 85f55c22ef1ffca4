"""People and credentials in the form nearly all have, each read at one go.

A roster has thousands, and a place for every field of each costs more than all the rest of reading it.
So this knows no places and explains nothing: whatever is not plainly right is left to the readers of
`roster_document` and `credential_document`, which are the definition. What is read here reads the same there.
"""

from __future__ import annotations

import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Final

from workstation.core.credential_document import parsed_key
from workstation.core.enrolled import Proof
from workstation.core.enrolment import CHALLENGE_BYTES
from workstation.core.errors import Malformed
from workstation.core.identity import IDENTIFIER, SHA256_HEX, PersonId
from workstation.core.roster import Credential, Interval, Person, State, Use
from workstation.core.roster_limits import MOST_ALIASES, MOST_CREDENTIALS, MOST_ENROLLERS, MOST_ROLES
from workstation.core.shape import LONGEST_NAME, LONGEST_PRINTABLE, TIME

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject, JsonValue

_FIELDS: Final = frozenset({
    "fingerprint", "spki", "uses", "tokenSerial", "enrolled", "enrolledBy", "validFrom", "validTo",
    "state", "proof",
})  # fmt: skip
_PERSON_FIELDS: Final = frozenset({
    "id", "name", "roles", "aliases", "conflictGroups", "uniquenessTag", "status", "credentials",
})  # fmt: skip
_PROOF_FIELDS: Final = frozenset({"challenge", "signature"})
_USES: Final = {use.value: use for use in Use}


class _Odd(Exception):
    """Something is not plainly right."""


def ordinary_person(value: JsonValue) -> Person | None:
    """Return a person who has been here ever since they came, with ordinary credentials, or None."""
    if not isinstance(value, dict) or value.keys() != _PERSON_FIELDS:
        return None
    try:
        return _person(value)
    except (_Odd, Malformed):
        return None


def ordinary_credential(value: JsonValue) -> Credential | None:
    """Return an active credential with a token, a proof and nothing rarer, or None for any other."""
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        return None
    try:
        return _read(value)
    except (_Odd, Malformed):
        return None


def _person(value: JsonObject) -> Person:
    credentials = [ordinary_credential(item) for item in _list(value["credentials"], MOST_CREDENTIALS)]
    known = [credential for credential in credentials if credential is not None]
    name, tag = value["name"], value["uniquenessTag"]
    if not isinstance(name, str) or not isinstance(tag, str) or len(known) != len(credentials):
        raise _Odd
    if not name.isprintable() or not name.strip() or len(name) > LONGEST_NAME:
        raise _Odd
    if not SHA256_HEX.fullmatch(tag):
        raise _Odd
    return Person(
        id=PersonId(_identifier(value["id"])),
        name=name,
        roles=frozenset([_identifier(item) for item in _list(value["roles"], MOST_ROLES)]),
        aliases=frozenset([_printable(item) for item in _list(value["aliases"], MOST_ALIASES)]),
        conflict_groups=frozenset([_identifier(item) for item in _list(value["conflictGroups"], MOST_ROLES)]),
        uniqueness_tag=tag,
        status=(_open_interval(value["status"]),),
        credentials=tuple(known),
    )


def _open_interval(value: JsonValue) -> Interval:
    match value:
        case [{"since": since, **others}] if not others:
            return Interval(since=_time(since), until=None)
        case _:
            raise _Odd


def _read(value: JsonObject) -> Credential:
    key = parsed_key(_octets(value["spki"]))
    uses, enrollers = _list(value["uses"], len(_USES)), _list(value["enrolledBy"], MOST_ENROLLERS)
    if value["state"] != "active" or value["fingerprint"] != key.fingerprint or not uses:
        raise _Odd
    return Credential(
        key=key,
        uses=frozenset([_use(item) for item in uses]),
        token_serial=_identifier(value["tokenSerial"]),
        enrolled=_time(value["enrolled"]),
        enrolled_by=tuple([PersonId(_identifier(item)) for item in enrollers]),
        valid_from=_time(value["validFrom"]),
        valid_to=_time(value["validTo"]),
        state=State.ACTIVE,
        state_since=None,
        proof=_proof(value["proof"]),
    )


def _proof(value: JsonValue) -> Proof:
    if not isinstance(value, dict) or value.keys() != _PROOF_FIELDS:
        raise _Odd
    challenge = _octets(value["challenge"])
    if len(challenge) != CHALLENGE_BYTES:
        raise _Odd
    return Proof(challenge=challenge, signature=_octets(value["signature"]))


def _list(value: JsonValue, at_most: int) -> list[JsonValue]:
    if not isinstance(value, list) or len(value) > at_most:
        raise _Odd
    return value


def _use(value: JsonValue) -> Use:
    found = _USES.get(value) if isinstance(value, str) else None
    if found is None:
        raise _Odd
    return found


def _identifier(value: JsonValue) -> str:
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise _Odd
    return value


def _printable(value: JsonValue) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise _Odd
    if not value or value != value.strip() or len(value) > LONGEST_PRINTABLE:
        raise _Odd
    return value


def _time(value: JsonValue) -> datetime:
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise _Odd
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise _Odd from error


def _octets(value: JsonValue) -> bytes:
    """Return bytes from canonical base64 (RFC 4648 section 4)."""
    if not isinstance(value, str):
        raise _Odd
    try:
        data = binascii.a2b_base64(value, strict_mode=True)
    except ValueError as error:
        raise _Odd from error
    if binascii.b2a_base64(data, newline=False).decode("ascii") != value:
        raise _Odd
    return data
