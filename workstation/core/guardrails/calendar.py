"""Rules about when: the window of the week, and freezes with the way around them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from workstation.core.action import Action, Countersign, Release
from workstation.core.facts import Case, Facts
from workstation.core.identity import PersonId
from workstation.core.policy_controls import Day, Freeze, Period, Window
from workstation.core.quorum import quorum_of
from workstation.core.roster import Person
from workstation.core.shape import time_text
from workstation.core.verdict import Violation


def window(action: Action, facts: Facts) -> Iterator[Violation]:
    """WINDOW: nothing is countersigned or released outside the policy's days and hours, in UTC."""
    match action:
        case Countersign() | Release() if facts.rule is not None and facts.rule.window is not None:
            if not facts.rule.window.covers(facts.now):
                yield Violation(
                    "WINDOW",
                    f"it is {time_text(facts.now)}, outside {window_text(facts.rule.window)}",
                    "window",
                )
        case _:
            return


def freeze(action: Action, facts: Facts) -> Iterator[Violation]:
    """FREEZE: in a freeze nothing is countersigned or released, unless the policy has a glass to break."""
    match action:
        case Countersign() | Release():
            period = _frozen(facts)
            if period is not None and not _has_glass(facts):
                yield Violation(
                    "FREEZE", f"frozen until {time_text(period.until)}: {period.reason}", "freeze.periods"
                )
        case _:
            return


def break_glass(action: Action, facts: Facts) -> Iterator[Violation]:
    """BREAK-GLASS: in a freeze, each signer gives a reason, and enough people with the role sign in it.

    Whoever signed before the freeze did not decide to break it.
    """
    period, control = _frozen(facts), None if facts.rule is None else facts.rule.freeze
    if period is None or control is None or control.break_glass is None:
        return
    need = control.break_glass.need
    match action:
        case Countersign(comment=comment) if not comment.strip():
            yield Violation(
                "BREAK-GLASS",
                f"frozen until {time_text(period.until)}: a reason for signing now is wanted as comment",
                "freeze.breakGlass.reasonRequired",
            )
        case Release() if (have := len(_breakers(facts, control, need.role))) < need.at_least:
            yield Violation(
                "BREAK-GLASS",
                f"frozen until {time_text(period.until)}: {have} of {need.at_least} people with role"
                f" {need.role} have signed in this freeze and said why",
                "freeze.breakGlass.atLeast",
            )
        case _:
            return


def review_due(case: Case, released: datetime) -> datetime | None:
    """Return until when a release at `released` has to be looked at again; None when no glass was broken."""
    control = case.rule.freeze
    if control is None or control.at(released) is None or control.break_glass is None:
        return None
    within = control.break_glass.review_within
    return None if within is None else released + within


def window_text(control: Window) -> str:
    """Return a window in words."""
    days = ", ".join(day.value for day in Day if day in control.days)
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (control.start, control.end))
    return f"{days} {start} to {end} UTC"


def _frozen(facts: Facts) -> Period | None:
    control = None if facts.rule is None else facts.rule.freeze
    return None if control is None else control.at(facts.now)


def _has_glass(facts: Facts) -> bool:
    control = None if facts.rule is None else facts.rule.freeze
    return control is not None and control.break_glass is not None


def _breakers(facts: Facts, control: Freeze, role: str) -> frozenset[PersonId]:
    counted = (item.verified for item in quorum_of(facts).counted if not item.against)
    return frozenset(
        verified.signed.countersignature.approver
        for verified in counted
        if isinstance(verified.held.holder, Person) and role in verified.held.holder.roles
        if verified.signed.countersignature.comment.strip()
        if control.together(verified.signed.countersignature.binding.at, facts.now)
    )
