"""Amending records in a roster draft: what a person is called and may do, and who controls a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.core.draft_document import closed, holder_of, listed, objects, opened
from workstation.core.errors import Malformed
from workstation.core.identity import PersonId, ServiceId
from workstation.core.roster_document import parse_roster
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a list gains and loses; to gain what is there, or lose what is not, is an error."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def with_amended_person(
    draft: bytes,
    person: str,
    *,
    roles: Amendment,
    groups: Amendment,
    aliases: tuple[str, ...],
    name: str | None,
    now: datetime,
) -> bytes:
    """Change a person's roles, conflict groups and name, and add aliases, which are never lost.

    Raises Malformed.
    """
    if PersonId(person) not in parse_roster(draft, where="roster draft").people:
        raise Malformed(f"person {person[:60]!a}", "nobody of this id found in the roster, one wanted")
    document = opened(draft, now)
    entry = holder_of(document, person)
    _amend(entry, "roles", roles)
    _amend(entry, "conflictGroups", groups)
    _amend(entry, "aliases", Amendment(added=aliases))
    if name is not None:
        entry["name"] = name
    return closed(document)


def with_amended_service(
    draft: bytes, service: str, *, controllers: Amendment, builder_ids: tuple[str, ...], now: datetime
) -> bytes:
    """Change who controls a service, attest them all as of `now`, and add builder ids; raises Malformed.

    Whoever loses control is kept as a former controller, until `now`.
    """
    if ServiceId(service) not in parse_roster(draft, where="roster draft").services:
        raise Malformed(f"service {service[:60]!a}", "nothing of this id found in the roster, one wanted")
    document = opened(draft, now)
    entry = holder_of(document, service)
    _amend(entry, "controllers", controllers)
    _amend(entry, "builderIds", Amendment(added=builder_ids))
    if controllers.dropped:
        _remember(entry, controllers.dropped, now)
    entry["attested"] = time_text(now)
    return closed(document)


def _amend(entry: JsonObject, field: str, amendment: Amendment) -> None:
    had = [item for item in listed(entry, field) if isinstance(item, str)]
    for item in amendment.dropped:
        if item not in had:
            raise Malformed(f"{entry['id']}.{field}", f"no {item[:60]!a} found, one to take away wanted")
        had.remove(item)
    for item in amendment.added:
        if item in had:
            raise Malformed(f"{entry['id']}.{field}", f"{item[:60]!a} found already")
        had.append(item)
    entry[field] = [*sorted(had)]


def _remember(entry: JsonObject, people: tuple[str, ...], now: datetime) -> None:
    known = objects(entry, "formerControllers") if "formerControllers" in entry else []
    kept = [former for former in known if str(former.get("person")) not in people]
    gone: list[JsonObject] = [{"person": person, "until": time_text(now)} for person in sorted(people)]
    entry["formerControllers"] = [*kept, *gone]
