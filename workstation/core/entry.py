"""The entry: one line of the journal, as canonical JSON and back (docs/spec/journal.md).

A draft is what the gate wants to say; an entry is a draft with its place in history. Who gives
sequence, nonce and time is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Final

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.entry_kind import PAYLOAD_KEYS, Kind, Outcome
from workstation.core.errors import Malformed
from workstation.core.merkle import leaf_hash
from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER, JsonObject

__all__ = [
    "MAX_ENTRY_BYTES",
    "NONCE_BYTES",
    "NO_LEAF",
    "PAYLOAD_KEYS",
    "VERSION",
    "Actor",
    "Draft",
    "Entry",
    "EntryTime",
    "Kind",
    "Outcome",
    "Subject",
    "parse_draft",
    "parse_entry",
    "parse_time",
    "placed",
    "time_to_json",
]

VERSION: Final = 1
MAX_ENTRY_BYTES: Final = 1024 * 1024
NO_LEAF: Final = "0" * 64
"""What the first entry names as the leaf before it."""

NONCE_BYTES: Final = 16
_HEX: Final = re.compile(r"[0-9a-f]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted, as far as is known: person, the role used, the token's serial, the key fingerprint."""

    person: str | None = None
    role: str | None = None
    token: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was acted on: SHA-256 in hex, name, and size in bytes."""

    digest: str | None = None
    name: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTime:
    """When, on every clock at hand: boot counter, and milliseconds."""

    boot: int
    """How often this machine has started."""

    mono_ms: int
    """Since that start, suspended time included; never goes back."""

    rtc_ms: int
    """Since 1970 by the machine's own clock, which anyone at the machine can set."""

    floor_ms: int
    """Since 1970: the latest time any signed thing seen so far has shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants the journal to say. Raises Malformed when the payload has an unlisted key."""

    kind: Kind
    outcome: Outcome
    actor: Actor = field(default_factory=Actor)
    subject: Subject = field(default_factory=Subject)
    rule: str | None = None
    """The guardrail that decided, by its stable name."""

    reason: str | None = None
    session: str | None = None
    ref: int | None = None
    """Sequence number of the entry this one answers, such as the intent."""

    payload: JsonObject = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in self.payload:
            if key not in PAYLOAD_KEYS[self.kind]:
                raise Malformed(f"entry.payload.{key[:60]}", f"no such key in an entry of kind {self.kind}")

    def to_json(self) -> JsonObject:
        """Return the draft's part of the document."""
        return {
            "kind": self.kind.value,
            "outcome": self.outcome.value,
            "actor": {name: getattr(self.actor, name) for name in _names(Actor)},
            "subject": {name: getattr(self.subject, name) for name in _names(Subject)},
            "rule": self.rule,
            "reason": self.reason,
            "session": self.session,
            "ref": self.ref,
            "payload": self.payload,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Draft):
    """A draft in its place: which journal, which number, after which leaf, and when."""

    log: str
    """The journal's origin."""

    seq: int
    prev: str
    """Leaf hash of the entry before, in hex; NO_LEAF for the first."""

    nonce: str
    time: EntryTime

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, the leaf of the tree; raises Malformed when over MAX_ENTRY_BYTES."""
        document: JsonObject = {
            **self.to_json(),
            "v": VERSION,
            "log": self.log,
            "seq": self.seq,
            "prev": self.prev,
            "nonce": self.nonce,
            "time": time_to_json(self.time),
        }
        found = canonical(document, where="entry")
        if len(found) > MAX_ENTRY_BYTES:
            raise Malformed("entry", f"{len(found)} bytes found, at most {MAX_ENTRY_BYTES} wanted")
        return found

    def leaf(self) -> bytes:
        """Return the RFC 6962 leaf hash."""
        return leaf_hash(self.to_bytes())


_DRAFT_FIELDS: Final = ("kind", "outcome", "actor", "subject", "rule", "reason", "session", "ref", "payload")


def placed(draft: Draft, *, log: str, seq: int, prev: str, nonce: str, time: EntryTime) -> Entry:
    """Return the draft as an entry."""
    said = {name: getattr(draft, name) for name in _DRAFT_FIELDS}
    return Entry(**said, log=log, seq=seq, prev=prev, nonce=nonce, time=time)


def parse_entry(data: bytes) -> Entry:
    """Return the entry in `data`; raises Malformed unless it is exactly what `to_bytes` writes."""
    document = parse_canonical(data, where="entry", limit=MAX_ENTRY_BYTES)
    top = Shape(document, "entry").fields(*_DRAFT_FIELDS, "v", "log", "seq", "prev", "nonce", "time")
    top["v"].constant(VERSION)
    draft = parse_draft(Shape({name: document[name] for name in _DRAFT_FIELDS}, "entry"))
    return placed(
        draft,
        log=top["log"].printable(),
        seq=top["seq"].integer(0, MAX_INTEGER),
        prev=top["prev"].digest(),
        nonce=_hex(top["nonce"], NONCE_BYTES),
        time=parse_time(top["time"]),
    )


def parse_draft(shape: Shape) -> Draft:
    """Return the draft at `shape`; raises Malformed."""
    top = shape.fields(*_DRAFT_FIELDS)
    return Draft(
        kind=top["kind"].choice(Kind),
        outcome=top["outcome"].choice(Outcome),
        actor=_actor(top["actor"]),
        subject=_subject(top["subject"]),
        rule=_text(top["rule"]),
        reason=_text(top["reason"]),
        session=_text(top["session"]),
        ref=_integer(top["ref"]),
        payload=_object(top["payload"]),
    )


def time_to_json(time: EntryTime) -> JsonObject:
    """Return the time as it stands in an entry."""
    return {name: getattr(time, name) for name in _names(EntryTime)}


def parse_time(shape: Shape) -> EntryTime:
    """Return the time at `shape`; raises Malformed."""
    found = shape.fields(*_names(EntryTime))
    return EntryTime(**{name: found[name].integer(0, MAX_INTEGER) for name in _names(EntryTime)})


def _actor(shape: Shape) -> Actor:
    found = shape.fields(*_names(Actor))
    return Actor(**{name: _text(found[name]) for name in _names(Actor)})


def _subject(shape: Shape) -> Subject:
    found = shape.fields("digest", "name", "size")
    digest = found["digest"]
    return Subject(
        digest=None if digest.value is None else digest.digest(),
        name=_text(found["name"]),
        size=_integer(found["size"]),
    )


def _names(kind: type[Actor | Subject | EntryTime]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _text(shape: Shape) -> str | None:
    return None if shape.value is None else shape.text()


def _integer(shape: Shape) -> int | None:
    return None if shape.value is None else shape.integer(0, MAX_INTEGER)


def _object(shape: Shape) -> JsonObject:
    if not isinstance(shape.value, dict):
        raise shape.wanted("an object")
    return shape.value


def _hex(shape: Shape, length: int) -> str:
    found = shape.text(at_most=2 * length)
    if len(found) != 2 * length or not _HEX.fullmatch(found):
        raise shape.wanted(f"{2 * length} lower-case hex digits")
    return found
