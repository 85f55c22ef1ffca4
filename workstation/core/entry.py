"""The entry: one line of the journal, as canonical JSON and back (docs/spec/journal.md).

A draft is what the gate wants to say; an entry is a draft with its place in history. Who gives
sequence, nonce and time is not decided here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.entry_kind import BESIDE_KEYS, PAYLOAD_KEYS, Kind, Outcome
from workstation.core.entry_parts import (
    Actor,
    EntryTime,
    Subject,
    integer_or_none,
    names_of,
    parse_actor,
    parse_subject,
    parse_time,
    text_or_none,
    time_to_json,
)
from workstation.core.errors import Malformed
from workstation.core.merkle import leaf_hash
from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER, JsonObject

__all__ = [
    "MAX_BESIDE",
    "MAX_ENTRY_BYTES",
    "NONCE_BYTES",
    "NO_LEAF",
    "PAYLOAD_KEYS",
    "SALT_BYTES",
    "VERSION",
    "Actor",
    "Draft",
    "Entry",
    "EntryTime",
    "Kind",
    "Outcome",
    "Subject",
    "beside_hash",
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
MAX_BESIDE: Final = 64 * 1024
"""Characters of one text kept beside an entry."""

SALT_BYTES: Final = 32
_HEX: Final = re.compile(r"[0-9a-f]*", re.ASCII)


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
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    """Text that can be redacted, kept beside the entry; in an entry, its salted hash (`beside_hash`)."""

    def __post_init__(self) -> None:
        for name, found, known in (
            ("payload", self.payload, PAYLOAD_KEYS[self.kind]),
            ("beside", self.beside, BESIDE_KEYS.get(self.kind, frozenset())),
        ):
            for key in found:
                if key not in known:
                    raise Malformed(
                        f"entry.{name}.{key[:60]}", f"no such key in an entry of kind {self.kind}"
                    )

    def to_json(self) -> JsonObject:
        """Return the draft's part of the document."""
        return {
            "kind": self.kind.value,
            "outcome": self.outcome.value,
            "actor": {name: getattr(self.actor, name) for name in names_of(Actor)},
            "subject": {name: getattr(self.subject, name) for name in names_of(Subject)},
            "rule": self.rule,
            "reason": self.reason,
            "session": self.session,
            "ref": self.ref,
            "payload": self.payload,
            **({"beside": {**self.beside}} if self.beside else {}),
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


_DRAFT_FIELDS: Final = (
    "kind",
    "outcome",
    "actor",
    "subject",
    "rule",
    "reason",
    "session",
    "ref",
    "payload",
)


def placed(
    draft: Draft,
    *,
    log: str,
    seq: int,
    prev: str,
    nonce: str,
    time: EntryTime,
    salts: Mapping[str, bytes] | None = None,
) -> Entry:
    """Return the draft as an entry; `salts` are those of what is kept beside it, by name."""
    said = {name: getattr(draft, name) for name in _DRAFT_FIELDS}
    kept: Mapping[str, str] = draft.beside
    if salts is not None:
        kept = {name: beside_hash(salts[name], text) for name, text in kept.items()}
    return Entry(**said, beside=kept, log=log, seq=seq, prev=prev, nonce=nonce, time=time)


def beside_hash(salt: bytes, text: str) -> str:
    """Return what an entry says of a text kept beside it: SHA-256(0x07 || salt || UTF-8), in hex.

    The salt has SALT_BYTES; without it, the hash of a short text would tell the text.
    """
    return hashlib.sha256(b"\x07" + salt + text.encode()).hexdigest()


def parse_entry(data: bytes) -> Entry:
    """Return the entry in `data`; raises Malformed unless it is exactly what `to_bytes` writes."""
    document = parse_canonical(data, where="entry", limit=MAX_ENTRY_BYTES)
    top = Shape(document, "entry").fields(
        *_DRAFT_FIELDS, "v", "log", "seq", "prev", "nonce", "time", optional=("beside",)
    )
    top["v"].constant(VERSION)
    said: JsonObject = {name: document[name] for name in (*_DRAFT_FIELDS, "beside") if name in document}
    draft = parse_draft(Shape(said, "entry"))
    entry = placed(
        draft,
        log=top["log"].printable(),
        seq=top["seq"].integer(0, MAX_INTEGER),
        prev=top["prev"].digest(),
        nonce=_hex(top["nonce"], NONCE_BYTES),
        time=parse_time(top["time"]),
    )
    for name, found in entry.beside.items():
        Shape(found, f"entry.beside.{name}").digest()
    return entry


def parse_draft(shape: Shape) -> Draft:
    """Return the draft at `shape`; raises Malformed."""
    top = shape.fields(*_DRAFT_FIELDS, optional=("beside",))
    beside = top.get("beside")
    return Draft(
        kind=top["kind"].choice(Kind),
        outcome=top["outcome"].choice(Outcome),
        actor=parse_actor(top["actor"]),
        subject=parse_subject(top["subject"]),
        rule=text_or_none(top["rule"]),
        reason=text_or_none(top["reason"]),
        session=text_or_none(top["session"]),
        ref=integer_or_none(top["ref"]),
        payload=_object(top["payload"]),
        beside={} if beside is None else _texts(beside),
    )


def _object(shape: Shape) -> JsonObject:
    if not isinstance(shape.value, dict):
        raise shape.wanted("an object")
    return shape.value


def _texts(shape: Shape) -> dict[str, str]:
    return {
        name: each.text(at_most=MAX_BESIDE)
        for name, each in Shape(_object(shape), shape.where).open_fields().each()
    }


def _hex(shape: Shape, length: int) -> str:
    found = shape.text(at_most=2 * length)
    if len(found) != 2 * length or not _HEX.fullmatch(found):
        raise shape.wanted(f"{2 * length} lower-case hex digits")
    return found
