"""Why somebody cannot sign: the fewest facts without which they could, and where each is written."""

from __future__ import annotations

from functools import reduce
from itertools import product

import pytest
from core.documents import Signed
from core.world import World
from hypothesis import given, settings
from hypothesis import strategies as st
from planner.plans import proper_subsets

from workstation.core.entry import Kind
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.why import asking, why
from workstation.core.why_facts import (
    CardFact,
    Countersigned,
    Found,
    Hand,
    Nameless,
    NotAPerson,
    PersonFact,
    anybody,
    without,
)
from workstation.core.why_words import cause_json, evidence, sentence


def asked(world, name, *, token=None):
    """Ask why the key of `name` cannot countersign; nobody's key is an imagined one without fault."""
    facts = world.facts(world.releasing())
    return asking(world.review, facts, world.card(name, token=token) if name else anybody(facts))


def causes(world, name, *, token=None):
    return [cause.fact for cause in why(asked(world, name, token=token)).causes]


def actor(world, account):
    definition = world.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]
    definition["externalParameters"]["actorId"] = account


def test_nothing_blocks_an_approver_who_touched_nothing():
    found = why(asked(World().admit(), "alice"))

    assert (found.violations, found.causes) == ((), ())


def test_that_the_review_was_not_opened_yet_is_no_reason():
    world = World().admit()
    world.entries = [entry for entry in world.entries if entry.kind is not Kind.REVIEW_OPEN]

    assert "REVIEW-UNOPENED" in [
        violation.rule for violation in world.judge(world.countersigning("alice", opened=False)).violations
    ]
    assert causes(world, "alice") == []


def test_a_controller_is_blocked_by_one_fact_however_much_their_service_signed():
    found = why(asked(World().admit(), "ned"))

    (cause,) = found.causes
    assert cause.fact == Hand("ned", "controls ci-7")
    assert cause.violations == found.violations
    assert len(found.violations) > 1


def test_a_builder_is_blocked_by_each_thing_they_did_whatever_card_they_use():
    found = causes(World().admit(), "bob-second")

    assert {fact.step for fact in found} >= {"signed request.dsse.json", "started the build"}
    assert {fact.person for fact in found} == {"bob"}


def test_a_card_enrolled_yesterday_is_a_fact_about_the_card():
    world = World()
    world.person("alice")["credentials"][0]["enrolled"] = "2026-11-19T00:00:00Z"

    assert causes(world.admit(), "alice") == [CardFact.ENROLMENT]


def test_a_card_from_another_token_and_one_that_expired_are_too():
    world = World()
    world.person("alice")["credentials"][0]["validTo"] = "2026-11-19T00:00:00Z"

    assert causes(world.admit(), "alice", token="another") == [CardFact.VALIDITY, CardFact.TOKEN]


def test_roles_and_having_left_are_facts_about_the_person():
    world = World()
    world.person("dave")["roles"] = ["auditor"]
    world.person("erin")["status"] = [{"since": "2026-01-05T09:00:00Z", "until": "2026-11-01T00:00:00Z"}]
    world.admit()

    assert causes(world, "dave") == [PersonFact.ROLES]
    assert causes(world, "erin") == [PersonFact.STATUS]


@pytest.mark.parametrize("name", ["mallory", "ci-7"])
def test_a_stranger_and_a_machine_are_no_people(name):
    assert causes(World().admit(), name) == [NotAPerson()]


def test_an_account_nobody_knows_blocks_everybody():
    world = World()
    actor(world, "github:4711")
    world.admit()

    assert causes(world, None) == causes(world, "alice") == [Nameless("account github:4711")]


def test_having_signed_already_is_the_countersignature_itself():
    world = World().admit()
    made = world.countersign("alice")

    assert causes(world, "alice") == [Countersigned(made.envelope.digest)]
    assert causes(world, "carol") == []


def test_what_a_rule_found_is_named_where_nothing_finer_can_be():
    world = World()
    del world.build.evidence["sbom.cdx.json"]
    world.diff = ReleaseDiff(findings=(Finding(rule="LIMIT", rank=100, path="a.zip", sentence="too deep"),))

    found = causes(world.admit(), None)

    assert [fact.violation.rule for fact in found if isinstance(fact, Found)] == [
        "EVIDENCE-SBOM",
        "REVIEW-REFUSED",
    ]


def test_a_request_that_was_not_taken_in_is_not_known():
    (fact,) = causes(World(), "alice")

    assert fact.violation.rule == "REQUEST-UNKNOWN"


def test_where_too_many_sets_would_have_to_be_compared_nothing_in_the_answer_is_in_excess(monkeypatch):
    monkeypatch.setattr("workstation.core.why.MOST_SETS", 1)
    place = asked(World().admit(), "ned")

    facts = [cause.fact for cause in why(place).causes]

    assert reduce(without, facts, place).against() == ()
    assert all(reduce(without, part, place).against() for part in proper_subsets(facts))


