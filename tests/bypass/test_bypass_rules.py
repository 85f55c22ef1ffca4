"""Each rule a technique meets is needed: without it, the technique works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from bypass.attempts import Door, Technique, codes, codes_of
from bypass.stage import Stage
from bypass.techniques import TECHNIQUES
from core.killers import APPROVER_KILLERS, KILLERS

from workstation.core.guardrails.approver import APPROVER_RULES, ApproverRule
from workstation.core.guardrails.judge import GUARDRAILS, Guardrail

NOT_ABOUT_WAYS_AROUND: Final = {
    "trust_missing",
    "two_people",
    "retention",
    "screen_words",
    "screen_unseen",
    "window",
    "freeze",
    "break_glass",
    "request_unknown",
    "request_repeated",
    "request_submitter",
    "request_expired",
    "request_previous",
    "version_reused",
    "evidence_level",
    "evidence_source",
    "rebuild_quorum",
    "evidence_licence",
    "evidence_scan",
    "evidence_vulnerabilities",
    "evidence_reviews",
    "output_not_allowed",
    "decliner_unknown",
    "review_refused",
    "findings_unacknowledged",
    "receipt_release",
    "receipt_repeated",
    "deployer",
    "sod_deployer",
}
"""Rules no row of the table leads to; tests/core has a case for each of them."""


def code_of(rule: Callable[..., object]) -> str:
    """Return the stable name of a rule."""
    return rule.__name__.upper().replace("_", "-")


def met_alone(code: str) -> list[tuple[Technique, Door]]:
    """Return every technique and door where this rule alone refuses."""
    return [
        (technique, door)
        for technique in TECHNIQUES
        for door, refused in technique.refused.items()
        if refused == codes(code)
    ]


TRIED: Final = [rule for rule in GUARDRAILS if met_alone(code_of(rule))]


@pytest.mark.parametrize("guardrail", TRIED, ids=code_of)
def test_without_its_guardrail_a_technique_works(
    guardrail: Guardrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = tuple(rule for rule in GUARDRAILS if rule is not guardrail)
    monkeypatch.setattr("workstation.core.guardrails.judge.GUARDRAILS", rest)
    technique, door = met_alone(code_of(guardrail))[0]

    found = codes_of(technique.build(Stage()).doors[door])

    assert found == frozenset()


@pytest.mark.parametrize("rule", APPROVER_RULES, ids=code_of)
def test_without_its_approver_rule_a_technique_works(
    rule: ApproverRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = tuple(other for other in APPROVER_RULES if other is not rule)
    monkeypatch.setattr("workstation.core.guardrails.approver.APPROVER_RULES", rest)
    technique = next(one for one, door in met_alone(code_of(rule)) if door is Door.SIGNING)

    found = codes_of(technique.build(Stage()).doors[Door.SIGNING])

    assert found == frozenset()


def test_every_guardrail_is_met_by_a_technique_or_has_a_case_of_its_own() -> None:
    tried = {rule.__name__ for rule in TRIED} | {"approver"}

    assert tried | NOT_ABOUT_WAYS_AROUND == {rule.__name__ for rule in GUARDRAILS}
    assert not tried & NOT_ABOUT_WAYS_AROUND
    assert {rule.__name__ for rule in GUARDRAILS} == KILLERS.keys()
    assert {rule.__name__ for rule in APPROVER_RULES} == APPROVER_KILLERS.keys()
