"""Decisions: about what was shown, by someone, once; and enough of them for a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.world import World, details, violations

from workstation.core.action import OpenReview
from workstation.core.facts import Case
from workstation.core.guardrails.judge import judge
from workstation.core.identity import Digest, PersonId, RequestId
from workstation.core.quorum import Quorum, quorum_of
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.verdict import Allowed, Blocked, Violation


def bound_to(**changes):
    """Return a change of what a countersignature is bound to."""
    return lambda said: replace(said, binding=replace(said.binding, **changes))


def test_enough_people_release():
    world = World().quorate()

    assert world.judge(world.releasing()) == Allowed()


@pytest.mark.parametrize("names", [(), ("alice",)])
def test_too_few_people_do_not_release(names):
    world = World().admit()
    for name in names:
        world.countersign(name)

    found = world.judge(world.releasing())

    assert violations(found) == (
        Violation("QUORUM", f"{len(names)} of 2 countersignatures by approver", "approvals.atLeast"),
    )


def test_a_builders_countersignature_does_not_count_and_stops_the_release():
    world = World().quorate()
    world.countersign("bob-second")

    found = world.judge(world.releasing())

    assert {violation.rule for violation in violations(found)} == {"SOD-BUILDER"}
    assert details(found, "SOD-BUILDER")[0] == (
        "Bob's countersignature does not count: Bob had a hand in this: bob ← signed request.dsse.json"
    )


def test_one_person_with_two_keys_is_one_person():
    world = World()
    second = world.person("carol")["credentials"].pop()
    world.person("alice")["credentials"].append(second)
    world.admit()
    world.countersign("alice")
    world.countersign("carol")

    found = world.judge(world.releasing())

    assert violations(found) == (
        Violation("QUORUM", "1 of 2 countersignatures by approver", "approvals.atLeast"),
    )


def test_a_second_role_has_to_be_among_those_who_countersigned():
    world = World()
    world.rule["approvals"]["alsoFrom"] = [{"role": "security", "atLeast": 1}]
    world.admit()
    world.countersign("carol")
    world.countersign("dave")

    found = world.judge(world.releasing())
    world.countersign("alice")

    assert violations(found) == (
        Violation("QUORUM", "0 of 1 countersignatures by security", "approvals.atLeast"),
    )
    assert world.judge(world.releasing()) == Allowed()


def test_without_a_rule_nobody_is_enough():
    world = World().quorate()
    facts = replace(world.facts(world.releasing()), rule=None)

    found = judge(world.releasing(), facts)

    assert details(found, "QUORUM") == ["no rule says whose countersignatures are enough"]


def test_a_quorum_of_nobody_is_none():
    assert not Quorum((), ()).reached


def test_a_quorum_names_its_people_in_the_order_they_signed():
    world = World().admit()
    for name in ("erin", "alice"):
        world.countersign(name)

    found = quorum_of(world.facts(world.releasing()))

    assert [person.id for person in found.approvers] == ["erin", "alice"]
    assert found.reached


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (bound_to(request=RequestId("ab" * 32)), "another request"),
        (bound_to(roster=Digest("ab" * 32), roster_version=2), "roster version 2"),
        (bound_to(policy=Digest("ab" * 32), policy_version=4), "policy version 4"),
        (bound_to(builders=()), "another builder set"),
        (lambda said: replace(said, approver=PersonId("dave")), "dave as approver"),
        (lambda said: replace(said, roles=()), "roles none"),
        (lambda said: replace(said, roles=("deployer", "owner")), "roles deployer, owner"),
        (lambda said: replace(said, fingerprint=World().keys["dave"].public.fingerprint), "another key"),
        (bound_to(at=World().request.created - timedelta(seconds=1)), "a time the request does not cover"),
        (bound_to(at=World().request.not_after), "a time the request does not cover"),
        (bound_to(at=World().now + timedelta(minutes=11)), "a time still to come"),
    ],
)
def test_a_countersignature_about_something_else_does_not_count(change, what):
    world = World().admit()
    world.countersign("alice", change=change)
    world.countersign("carol")

    found = world.judge(world.releasing())

    assert f"Alice's countersignature does not count: it is bound to {what}" in details(
        found, "COUNTERSIGNATURE-BINDING"
    )
    assert details(found, "QUORUM") == ["1 of 2 countersignatures by approver"]


def test_a_countersignature_of_a_clock_ten_minutes_ahead_counts():
    world = World().admit()
    world.countersign("alice", change=bound_to(at=world.now + timedelta(minutes=10)))
    world.countersign("carol")

    assert world.judge(world.releasing()) == Allowed()


def test_a_countersignature_on_other_artifacts_does_not_count():
    world = World().quorate()
    facts = world.facts(world.releasing())
    first, *rest = facts.countersignatures
    other = replace(first, signed=replace(first.signed, artifacts=()))

    found = judge(world.releasing(), replace(facts, countersignatures=(other, *rest)))

    assert details(found, "COUNTERSIGNATURE-BINDING") == [
        "Alice's countersignature does not count: it is bound to other artifacts"
    ]


def test_a_countersignature_on_another_review_than_the_one_at_hand_does_not_count():
    world = World().quorate()
    facts = world.facts(world.releasing())
    first, *rest = facts.countersignatures
    said = first.signed.countersignature
    elsewhere = replace(said, binding=replace(said.binding, review=Digest("ab" * 32)))
    other = replace(first, signed=replace(first.signed, countersignature=elsewhere))

    found = judge(world.releasing(), replace(facts, countersignatures=(other, *rest)))

    assert "Alice's countersignature does not count: it is bound to another review" in details(
        found, "COUNTERSIGNATURE-BINDING"
    )


def test_without_a_history_nobody_is_said_not_to_have_read():
    world = World().quorate()

    found = quorum_of(replace(world.facts(world.releasing()), history=None))

    assert [one.against for one in found.counted] == [(), ()]


def test_a_countersignature_grows_too_old():
    world = World().quorate()
    world.now += timedelta(hours=72)

    found = world.judge(world.releasing())

    assert details(found, "COUNTERSIGNATURE-BINDING") == [
        "Alice's countersignature does not count: it is bound to a time too long ago",
    ]


def test_a_countersignature_never_grows_old_where_the_policy_says_nothing():
    world = World()
    del world.rule["approvals"]["maxAgeHours"]
    world.quorate()
    world.now += timedelta(hours=100)

    assert world.judge(world.releasing()) == Allowed()


def test_a_new_roster_asks_for_new_countersignatures():
    world = World().quorate()
    world.roster["version"] += 1

    found = world.judge(world.releasing())

    assert details(found, "COUNTERSIGNATURE-BINDING") == [
        f"{name}'s countersignature does not count: it is bound to roster version 3"
        for name in ("Alice", "Carol")
    ]


def test_nobody_countersigns_twice():
    world = World().admit()
    world.countersign("alice")

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (Violation("APPROVER-REPEATED", "Alice has countersigned this already"),)


def test_a_second_card_of_one_person_changes_nothing():
    world = World()
    world.person("alice")["credentials"].append(world.person("carol")["credentials"].pop())
    world.admit()
    world.countersign("carol")

    found = world.judge(world.countersigning("alice"))

    assert details(found, "APPROVER-REPEATED") == ["Alice has countersigned this already"]


def test_one_token_does_not_countersign_for_two_people():
    world = World()
    del world.person("carol")["credentials"][0]["tokenSerial"]
    world.admit()
    world.countersign("alice")

    found = world.judge(world.countersigning("carol", token="token-alice"))

    assert violations(found) == (
        Violation("APPROVER-REPEATED", "this key or token has countersigned as alice"),
    )


def test_one_key_does_not_countersign_for_two_people():
    world = World().admit()
    world.countersign("carol", change=lambda said: replace(said, approver=PersonId("alice")))
    action = world.countersigning("carol", token="token-carol-2")

    found = details(world.judge(action), "APPROVER-REPEATED")

    assert found == ["this key or token has countersigned as alice"]


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_anyone_of_the_roster_may_decline_even_a_builder(name):
    world = World().admit()

    assert world.judge(world.declining(name)) == Allowed()


@pytest.mark.parametrize(
    ("name", "label"),
    [("mallory", World().card("mallory").label), ("ci-7", "CI-7"), ("station", "STATION-1")],
)
def test_strangers_and_machines_do_not_decline(name, label):
    world = World().admit()

    found = world.judge(world.declining(name))

    assert violations(found) == (Violation("DECLINER-UNKNOWN", f"{label} is not a person of the roster"),)


def test_somebody_who_left_does_not_decline():
    world = World()
    world.person("alice")["status"] = [{"since": "2026-01-05T09:00:00Z", "until": "2026-02-01T00:00:00Z"}]
    world.admit()

    found = world.judge(world.declining("alice"))

    assert violations(found) == (Violation("DECLINER-UNKNOWN", "Alice is not a person of the roster"),)


def test_a_revoked_key_does_not_decline():
    world = World()
    world.person("alice")["credentials"][0].update(state="revoked", stateSince="2026-02-01T00:00:00Z")
    world.admit()

    found = world.judge(world.declining("alice"))

    assert violations(found) == (Violation("DECLINER-UNKNOWN", "this key of Alice is not valid now"),)


def test_what_was_shown_is_what_is_signed():
    world = World().admit()
    action = replace(world.countersigning("alice"), shown=Digest("ab" * 32))

    found = world.judge(action)

    signed = world.review.digest
    assert violations(found) == (
        Violation("REVIEW-STALE", f"review {'ab' * 32} was shown, {signed} would be signed"),
    )


def unopened(label, world, more=""):
    said = f"{label} has not opened review {world.review.digest} with this card{more}"
    return Violation("REVIEW-UNOPENED", said)


def test_a_review_nobody_opened_is_not_signed():
    world = World().admit().open("alice")
    world.diff = ReleaseDiff(findings=(Finding(rule="DIFF-MODE", rank=50, path="a", sentence="new"),))

    found = world.judge(world.countersigning("alice", opened=False))

    assert violations(found) == (unopened("Alice", world),)


def test_a_review_opened_without_a_card_or_by_somebody_else_is_not_signed():
    world = World().admit().open("carol")

    found = world.judge(world.countersigning("alice", opened=False))

    assert violations(found) == (unopened("Alice", world),)


def test_a_review_opened_with_another_card_of_the_same_person_is_not_signed():
    world = World().admit().open("alice", token="token-of-before")

    found = world.judge(world.countersigning("alice", opened=False))

    assert violations(found) == (unopened("Alice", world, ", but with token token-of-before"),)


def test_a_review_opened_with_another_key_in_the_same_token_is_not_signed():
    world = World()
    world.person("bob")["roles"].append("approver")
    world.admit().open("bob", token="token-bob-second")

    found = world.judge(world.countersigning("bob-second", opened=False))

    more = ", but with token token-bob-second"
    assert unopened("Bob", world, more) in violations(found)


def test_a_builder_may_open_a_review_and_still_not_sign():
    world = World().admit()

    assert world.judge(world.reading("bob-second")) == Allowed()
    assert {one.rule for one in violations(world.judge(world.countersigning("bob-second")))} == {
        "SOD-BUILDER"
    }


def unreadable():
    return ReleaseDiff(
        findings=(
            Finding(rule="DIFF-STRUCTURE", rank=100, path="pump.zip", sentence="it contradicts itself"),
            Finding(rule="DIFF-MODE", rank=50, path="pump.zip!/a", sentence="it may run"),
        )
    )


def test_what_cannot_be_looked_into_cannot_be_countersigned():
    world = World(diff=unreadable()).admit()

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (Violation("REVIEW-REFUSED", "pump.zip: it contradicts itself"),)


def test_what_cannot_be_looked_into_can_still_be_opened_and_declined():
    world = World(diff=unreadable()).admit()

    assert world.judge(OpenReview(review=world.review)) == Allowed()
    assert world.judge(world.declining("alice")) == Allowed()


def test_a_case_is_whole_or_it_is_none():
    world = World().admit()
    facts = world.facts(world.releasing())

    assert facts.case == Case(
        request=world.request, rule=facts.rule, builders=world.builders, trust=facts.trust
    )
    for part in ("request", "rule", "builders", "trust"):
        assert replace(facts, **{part: None}).case is None


def test_without_a_case_no_approver_rule_is_asked_but_others_block():
    world = World().admit()
    action = world.countersigning("bob-second")

    found = judge(action, replace(world.facts(action), rule=None))

    assert isinstance(found, Blocked)
    assert found.rules == ("POLICY-RULE",)