def test_the_only_builder_taken_away_leaves_a_build_by_somebody_else():
    world = World()
    world.service("ci-7")["controllers"] = ["bob"]
    world.admit()

    place = asked(world, "bob-second")

    assert reduce(without, [cause.fact for cause in why(place).causes], place).against() == ()


def test_each_fact_says_what_it_is_and_where_it_is_written():
    world = World().admit()
    place = asked(world, "ned")
    (cause,) = why(place).causes

    told = cause_json(cause, place)

    assert told["fact"] == "Ned: controls ci-7"
    assert "ned ← controls ci-7 ← signed provenance.dsse.json" in told["evidence"]
    assert told["rules"] == ["SOD-BUILDER"]


def test_every_kind_of_fact_has_words_and_a_place():
    world = World()
    actor(world, "github:4711")
    del world.build.evidence["sbom.cdx.json"]
    world.admit()
    made = world.countersign("alice")
    place = asked(world, "ned")
    found = next(cause.fact for cause in why(place).causes if isinstance(cause.fact, Found))
    facts = [
        Hand("ned", "controls ci-7"), Nameless("account github:4711"), Countersigned(made.envelope.digest),
        NotAPerson(), *CardFact, *PersonFact, found,
    ]  # fmt: skip

    words = [sentence(fact, place) for fact in facts]

    assert len(set(words)) == len(facts)
    assert all(evidence(fact, place) for fact in facts)
    assert evidence(found, place) == ("EVIDENCE-SBOM, sbom in rule firmware of example version 5",)


CHANGES = {
    "a stranger's evidence": lambda world: world.build.evidence.update(
        extra=Signed(world.build.evidence["tests.dsse.json"].document, ["ci-7", "mallory"])
    ),
    "an unknown account": lambda world: actor(world, "github:4711"),
    "alice's account": lambda world: actor(world, "alice@example.org"),
    "alice controls": lambda world: world.service("ci-7").update(controllers=["ned", "alice"]),
    "alice's card is new": lambda world: world.person("alice")["credentials"][0].update(
        enrolled="2026-11-19T00:00:00Z"
    ),
    "alice has no role": lambda world: world.person("alice").update(roles=["auditor"]),
    "stale": lambda world: world.service("ci-7").update(attested="2026-01-05T09:00:00Z"),
    "no tests": lambda world: world.build.evidence.pop("tests.dsse.json"),
}


@settings(max_examples=20, deadline=None)
@given(
    changes=st.sets(st.sampled_from(sorted(CHANGES)), max_size=5),
    name=st.sampled_from(("alice", "bob-second", "ned", "mallory", None)),
    signed=st.booleans(),
)
def test_without_these_facts_it_is_allowed_and_with_any_of_them_it_is_not(changes, name, signed):
    world = World()
    for change in sorted(changes):
        CHANGES[change](world)
    world.admit()
    if signed:
        world.countersign("alice")
    place = asked(world, name)

    facts = [cause.fact for cause in why(place).causes]

    assert reduce(without, facts, place).against() == ()
    assert all(reduce(without, part, place).against() for part in proper_subsets(facts))


@settings(max_examples=15, deadline=None)
@given(changes=st.sets(st.sampled_from(sorted(CHANGES)), max_size=4))
def test_no_fewer_steps_clear_a_builder_than_are_named(changes):
    world = World()
    for change in sorted(changes):
        CHANGES[change](world)
    world.admit()
    named = [fact for fact in causes(world, "bob-second") if isinstance(fact, Hand)]
    edges = world.builders.why("bob")

    fewest = min((len(set(choice)) for choice in product(*(edge.because for edge in edges))), default=0)

    assert len(named) == fewest


def test_a_conflict_group_shared_with_a_builder_is_a_fact_about_the_person():
    world = World()
    world.rule["approvals"]["conflictGroups"] = True
    for name in ("bob", "alice"):
        world.person(name)["conflictGroups"] = ["family"]

    assert causes(world.admit(), "alice") == [PersonFact.CONFLICTS]


def test_a_role_the_policy_keeps_from_approving_is_a_fact_about_the_person():
    world = World()
    world.rule["approvals"]["notAnyOf"].append("custodian")
    world.person("alice")["roles"].append("custodian")

    assert causes(world.admit(), "alice") == [PersonFact.ROLES]
    assert causes(world, None) == []


def test_what_is_still_to_be_acknowledged_is_no_reason():
    world = World()
    world.rule["mustOpen"] = {"atOrAbove": 80}
    world.diff = ReleaseDiff(findings=(Finding(rule="SETUID", rank=90, path="a", sentence="gained"),))

    assert causes(world.admit(), "alice") == []


def test_a_token_that_proves_nothing_of_itself_is_named_as_the_policy_asks():
    world = World()
    world.rule["token"] = {"serial": True, "touch": True}

    (fact,) = causes(world.admit(), "alice")

    assert (fact.violation.rule, fact.violation.control) == ("TOKEN-UNPROVED", "token.touch")
