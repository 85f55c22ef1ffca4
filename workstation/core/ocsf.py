"""A view of the journal for collectors of security events: OCSF 1.6, one event an entry.

A view proves nothing. Each event carries the entry's exact text as `raw_data` and its leaf hash as
`metadata.uid`, so that whoever doubts it can go back to the entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from workstation.core import strict_json
from workstation.core.entry import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workstation.core.entry import Entry
    from workstation.core.strict_json import JsonObject

VERSION: Final = "1.6.0"
_OTHER: Final = 99


class _Class(NamedTuple):
    """An event class and, in it, an activity: OCSF's numbers and names."""

    uid: int
    name: str
    activity: int
    activity_name: str


def _log(activity: int, name: str) -> _Class:
    return _Class(1008, "Event Log Activity", activity, name)


def _authentication(activity: int, name: str) -> _Class:
    return _Class(3002, "Authentication", activity, name)


def _entity(activity: int, name: str) -> _Class:
    return _Class(3004, "Entity Management", activity, name)


def _application(activity: int, name: str) -> _Class:
    return _Class(6002, "Application Lifecycle", activity, name)


_CLASSES: Final[dict[Kind, _Class]] = {
    Kind.BOOT: _application(3, "Start"),
    Kind.SHUTDOWN: _application(4, "Stop"),
    Kind.JOURNAL_GENESIS: _log(6, "Start"),
    Kind.JOURNAL_OPEN: _log(9, "Enable"),
    Kind.JOURNAL_EXPORT: _log(3, "Export"),
    Kind.TOKEN_IDENTIFY: _authentication(1, "Logon"),
    Kind.UNLOCK: _authentication(1, "Logon"),
    Kind.INTAKE_BUNDLE: _entity(1, "Create"),
    Kind.REVIEW_OPEN: _entity(2, "Read"),
    Kind.TRUST_APPLY: _entity(3, "Update"),
}
_SEVERITY: Final = {Outcome.BLOCKED: (3, "Medium"), Outcome.FAILED: (2, "Low")}
_STATUS: Final = {
    Outcome.DONE: (1, "Success"),
    Outcome.ALLOWED: (1, "Success"),
    Outcome.INFO: (1, "Success"),
    Outcome.BLOCKED: (2, "Failure"),
    Outcome.FAILED: (2, "Failure"),
}
_ACTION: Final = {Outcome.ALLOWED: (1, "Allowed"), Outcome.BLOCKED: (2, "Denied")}


def ocsf_lines(entries: Iterable[Entry]) -> bytes:
    """Return the events of some entries, one JSON document a line."""
    return b"".join(strict_json.dump(ocsf_event(entry)) + b"\n" for entry in entries)


def ocsf_event(entry: Entry) -> JsonObject:
    """Return one entry as an event."""
    kind = class_of(entry.kind)
    severity = (5, "Critical") if entry.kind is Kind.JOURNAL_LOSS_DETECTED else _SEVERITY.get(entry.outcome)
    severity_id, severity_name = severity or (1, "Informational")
    status_id, status = _STATUS.get(entry.outcome, (_OTHER, "Attempted"))
    event: JsonObject = {
        "activity_id": kind.activity,
        "activity_name": kind.activity_name,
        "category_uid": kind.uid // 1000,
        "class_uid": kind.uid,
        "class_name": kind.name,
        "type_uid": kind.uid * 100 + kind.activity,
        "time": entry.time.rtc_ms,
        "severity_id": severity_id,
        "severity": severity_name,
        "status_id": status_id,
        "status": status,
        "status_detail": entry.reason or "",
        "actor": {"user": _user(entry)},
        "metadata": _metadata(entry),
        "raw_data": entry.to_bytes().decode(),
    }
    return event | _required(kind, entry) | _action(entry)


def class_of(kind: Kind) -> _Class:
    """Return the event class of a kind; what OCSF has no activity for is `Other`, with our name."""
    if (found := _CLASSES.get(kind)) is not None:
        return found
    return (_log if kind.value.startswith("journal.") else _entity)(_OTHER, kind.value)


def _metadata(entry: Entry) -> JsonObject:
    return {
        "version": VERSION,
        "product": {"name": "Countersign", "vendor_name": "Countersign"},
        "uid": entry.leaf().hex(),
        "sequence": entry.seq,
        "log_name": entry.log,
        "event_code": f"{entry.kind.value}.{entry.outcome.value}",
        "profiles": ["security_control"] if entry.outcome in _ACTION else [],
    }


def _required(kind: _Class, entry: Entry) -> JsonObject:
    match kind.name:
        case "Authentication":
            return {"user": _user(entry), "service": {"name": entry.log}}
        case "Application Lifecycle":
            return {"app": {"name": "Countersign", "vendor_name": "Countersign"}}
        case "Event Log Activity":
            return {"log_name": entry.log}
        case _:
            named = entry.subject.name or entry.subject.digest or entry.kind.value
            return {"entity": {"name": named, "uid": entry.subject.digest or "", "type": entry.kind.value}}


def _user(entry: Entry) -> JsonObject:
    said = entry.payload.get("person")
    person = entry.actor.person or (said if isinstance(said, str) else None)
    return {
        "uid": person or entry.actor.key or "unknown",
        "name": person or "unknown",
        "type_id": 1 if person else 0,
    }


def _action(entry: Entry) -> JsonObject:
    found = _ACTION.get(entry.outcome)
    if found is None:
        return {}
    said: JsonObject = {"action_id": found[0], "action": found[1]}
    if entry.rule is not None:
        said["policy"] = {"name": entry.rule}
    return said
