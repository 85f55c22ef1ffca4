"""The parts of an entry: who acted, on what, and when; read from canonical JSON and written to it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER, JsonObject


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

    attested: bool = False
    """Whether two people have said the time since this start, and nobody was seen to set the clock since."""


def time_to_json(time: EntryTime) -> JsonObject:
    """Return the time as it stands in an entry."""
    return {name: getattr(time, name) for name in names_of(EntryTime)}


def parse_time(shape: Shape) -> EntryTime:
    """Return the time at `shape`; raises Malformed."""
    found = shape.fields(*names_of(EntryTime))
    return EntryTime(
        boot=found["boot"].integer(0, MAX_INTEGER),
        mono_ms=found["mono_ms"].integer(0, MAX_INTEGER),
        rtc_ms=found["rtc_ms"].integer(0, MAX_INTEGER),
        floor_ms=found["floor_ms"].integer(0, MAX_INTEGER),
        attested=found["attested"].boolean(),
    )


def parse_actor(shape: Shape) -> Actor:
    """Return the actor at `shape`; raises Malformed."""
    found = shape.fields(*names_of(Actor))
    return Actor(**{name: text_or_none(found[name]) for name in names_of(Actor)})


def parse_subject(shape: Shape) -> Subject:
    """Return the subject at `shape`; raises Malformed."""
    found = shape.fields("digest", "name", "size")
    digest = found["digest"]
    return Subject(
        digest=None if digest.value is None else digest.digest(),
        name=text_or_none(found["name"]),
        size=integer_or_none(found["size"]),
    )


def names_of(kind: type[Actor | Subject | EntryTime]) -> tuple[str, ...]:
    """Return the fields of a part, as they stand in an entry."""
    return tuple(each.name for each in fields(kind))


def text_or_none(shape: Shape) -> str | None:
    """Return a string, or None for null; raises Malformed."""
    return None if shape.value is None else shape.text()


def integer_or_none(shape: Shape) -> int | None:
    """Return a natural number, or None for null; raises Malformed."""
    return None if shape.value is None else shape.integer(0, MAX_INTEGER)
