"""The rules said to be asked: all that can block a countersignature or a release, with their controls."""

from __future__ import annotations

from core.killers import APPROVER_KILLERS, KILLERS
from core.world import violations

from workstation.core.action import Countersign, Release
from workstation.core.asked import ASKED, When, asked_under
from workstation.core.guardrails.approver import objections
from workstation.core.guardrails.judge import judge
from workstation.core.policy_table import CONTROLS
from workstation.core.wording import RULES


def test_every_rule_that_can_block_a_decision_is_said_to_be_asked_when_it_is() -> None:
    found = {rule: action for rule, action, _ in blocked()} | dict.fromkeys(of_approvers(), Countersign)

    told = {asked.rule for asked in ASKED}

    assert found.keys() - told == set()
    assert len(found) > 30


def test_a_rule_that_a_control_asked_for_is_told_with_that_control() -> None:
    silent = []
    for rule, _, facts in blocked():
        under = {asked.rule for asked, _ in asked_under(facts.rule)}
        silent += [rule] if facts.rule is not None and rule not in under else []

    assert silent == []


def test_rules_about_whoever_holds_the_card_wait_for_the_card() -> None:
    early = [asked.rule for asked in ASKED if asked.rule in of_approvers() and asked.when is When.NOW]

    assert early == []


def test_no_rule_or_control_is_named_that_is_none() -> None:
    controls = {one.name for one in CONTROLS}

    assert [asked.rule for asked in ASKED if asked.rule not in RULES] == []
    assert [name for asked in ASKED for name in (*asked.controls, *asked.also) if name not in controls] == []
    assert len({asked.rule for asked in ASKED}) == len(ASKED)


def test_without_a_policy_only_what_is_built_in_is_asked() -> None:
    rules = {asked.rule for asked, _ in asked_under(None)}

    assert "SOD-BUILDER" in rules
    assert "EVIDENCE-SBOM" not in rules


def blocked():
    """Every rule that blocks a countersignature or a release in a case made for it, and the facts of that."""
    for kill in KILLERS.values():
        action, facts = kill()
        if isinstance(action, Countersign | Release):
            yield from ((one.rule, type(action), facts) for one in violations(judge(action, facts)))


def of_approvers():
    return {one.rule for kill in APPROVER_KILLERS.values() for one in objections(kill())}
