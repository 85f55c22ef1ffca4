"""Patterns of past attacks that match now and did not match before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.review.file_kinds import is_prose, is_test
from workstation.review.lenses.patterns import Match, matches_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair, Side

_PROSE_LOWER, _TESTS_LOWER = 40, 20


def pattern_findings(pair: Pair) -> Iterator[Finding]:
    """Yield each rule that matches the member now and did not match its counterpart."""
    now = _matches(pair.now)
    if not now:
        return
    before = {one.rule for one in _matches(pair.before)}
    lower = _PROSE_LOWER if is_prose(pair.name) else _TESTS_LOWER if is_test(pair.name) else 0
    for one in now:
        if one.rule not in before:
            evidence = (pair.shown(f"byte {place}", found) for place, found in one.places)
            yield pair.found("DIFF-PATTERN", one.rank - lower, f"{one.says} ({one.rule})", *evidence)


def _matches(side: Side) -> tuple[Match, ...]:
    if side.looked is not None:
        return side.looked.matches
    return matches_in(side.text) if side.text else ()
