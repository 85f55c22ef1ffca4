"""A roster being drafted, as the JSON it will be: what the drafting steps share.

Each step opens a copy, changes it and closes it again; a draft that is not a whole roster is never given out.
"""

from __future__ import annotations

import copy
from datetime import datetime

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.roster_document import MAX_BYTES, SCHEMA, parse_roster
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject, JsonValue

_WHERE = "roster draft"


def opened(draft: bytes | None, now: datetime) -> JsonObject:
    """Return the document of a draft, or a new one of version 1; raises Malformed."""
    if draft is None:
        return {"schema": SCHEMA, "version": 1, "created": time_text(now), "people": [], "services": []}
    return copy.deepcopy(strict_json.parse_object(draft, where=_WHERE, limit=MAX_BYTES))


def closed(document: JsonObject) -> bytes:
    """Return the bytes of a whole roster; raises Malformed or Untrusted when it is not one."""
    data = strict_json.dump(document)
    parse_roster(data, where=_WHERE)
    return data


def listed(holder: JsonObject, name: str, *, begin: bool = False) -> list[JsonValue]:
    """Return an array of the document, to be changed; with `begin`, an empty one where there is none."""
    found = holder.setdefault(name, []) if begin else holder.get(name)
    if not isinstance(found, list):
        raise Malformed(f"{_WHERE}.{name}", "an array wanted")
    return found


def objects(holder: JsonObject, name: str) -> list[JsonObject]:
    """Return the objects in an array of the document, to be changed."""
    return [item for item in listed(holder, name) if isinstance(item, dict)]


def holders(document: JsonObject) -> list[JsonObject]:
    """Return people and services."""
    return [*objects(document, "people"), *objects(document, "services")]


def holder_of(document: JsonObject, name: str) -> JsonObject:
    """Return the one person or service of this id; raises Malformed."""
    return _only([entry for entry in holders(document) if entry.get("id") == name], f"holder {name[:60]!a}")


def credential_of(document: JsonObject, fingerprint: str) -> JsonObject:
    """Return the one credential of this key; raises Malformed."""
    found = [
        credential
        for holder in holders(document)
        for credential in objects(holder, "credentials")
        if credential.get("fingerprint") == fingerprint
    ]
    return _only(found, f"key {fingerprint[:64]!a}")


def _only(found: list[JsonObject], what: str) -> JsonObject:
    if len(found) != 1:
        raise Malformed(what, f"{len(found)} found in the roster, one wanted")
    return found[0]
