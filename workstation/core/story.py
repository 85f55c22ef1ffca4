"""The journal as a story: what was done, one deed for all the entries that are about it.

A deed is announced, judged and ended in entries of its own; here they are one sentence. Nothing is
left out: an end that is unknown is told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.identity import Fingerprint, PersonId
from workstation.core.inert_text import inert
from workstation.core.shape import time_text
from workstation.core.story_words import verb_of
from workstation.core.unfinished import UNKNOWN_AFTER_CRASH

if TYPE_CHECKING:
    from workstation.core.roster import Roster

Texts: TypeAlias = Mapping[tuple[int, str], str]
"""The texts kept beside entries, by the entry's number and their name."""

STATION: Final = "The workstation"
_NO_TEXTS: Final[Texts] = {}
_DECISIONS: Final = frozenset({Kind.COUNTERSIGN, Kind.DECLINE, Kind.RELEASE})
_BEGUN: Final = frozenset({Outcome.INTENT, Outcome.ALLOWED})


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done, refused or failed: its entries in order, the first of which announced it."""

    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        """The entry that announced it, or the only one."""
        return self.entries[0]

    @property
    def last(self) -> Entry:
        """The entry that tells how far it came."""
        return self.entries[-1]

    @property
    def kind(self) -> Kind:
        """What it was about."""
        return self.first.kind

    @property
    def outcome(self) -> Outcome:
        """How far it came, as far as the journal tells."""
        return self.last.outcome

    @property
    def person(self) -> PersonId | None:
        """Who did it, where it is known."""
        for entry in reversed(self.entries):
            said = entry.actor.person or entry.payload.get("person")
            if isinstance(said, str):
                return PersonId(said)
        return None

    @property
    def request(self) -> str | None:
        """The request it is about, by its digest."""
        for entry in self.entries:
            if isinstance(said := entry.payload.get("request"), str):
                return said
        return None

    @property
    def at(self) -> datetime:
        """When it ended, by the machine's clock."""
        return datetime.fromtimestamp(self.last.time.rtc_ms / 1000, UTC)

    @property
    def refused(self) -> bool:
        """Whether the workstation said no: an action blocked, a medium rejected."""
        rejected = self.kind is Kind.INTAKE_REJECT and self.outcome is Outcome.DONE
        return rejected or self.outcome is Outcome.BLOCKED

    @property
    def unknown(self) -> bool:
        """Whether nobody can know how it ended."""
        return self.outcome in _BEGUN or self.last.rule == UNKNOWN_AFTER_CRASH

    def reasons(self) -> tuple[str, ...]:
        """Return why it was refused or failed, a line each, made inert."""
        violations = self.last.payload.get("violations")
        found = [
            f"{violation.get('rule')}: {_readable(violation.get('detail'))}"
            for violation in (violations if isinstance(violations, list) else [])
            if isinstance(violation, dict)
        ]
        if self.kind is Kind.INTAKE_REJECT and self.refused:
            where, why = self.last.payload.get("where"), self.last.payload.get("why")
            found.append(f"{inert(str(where))}: {inert(str(why))}")
        if self.outcome is Outcome.FAILED and self.last.reason:
            found.append(inert(self.last.reason))
        return tuple(found)

    def remarks(self) -> tuple[str, ...]:
        """Return what has to be known about it besides, a line each, made inert."""
        found: list[str] = []
        for name, words in (("consulted", "asked: "), ("missing", "NOT THERE: ")):
            listed = self.last.payload.get(name)
            if isinstance(listed, list) and listed:
                found.append(words + ", ".join(inert(str(each)) for each in listed))
        if self.kind in _DECISIONS and self.outcome is Outcome.DONE and not self.last.time.attested:
            found.append("at a time nobody had attested since the machine started")
        return tuple(found)


def deeds(entries: Iterable[Entry]) -> tuple[Deed, ...]:
    """Return the deeds some entries tell of, in the order they began."""
    found: dict[int, Deed] = {}
    part_of: dict[int, int] = {}
    for entry in entries:
        # An effect's own entries answer the one that allowed it, which is part of the same deed.
        first = part_of.get(entry.seq if entry.ref is None else entry.ref, entry.seq)
        begun = found.get(first)
        if begun is None or begun.kind is not entry.kind:
            first, begun = entry.seq, Deed(())
        found[first] = replace(begun, entries=(*begun.entries, entry))
        part_of[entry.seq] = first
    return tuple(found.values())


def sentence(deed: Deed, roster: Roster | None) -> str:
    """Return one deed in plain words."""
    verb, who = verb_of(deed.kind), who_did(deed, roster)
    about = f" {inert(deed.last.subject.name)}" if deed.last.subject.name else ""
    match deed.outcome:
        case _ if deed.unknown:
            return f"{who} began to {verb.infinitive}{about}; HOW IT ENDED IS UNKNOWN."
        case Outcome.BLOCKED:
            return f"{who} was REFUSED to {verb.infinitive}{about}."
        case Outcome.FAILED:
            return f"{who} tried to {verb.infinitive}{about}, and it failed."
        case _:
            return f"{who} {verb.past}{about}."


def who_did(deed: Deed, roster: Roster | None) -> str:
    """Return who did it: a name, a key, or the workstation itself."""
    if (person := deed.person) is not None:
        return inert(person if roster is None else roster.name_of(person))
    key = deed.last.actor.key
    if key is None:
        return STATION
    held = None if roster is None else roster.holder_of(Fingerprint(key))
    return f"Key {key[:16]}" if held is None else held.holder.name


def words_of(deed: Deed, texts: Texts) -> tuple[str, ...]:
    """Return what people said in their own words about a deed, a line each, made inert."""
    for entry in reversed(deed.entries):
        if entry.beside:
            said = ((name, texts.get((entry.seq, name))) for name in sorted(entry.beside))
            return tuple(_worded(name, text) for name, text in said if text != "")
    return ()


def _worded(name: str, text: str | None) -> str:
    return f"{name}: {'(redacted)' if text is None else inert(text)}"


def told(found: Iterable[Deed], roster: Roster | None, texts: Texts = _NO_TEXTS) -> Iterator[str]:
    """Yield the story: a line for each deed, and below it what was said and why it was refused or failed."""
    for deed in found:
        numbers = str(deed.first.seq) if deed.first is deed.last else f"{deed.first.seq}-{deed.last.seq}"
        mark = "■" if deed.refused else "?" if deed.unknown else " "
        yield f"{numbers:>11} {mark} {time_text(deed.at)}  {sentence(deed, roster)}"
        yield from (f"{'':13} {said}" for said in (*words_of(deed, texts), *deed.remarks()))
        yield from (f"{'':13} because {reason}" for reason in deed.reasons())


def _readable(detail: object) -> str:
    # The arrows are ours; everything between them may come from outside.
    return " ← ".join(inert(part) for part in str(detail).split(" ← "))
