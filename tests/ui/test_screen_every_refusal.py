"""Every rule there is, refusing on the screen: in words, with what was found and what to do, no way round."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cut_text import cut_off
from opened import Opened, opened
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLineEdit
from walks import shown_words

from ui.qt_gaps import children_of
from workstation.core.verdict import Violation
from workstation.core.wording import RULES
from workstation.desk.face import Refused
from workstation.desk.records_face import AskTakeIn
from workstation.desk.replies import reason

SAID = json.loads((Path(__file__).parents[1] / "core" / "refusals.json").read_text("utf-8"))
LINE = re.compile(r"(?P<rule>[A-Z-]+) \((?P<control>[^)]*)\): (?P<detail>.*)", re.DOTALL)


def found_by(rule: str) -> tuple[Violation, ...]:
    """Return what a rule said in every case it has; something, where it has none."""
    said = [LINE.fullmatch(one) for cases in SAID.values() for lines in cases.values() for one in lines]
    found = {(one["detail"], one["control"]): None for one in said if one is not None and one["rule"] == rule}
    return tuple(Violation(rule, *each) for each in found) or (Violation(rule, "something was found"),)


@pytest.fixture(scope="module")
def refusing(application: QApplication) -> Iterator[Opened]:
    """Yield one window for all refusals, half as large again in its text."""
    with opened(application, percent=150) as found:
        yield found


@pytest.mark.parametrize("rule", RULES)
def test_a_refusal_says_everything_whole_and_offers_no_way_round(refusing: Opened, rule: str) -> None:
    screen, desk, hands = refusing.screen, refusing.desk, refusing.hands
    violations = found_by(rule)
    desk.overrides[AskTakeIn] = lambda _: Refused(
        action="take in the request",
        who="Bob Builder",
        reasons=tuple(map(reason, violations)),
        entry=418,
        policy_id="release-policy",
        policy_version=3,
    )
    hands.press("Ctrl+2")
    hands.settle()

    hands.press("Alt+T")
    hands.wait_for_page("refusal")

    words = shown_words(screen)
    expected = [
        "\u25a0 REFUSED",
        "Bob Builder may not do this: take in the request. Nothing was signed.",
        RULES[rule].headline,
        f"What to do next: {RULES[rule].next_step}",
        f"rule {rule} \u00b7 {violations[0].control}",
        "Journal entry 418 records this refusal",
        "policy release-policy, version 3",
        *(violation.detail for violation in violations),
    ]
    assert [one for one in expected if one not in words] == []
    assert cut_off(screen.window) == []
    page = screen.window.page()
    controls = children_of(page, QAbstractButton) + children_of(page, QLineEdit)
    assert {one.objectName() for one in controls} == {"refusal.home.button", "refusal.slip.button"}
    assert not children_of(page, QCheckBox)
