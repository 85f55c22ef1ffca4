"""Drafting a roster: each step takes a document's bytes and gives the next, whole again or refused.

A draft becomes a roster when custodians sign it as a target of the trust root.
"""

from __future__ import annotations

import base64
import copy
from dataclasses import dataclass
from datetime import datetime

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.identity import digest_of
from workstation.core.public_key import PublicKey
from workstation.core.roster import Use
from workstation.core.roster_document import MAX_BYTES, SCHEMA, parse_roster
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A key to be enrolled: for what, in which token, by whom, and from when to when."""

    key: PublicKey
    uses: frozenset[Use]
    token_serial: str | None
    enrolled_by: tuple[str, ...]
    enrolled: datetime
    valid_to: datetime


def with_person(
    draft: bytes | None,
    *,
    person: str,
    name: str,
    roles: list[str],
    aliases: list[str],
    mark: str,
    now: datetime,
) -> bytes:
    """Add a person, beginning a roster of version 1 where there is no draft yet; raises Malformed.

    `mark` is what tells this human from every other, such as a staff number; only its digest is kept.
    """
    document = _document(draft, now)
    tag = digest_of(b"countersign-uniqueness-v1\n" + mark.encode())
    added: JsonObject = {
        "id": person,
        "name": name,
        "roles": [*sorted(roles)],
        "aliases": [*sorted(aliases)],
        "conflictGroups": [],
        "uniquenessTag": tag,
        "status": [{"since": time_text(now)}],
        "credentials": [],
    }
    _listed(document, "people").append(added)
    return _whole(document)


def with_service(
    draft: bytes, *, service: str, name: str, builder_ids: list[str], controllers: list[str], now: datetime
) -> bytes:
    """Add a service and the people who control it; raises Malformed."""
    document = _document(draft, now)
    added: JsonObject = {
        "id": service,
        "name": name,
        "builderIds": [*sorted(builder_ids)],
        "controllers": [*sorted(controllers)],
        "attested": time_text(now),
        "credentials": [],
    }
    _listed(document, "services").append(added)
    return _whole(document)


def with_credential(draft: bytes, holder: str, enrolment: Enrolment) -> bytes:
    """Enrol a key for a person or service of the draft; raises Malformed, also for a key held already."""
    document = _document(draft, enrolment.enrolled)
    holders = [*_listed(document, "people"), *_listed(document, "services")]
    found = [entry for entry in holders if isinstance(entry, dict) and entry.get("id") == holder]
    if len(found) != 1:
        raise Malformed(f"holder {holder[:60]!a}", f"{len(found)} found in the roster, one wanted")
    credential: JsonObject = {
        "fingerprint": enrolment.key.fingerprint,
        "spki": base64.b64encode(enrolment.key.spki).decode(),
        "uses": [*sorted(use.value for use in enrolment.uses)],
        "enrolled": time_text(enrolment.enrolled),
        "enrolledBy": [*enrolment.enrolled_by],
        "validFrom": time_text(enrolment.enrolled),
        "validTo": time_text(enrolment.valid_to),
        "state": "active",
    }
    if enrolment.token_serial is not None:
        credential["tokenSerial"] = enrolment.token_serial
    _listed(found[0], "credentials").append(credential)
    return _whole(document)


def next_version(roster: bytes, *, now: datetime) -> bytes:
    """Return a draft that follows a roster: the same people under the next version; raises Malformed."""
    document = _document(roster, now)
    document["version"] = parse_roster(roster).version + 1
    document["created"] = time_text(now)
    return _whole(document)


def _document(draft: bytes | None, now: datetime) -> JsonObject:
    if draft is None:
        return {"schema": SCHEMA, "version": 1, "created": time_text(now), "people": [], "services": []}
    return copy.deepcopy(strict_json.parse_object(draft, where="roster draft", limit=MAX_BYTES))


def _listed(holder: JsonObject, name: str) -> list[JsonValue]:
    found = holder.get(name)
    if not isinstance(found, list):
        raise Malformed(f"roster draft.{name}", "an array wanted")
    return found


def _whole(document: JsonObject) -> bytes:
    data = strict_json.dump(document)
    parse_roster(data, where="roster draft")
    return data
