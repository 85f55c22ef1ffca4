"""Following another policy or roster: who the policy followed so far names has to have signed it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.world import details
from policy.offers import another_policy, another_roster, following
from policy.policy_world import judged

from workstation.core.guardrails.changes import policy_change, roster_change

BOTH = [("policyChange", another_policy, "POLICY-CHANGE"), ("rosterChange", another_roster, "ROSTER-CHANGE")]


@pytest.mark.parametrize(("control", "change", "rule"), BOTH)
def test_two_custodians_change_it(control, change, rule):
    action, world = following(control, "gail", "hugo", change=change)

    assert judged(action, world) == ()


@pytest.mark.parametrize(("control", "change", "rule"), BOTH)
@pytest.mark.parametrize("signers", [(), ("gail",), ("gail", "mallory"), ("gail", "alice")])
def test_too_few_custodians_change_nothing(control, change, rule, signers):
    action, world = following(control, *signers, change=change)

    assert judged(action, world) == (rule,)


@pytest.mark.parametrize(("control", "change", "rule"), BOTH)
def test_a_custodian_whose_key_is_not_valid_now_does_not_count(control, change, rule):
    action, world = following(control, "gail", "hugo", change=change, validTo="2026-11-20T10:00:00Z")

    assert judged(action, world) == (rule,)


@pytest.mark.parametrize(
    ("control", "other"), [("policyChange", another_roster), ("rosterChange", another_policy)]
)
def test_what_did_not_change_needs_nobody(control, other):
    action, world = following(control, change=other)

    assert judged(action, world) == ()


@pytest.mark.parametrize("change", [another_policy, another_roster])
def test_a_policy_that_asks_for_nobody_leaves_it_to_the_trust_root(change):
    action, world = following("policyChange", change=change)
    del world.policy["policyChange"]

    assert judged(action, world) == ()


def test_an_offered_roster_does_not_name_its_own_signers():
    def puppet(world):
        another_roster(world)
        world.person("alice")["roles"].append("custodian")

    action, world = following("rosterChange", "gail", "alice", change=puppet)

    assert details(world.judge(action), "ROSTER-CHANGE") == ["1 of 2 people with role custodian signed it"]


def test_the_first_trust_root_changes_nothing():
    action, world = following("policyChange", change=another_policy)
    facts = replace(world.facts(action), trust=None)

    assert not [*policy_change(action, facts), *roster_change(action, facts)]
