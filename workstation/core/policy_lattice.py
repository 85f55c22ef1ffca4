"""A control with its order: how it is shown, and whether a change of it is looser or stricter.

A control that is not asked for is the loosest there is. Controls are independent: each can be changed
alone, and then its direction is that of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

from workstation.core.orders import Direction, Order, either_way

R = TypeVar("R")
T = TypeVar("T")

NOTHING: Final = "none"
"""How a control that is not asked for is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control(Generic[R]):
    """One control: how a rule's is shown, and what going from one rule's to another's does."""

    name: str
    shown: Callable[[R], str]
    compare: Callable[[R, R], Direction]


def control(
    name: str, of: Callable[[R], T | None], order: Order[T], text: Callable[[T], str] = str
) -> Control[R]:
    """Return the control whose value is `of` a rule, None where it is not asked for."""

    def shown(rule: R) -> str:
        value = of(rule)
        return NOTHING if value is None else text(value)

    def compare(old: R, new: R) -> Direction:
        before, after = of(old), of(new)
        if before is None or after is None:
            return _appeared(before=before, after=after)
        return order(before, after)

    return Control(name=name, shown=shown, compare=compare)


def flag(name: str, of: Callable[[R], bool]) -> Control[R]:
    """Return a control that is asked for or not, and nothing more."""
    return control(name, lambda rule: True if of(rule) else None, either_way, lambda _: "yes")


def _appeared(*, before: object, after: object) -> Direction:
    if before is after:
        return Direction.SAME
    return Direction.STRICTER if before is None else Direction.LOOSER


def listed(values: Iterable[str]) -> str:
    """Return names in words."""
    return ", ".join(sorted(values)) or "nobody"


def by_name(values: Mapping[str, int]) -> str:
    """Return numbers by name in words; nothing at all is like a control that is not asked for."""
    return ", ".join(f"{name} {values[name]}" for name in sorted(values)) or NOTHING


def in_hours(span: timedelta) -> str:
    """Return a time in hours."""
    return f"{span // timedelta(hours=1)} h"


def in_days(span: timedelta) -> str:
    """Return a time in days."""
    return f"{span.days} d"
