"""What nobody does to the journal alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workstation.core.action import Action
from workstation.core.approver import CardHolder
from workstation.core.facts import Facts
from workstation.core.upkeep import AttestTime, Redact
from workstation.core.verdict import Violation

PEOPLE_WANTED: Final = 2


def two_people(action: Action, facts: Facts) -> Iterator[Violation]:
    """TWO-PEOPLE: two different, active people take text back from the journal or attest the time."""
    match action:
        case Redact(people=people) | AttestTime(people=people):
            standing = {found for holder in people if (found := _standing(holder, facts)) is not None}
            if len(standing) < PEOPLE_WANTED:
                shown = ", ".join(holder.label for holder in people) or "nobody"
                yield Violation("TWO-PEOPLE", f"{shown} found, two different active people wanted")
        case _:
            return


def _standing(holder: CardHolder, facts: Facts) -> str | None:
    """Return the person, where the roster followed now still holds them and this key to be good."""
    held = None if facts.trust is None else facts.trust.roster.holder_of(holder.key.fingerprint)
    person = holder.person
    if held is None or person is None or held.holder.id != person.id:
        return None
    good = person.active_at(facts.now) and held.credential.valid_at(facts.now)
    return person.id if good else None
