"""What a refusal says, word for word: its rule, what was found, and the control that asked for it.

refusals.json holds it, a line a violation, for people to read. It stands in journals that nobody can
change, so what it says is as fixed as a format.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from core.killers import APPROVER_KILLERS, KILLERS
from core.world import violations

from workstation.core.guardrails.approver import objections
from workstation.core.guardrails.judge import judge

SAID = json.loads(Path(__file__).with_name("refusals.json").read_text("utf-8"))


def said_by_rule(name):
    action, facts = KILLERS[name]()
    return violations(judge(action, facts))


def said_by_approver_rule(name):
    return tuple(objections(APPROVER_KILLERS[name]()))


def lines(found):
    """Return what was said; digests are left out, for ECDSA signatures give other ones each time."""
    return [f"{one.rule} ({one.control}): {re.sub('[0-9a-f]{64}', 'DIGEST', one.detail)}" for one in found]


@pytest.mark.parametrize("name", KILLERS)
def test_a_guardrail_says_what_was_found_and_which_control_asked(name):
    assert lines(said_by_rule(name)) == SAID["guardrails"][name]


@pytest.mark.parametrize("name", APPROVER_KILLERS)
def test_an_approver_rule_says_what_was_found_and_which_control_asked(name):
    assert lines(said_by_approver_rule(name)) == SAID["approver rules"][name]
