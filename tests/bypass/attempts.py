"""What a bypass is here: a row of the table, a world set up for it, and what is said at each door.

A technique is the work of an attacker who has everything but the people: at the workstation every
rule is asked; for the deployer the workstation is owned, signs and journals whatever it is told, and
only what travels is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bypass.stage import Stage

from workstation.core.errors import Malformed, Untrusted
from workstation.core.verdict import Blocked, Verdict


class Door(StrEnum):
    """Where something is asked: at the signing, at the release, when read, or by the deployer."""

    SIGNING = "signing"
    RELEASE = "release"
    READING = "reading"
    FOLLOWING = "following"
    DEPLOYER = "deployer"


Codes: TypeAlias = frozenset[str]
Ask: TypeAlias = Callable[[], Verdict | object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What can be asked, by door; and who had nothing to do with it and still may sign, if anybody."""

    doors: Mapping[Door, Ask]
    bystander: Ask | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One trick: its row in the table, its name, and the refusal it meets at each door.

    A refusal is the set of rules violated, no more and no fewer, or the kind of error. With `bystander`
    there is somebody who may sign all the same.
    """

    row: int
    name: str
    build: Callable[[Stage], Attempt]
    refused: Mapping[Door, Codes]
    bystander: bool = False

    def __str__(self) -> str:
        """Read as row and name."""
        return f"{self.row:02} {self.name}"


def codes_of(ask: Ask) -> Codes:
    """Return the rules that refuse, the kind of error when what is asked raises one, or nothing."""
    try:
        said = ask()
    except (Malformed, Untrusted) as error:
        return frozenset({type(error).__name__})
    return frozenset(said.rules) if isinstance(said, Blocked) else frozenset()


def codes(*names: str) -> Codes:
    """Return a set of rules."""
    return frozenset(names)


def unlike(techniques: Iterable[Technique]) -> tuple[Technique, ...]:
    """Return techniques none of which has the name of another."""
    found = tuple(techniques)
    names = [str(one) for one in found]
    assert len(set(names)) == len(names), sorted(name for name in set(names) if names.count(name) > 1)
    return found
