"""Leaving, in a roster draft: keys retire or are revoked, people go. Nothing is ever taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.core.draft_document import closed, credential_of, holder_of, objects, opened
from workstation.core.errors import Malformed
from workstation.core.identity import PersonId
from workstation.core.roster import State
from workstation.core.roster_document import parse_roster
from workstation.core.shape import Shape, time_text
from workstation.core.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """How something leaves: retired or revoked, from when on, and why. The reason is printable text."""

    state: State
    since: datetime
    reason: str


def without_key(draft: bytes, fingerprint: str, leaving: Leaving) -> bytes:
    """Retire or revoke one key; raises Malformed for an unknown one, and for one that left earlier."""
    document = opened(draft, leaving.since)
    _leave(credential_of(document, fingerprint), leaving)
    return closed(document)


def without_person(draft: bytes, person: str, leaving: Leaving) -> bytes:
    """End a person's time in the roster, and retire or revoke every key they still have; raises Malformed."""
    if PersonId(person) not in parse_roster(draft, where="roster draft").people:
        raise Malformed(f"person {person[:60]!a}", "nobody of this id found in the roster, one wanted")
    document = opened(draft, leaving.since)
    entry = holder_of(document, person)
    last = objects(entry, "status")[-1]
    if "until" in last:
        raise Malformed(f"person {person}", f"one who left {last['until']} found, one still here wanted")
    last.update(until=time_text(leaving.since), reason=leaving.reason)
    for credential in objects(entry, "credentials"):
        if _still_to_leave(credential, leaving):
            _leave(credential, leaving)
    return closed(document)


def _still_to_leave(credential: JsonObject, leaving: Leaving) -> bool:
    return credential["state"] == State.ACTIVE.value or (
        credential["state"] == State.RETIRED.value and leaving.state is State.REVOKED
    )


def _leave(credential: JsonObject, leaving: Leaving) -> None:
    if not _still_to_leave(credential, leaving):
        what = f"{credential['state']} found, one that can still be {leaving.state.value} wanted"
        raise Malformed(f"key {credential['fingerprint']}", what)
    since = leaving.since
    if "stateSince" in credential:
        # What had ended by then does not begin again.
        since = min(since, Shape(credential["stateSince"], "stateSince").time())
    credential.update(state=leaving.state.value, stateSince=time_text(since), stateReason=leaving.reason)
