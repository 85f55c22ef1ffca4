"""Components and rules on the review: what changed, what is answered, and which control asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_answers import sample_bill, sample_guardrails, sample_review
from sample_desk import SampleDesk
from walks import shown_words, to_review

from ui.hands import Hands
from ui.pages.told_parts import rules_met, told_bill, told_guardrails
from ui.start import Screen
from ui.theme import Tone
from workstation.core.asked import ASKED, When
from workstation.desk import codec
from workstation.desk.review_face import BillPart, GuardrailLine, RuleState

SAID = {
    "brotli 1.1.0 \u2192 1.2.0 \u00b7 changed": "Licence: MIT",
    "h2 4.1.0 \u00b7 added": "Licence: MIT",
    "idna 3.7 \u00b7 another licence": "Licence: BSD-2-Clause before, BSD-3-Clause now",
    "pysocks 1.7.1 \u00b7 removed": "Licence: MIT",
    "zstandard 0.22.0 \u00b7 as before": "Licence: MIT",
}


def test_components_say_what_became_of_them_and_of_their_licences() -> None:
    told = {one.headline: one.detail for one in told_bill(sample_bill())}

    assert {headline: told.get(headline) for headline in SAID} == SAID


def test_what_nobody_answered_stands_before_what_is_settled_and_before_components() -> None:
    _, first, second, *rest = told_bill(sample_bill())

    assert (first.headline, first.detail, first.tone) == (
        "CVE-2026-1001 \u00b7 high",
        "Answer (VEX): nobody answers it",
        Tone.DANGER,
    )
    assert (second.headline, second.detail, second.tone) == (
        "CVE-2025-7 \u00b7 low",
        "Answer (VEX): not_affected (vex.dsse.json)",
        Tone.GOOD,
    )
    assert len(rest) == 5


def test_an_answer_that_says_affected_settles_nothing() -> None:
    bill = sample_bill()
    affected = replace(bill.vulnerabilities[1], answers=("affected (vex.dsse.json)",))

    told = told_bill(replace(bill, vulnerabilities=(affected,)))

    assert told[1].tone is Tone.DANGER


def test_a_first_bill_is_not_told_as_if_everything_were_new() -> None:
    told = told_bill(replace(sample_bill(), compared=False))

    assert "Nothing to compare with" in told[0].detail
    assert not [one for one in told if one.headline.endswith("added")]


def test_no_bill_and_no_scan_is_said_and_not_shown_as_nothing_found() -> None:
    (told,) = told_bill(BillPart())

    assert "No bill of materials and no scan came" in told.headline
    assert told.tone is Tone.WARN


def test_rules_that_do_not_agree_come_first_and_every_rule_says_who_asked() -> None:
    told = told_guardrails(sample_guardrails())

    assert [one.headline for one in told[:2]] == [
        "QUORUM \u00b7 does not agree",
        "SCREEN-WORDS \u00b7 asked when you sign",
    ]
    assert "0 of 2 countersignatures by approver" in told[0].detail
    assert told[0].note == "asked by approvals.atLeast: 2"
    assert told[2].note == "built in"
    assert rules_met(sample_guardrails()) == 4


@pytest.mark.parametrize("state", RuleState)
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.rule)
def test_every_rule_has_words_in_every_state(asked: object, state: RuleState) -> None:
    rule = getattr(asked, "rule")  # noqa: B009 (a parameter's type is not known to pytest)
    line = GuardrailLine(rule=rule, controls=(), when=When.NOW, state=state, found=())

    (told,) = told_guardrails((line,))

    assert told.headline.startswith(f"{rule} \u00b7 ")
    assert len(told.detail) > len("Else it says: ")


def test_the_tabs_count_components_and_rules(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_review(hands)
    hands.tab_to("review.details.tabbar")
    for _ in range(4):
        hands.press("Right")

    bar = screen.flow.pages.review.details.tabBar()

    assert [bar.tabText(place) for place in (3, 4)] == ["Components 5", "Rules 4 of 6"]
    assert screen.flow.pages.review.details.rules.isVisible()
    assert "Every rule that is asked, and by which control" in shown_words(screen)


def test_bills_and_rules_cross_to_the_screen_as_they_are() -> None:
    page = sample_review()

    assert codec.answer_from_json(codec.answer_to_json(page)) == page
