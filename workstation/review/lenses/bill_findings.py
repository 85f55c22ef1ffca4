"""What a changed bill of materials means: components, licences, and known vulnerabilities nobody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.bill import Bill, BillDiff, Known, bill_diff
from workstation.core.release_diff import Fact
from workstation.review.lenses.bills import read_bill
from workstation.review.lenses.near_names import near

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair

_SEVERE: Final = {"critical": 79, "high": 76, "medium": 66, "moderate": 66, "low": 52}


def bill_findings(pair: Pair, answered: frozenset[str]) -> Iterator[Finding]:
    """Yield what is worth a look in a bill of materials; `answered` is what VEX documents answer."""
    diff = _diff(pair, answered)
    if diff is None:
        if read_bill(pair.old_text):
            yield pair.found("DIFF-METADATA", 70, "a bill of materials before, and none that can be read now")
        return
    for one in diff.added:
        alike = near(one.name)
        warning = f"; its name is one letter away from {alike}" if alike else ""
        sentence = f"a new component: {one.name} {_versions(one.new)}{warning}"
        yield pair.found("DIFF-COMPONENT", 90 if alike else 70, sentence)
    yield from (pair.found("DIFF-VULNERABILITY", *_vulnerable(one)) for one in diff.open_now)
    for one in diff.moved:
        rule, rank = ("DIFF-COMPONENT-BACK", 60) if one.back else ("DIFF-COMPONENT-VERSION", 34)
        yield pair.found(rule, rank, f"{one.name}: {_versions(one.old)} before, {_versions(one.new)} now")
    for one in diff.relicensed:
        now = " and ".join(one.new_licences) or "none"
        yield pair.found("DIFF-LICENCE", 45, f"{one.name} is under {now}; before {_and(one.old_licences)}")
    for one in diff.removed:
        yield pair.found("DIFF-COMPONENT-GONE", 26, f"a component is gone: {one.name} {_versions(one.old)}")
    for closed in diff.closed_now:
        yield pair.found("DIFF-VULNERABILITY-ANSWERED", 18, f"{closed.id} is answered or gone")


def bill_facts(pair: Pair, answered: frozenset[str]) -> Iterator[Fact]:
    """Yield each component and vulnerability that is other than it was."""
    diff = _diff(pair, answered)
    if diff is None:
        return
    for one in (*diff.added, *diff.removed, *diff.moved):
        yield Fact(name=f"component {one.name}", old=_versions(one.old), new=_versions(one.new))
    for one in diff.relicensed:
        yield Fact(name=f"licence of {one.name}", old=_and(one.old_licences), new=_and(one.new_licences))
    yield from (Fact(name="vulnerability", new=f"{one.id} {one.severity}".strip()) for one in diff.open_now)
    yield from (Fact(name="vulnerability", old=f"{one.id} {one.severity}".strip()) for one in diff.closed_now)


def _diff(pair: Pair, answered: frozenset[str]) -> BillDiff | None:
    new = read_bill(pair.new_text) if pair.bytes_changed else None
    return (
        None
        if new is None
        else bill_diff(read_bill(pair.old_text) or Bill(format=""), new, answered=answered)
    )


def _vulnerable(one: Known) -> tuple[int, str]:
    where = f" in {', '.join(one.where)}" if one.where else ""
    severity = f" ({one.severity})" if one.severity else ""
    return _SEVERE.get(
        one.severity, 76
    ), f"a known vulnerability, {one.id}{severity}{where}, and nobody answers it"


def _versions(versions: tuple[str, ...]) -> str:
    return " ".join(one or "(no version)" for one in versions)


def _and(licences: tuple[str, ...]) -> str:
    return " and ".join(licences)
