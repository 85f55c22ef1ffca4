"""Parsing the controls of a rule that are about time: window, freeze, breaking the glass."""

from __future__ import annotations

import re
from typing import Final

from workstation.core.policy_controls import BreakGlass, Day, Freeze, Period, Window
from workstation.core.policy_controls_document import hours, need, optional
from workstation.core.shape import Shape

LEAST_TO_BREAK_GLASS: Final = 2
"""Nobody breaks the glass alone, whatever a policy says."""

_TIME_OF_DAY: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)


def window(shape: Shape) -> Window:
    """Return the window; raises Malformed for another zone than UTC, or when it is never open."""
    fields = shape.fields("zone", "days", "from", "to")
    fields["zone"].constant("UTC")
    start, end = _minutes(fields["from"]), _minutes(fields["to"])
    if start >= end:
        raise fields["to"].wanted("a time of day after from")
    days = frozenset(item.choice(Day) for item in fields["days"].items(at_least=1, at_most=len(Day)))
    return Window(days=days, start=start, end=end)


def freeze(shape: Shape) -> Freeze:
    """Return the freeze; raises Malformed."""
    fields = shape.fields("periods", optional=("breakGlass",))
    return Freeze(
        periods=tuple(_period(item) for item in fields["periods"].items(at_least=1, at_most=100)),
        break_glass=optional(fields, "breakGlass", _break_glass),
    )


def _period(shape: Shape) -> Period:
    fields = shape.fields("from", "to", "reason")
    since, until = fields["from"].time(), fields["to"].time()
    if since >= until:
        raise fields["to"].wanted("a time after from")
    reason = fields["reason"].text(at_most=200)
    if not reason.strip() or not reason.isprintable():
        raise fields["reason"].wanted("a printable reason")
    return Period(since=since, until=until, reason=reason)


def _break_glass(shape: Shape) -> BreakGlass:
    fields = shape.fields("role", "atLeast", "reasonRequired", optional=("reviewWithinHours",))
    fields["reasonRequired"].constant(wanted=True)
    return BreakGlass(
        need=need(fields, least=LEAST_TO_BREAK_GLASS),
        review_within=optional(fields, "reviewWithinHours", hours),
    )


def _minutes(shape: Shape) -> int:
    text = shape.printable(at_most=5)
    if not _TIME_OF_DAY.fullmatch(text):
        raise shape.wanted("a time of day such as 08:00")
    return int(text[:2]) * 60 + int(text[3:])
