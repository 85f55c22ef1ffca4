"""Judging the past again under another policy: what flips, and which rules are responsible."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.world import violations
from hypothesis import given, settings
from hypothesis import strategies as st
from policy.policy_cases import NAMES, case
from policy.policy_world import policy_world

from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import Malformed
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.narration import narrate
from workstation.core.simulation import (
    Decided,
    decided_at,
    flips,
    is_decision,
    refused_by,
    under,
    verdict_under,
)
from workstation.core.verdict import Allowed, Blocked


def decided(world, action):
    """Write down what the guardrails say now, as the gate does, and return it."""
    facts, told = world.facts(action), narrate(action)
    match judge(action, facts):
        case Blocked() as verdict:
            entry = world.append(told.blocked(0, verdict))
        case Allowed():
            entry = world.append(told.draft(Outcome.ALLOWED))
    return Decided(entry=entry, action=action, facts=facts)


def proposed(**controls):
    return policy_world(**controls).trust.policy


def approving(**changes):
    return lambda world: world.rule["approvals"].update(changes)


def test_under_the_same_policy_nothing_flips():
    world = policy_world().quorate()
    past = [decided(world, world.countersigning(name)) for name in ("dave", "ned", "mallory")]
    past.append(decided(world, world.releasing()))

    assert [one.entry.outcome for one in past] == ["allowed", "blocked", "blocked", "allowed"]
    assert not [*flips(past, world.trust.policy)]


def test_what_was_allowed_and_would_be_refused_names_the_rules_that_refuse():
    world = policy_world().admit()
    past = decided(world, world.countersigning("dave"))

    (flip,) = flips([past], proposed(outputs=["cms"], mustOpen={"atOrAbove": 1}))

    assert (flip.was, flip.rules, flip.current) == (Outcome.ALLOWED, ("OUTPUT-NOT-ALLOWED",), Outcome.ALLOWED)
    assert (flip.who, flip.kind, flip.request) == ("Dave", Kind.COUNTERSIGN, world.request.id)
    assert [violation.control for violation in flip.violations] == ["outputs"]


def test_what_was_refused_and_would_be_allowed_names_the_rules_that_refused():
    world = policy_world(outputs=["cms"]).admit()
    past = decided(world, world.countersigning("dave"))

    (flip,) = flips([past], proposed())

    assert flip.to_json() == {
        "entry": past.entry.seq,
        "kind": "countersign",
        "request": world.request.id,
        "who": "Dave",
        "was": "blocked",
        "rules": ["OUTPUT-NOT-ALLOWED"],
        "violations": [],
        "current": "blocked",
    }


def test_countersignatures_count_as_if_they_had_been_made_under_the_proposed_policy():
    world = policy_world().quorate()
    past = decided(world, world.releasing())

    (flip,) = flips([past], policy_world(approving(atLeast=3)).trust.policy)

    assert (flip.who, flip.rules) == ("", ("QUORUM",))
    assert [violation.detail for violation in flip.violations] == ["2 of 3 countersignatures by approver"]


def test_the_policy_of_today_may_differ_from_the_one_it_was_decided_by():
    world = policy_world().admit()
    past = decided(world, world.countersigning("dave"))
    today = replace(past, facts=under(past.facts, proposed(outputs=["cms"])))

    (flip,) = flips([today], proposed(outputs=["cms"]))

    assert (flip.was, flip.current) == (Outcome.ALLOWED, Outcome.BLOCKED)


def test_a_builder_never_gets_in_by_another_policy():
    world = policy_world().admit()
    past = decided(world, world.countersigning("bob-second"))

    assert violations(verdict_under(past, proposed(coolingOffDays=0)))
    assert past.rules == ("SOD-BUILDER",)


def test_a_policy_that_begins_tomorrow_is_tried_on_yesterday():
    world = policy_world().admit()
    past = decided(world, world.countersigning("dave"))
    policy = replace(proposed(), effective_from=world.now + timedelta(days=1))

    assert not [*flips([past], policy)]


def test_without_a_trust_root_there_is_no_policy_to_put_in_its_place():
    world = policy_world()
    facts = Facts(now=world.now, ledger=world.ledger)

    assert under(facts, proposed()) is facts


def test_a_decision_without_a_trust_root_stays_what_it_was():
    world = policy_world().admit()
    past = decided(world, world.countersigning("dave"))
    bare = replace(past, facts=Facts(now=world.now, ledger=world.ledger))

    (flip,) = flips([bare], proposed())

    assert "TRUST-MISSING" in flip.rules
    assert flip.current is Outcome.BLOCKED


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_the_gate_decided_about_a_signature_or_release_is_a_decision(kind, outcome):
    entry = policy_world().append(Draft(kind=kind, outcome=outcome))

    wanted = kind in (Kind.COUNTERSIGN, Kind.RELEASE) and outcome in (Outcome.ALLOWED, Outcome.BLOCKED)
    assert is_decision(entry) == wanted


def test_an_entry_tells_its_time_to_the_second_and_its_rules_once():
    world = policy_world()
    payload = {"violations": [{"rule": "QUORUM"}, {"rule": "WINDOW"}, {"rule": "QUORUM"}]}
    entry = world.append(Draft(kind=Kind.RELEASE, outcome=Outcome.BLOCKED, payload=payload))
    later = replace(entry, time=replace(entry.time, rtc_ms=entry.time.rtc_ms + 999))

    assert decided_at(later) == world.now
    assert refused_by(entry) == ("QUORUM", "WINDOW")


@pytest.mark.parametrize("payload", [{"violations": {}}, {"violations": [{}]}, {"violations": [{"rule": 1}]}])
def test_an_entry_of_another_form_is_refused(payload):
    entry = policy_world().append(Draft(kind=Kind.RELEASE, outcome=Outcome.BLOCKED, payload=payload))

    with pytest.raises(Malformed, match="violations"):
        refused_by(entry)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES))
def test_trying_the_policy_that_is_followed_says_what_the_guardrails_say(name):
    action, facts = case(name)

    assert judge(action, under(facts, facts.trust.policy)) == judge(action, facts)
