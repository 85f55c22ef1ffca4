"""The steps of a journey, read strictly from JSON: a list of objects with one key each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from workstation.core.errors import Malformed
from workstation.core.shape import Shape
from workstation.core.strict_json import parse

_WHERE: Final = "journey"
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Open:
    """Go to a page by its key and wait for it: home, opening, review, sign, decline or help."""

    page: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a page is in front."""

    page: str


@dataclass(frozen=True, slots=True)
class Select:
    """On home, put the cursor on the request whose row or id holds this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """On opening, sign or decline, choose the card whose label, holder or serial holds this text."""

    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Pin:
    """Type a PIN where one is asked for; it is not part of any message."""

    text: str


@dataclass(frozen=True, slots=True)
class Type:
    """Type a text where the keyboard is."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys, such as Alt+C or Return."""

    keys: str


@dataclass(frozen=True, slots=True)
class Click:
    """Click the middle of the widget with this object name."""

    name: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Tick the boxes of the findings to acknowledge whose words hold this text; "" ticks all."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """On sign, type the release words from the sheet."""

    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """On review, page through every change that has to be displayed; `text` says nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Take a picture of the window and name it."""

    name: str


Step: TypeAlias = Open | Wait | Select | Card | Pin | Type | Press | Click | Tick | Words | Look | Picture

_STEPS: Final[dict[str, type[Step]]] = {
    "open": Open,
    "wait": Wait,
    "select": Select,
    "card": Card,
    "pin": Pin,
    "type": Type,
    "press": Press,
    "click": Click,
    "tick": Tick,
    "words": Words,
    "look": Look,
    "picture": Picture,
}


def parse_journey(data: bytes) -> tuple[Step, ...]:
    """Return the steps of a journey; raises Malformed, which never repeats what a step holds."""
    return tuple(_step(item) for item in Shape(parse(data, where=_WHERE), _WHERE).items(at_least=1))


def _step(item: Shape) -> Step:
    fields = tuple(item.fields(optional=tuple(_STEPS)).each())
    if len(fields) != 1:
        raise Malformed(item.where, f"{len(fields)} keys found, one wanted: {', '.join(_STEPS)}")
    kind, value = fields[0]
    if not isinstance(value.value, str) or len(value.value) > _LONGEST:
        raise Malformed(value.where, f"not a text of at most {_LONGEST} characters")
    step = _STEPS[kind](value.value)
    if isinstance(step, Picture):
        value.identifier()
    return step
