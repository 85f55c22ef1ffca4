"""What a policy can ask of people and their cards: groups, conflicts, roles, tokens, findings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.world import details
from hypothesis import example, given
from hypothesis import strategies as st
from policy.policy_world import DOORS, judged, policy_world, rules_at, verdict_at

from workstation.core.guardrails.findings import finding_id
from workstation.core.policy import Group
from workstation.core.quorum import quorum_of
from workstation.core.quorum_groups import seats_taken
from workstation.core.release_diff import Finding, ReleaseDiff

at_every_door = pytest.mark.parametrize("door", DOORS)
TWO_GROUPS = [{"roles": ["security"], "atLeast": 1}, {"roles": ["approver"], "atLeast": 2}]


def approvals(**changes):
    return lambda world: world.rule["approvals"].update(changes)


def with_roles(name, *roles):
    return lambda world: world.person(name)["roles"].extend(roles)


def signed_by(world, *names):
    world.admit()
    for name in names:
        world.countersign(name)
    return world


# Groups ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("names", "met"),
    [
        (("alice", "carol"), [1, 1]),
        (("alice", "carol", "dave"), [1, 2]),
        (("carol", "dave", "erin"), [0, 2]),
    ],
)
def test_whoever_counts_in_one_group_counts_in_no_other(names, met):
    world = signed_by(policy_world(approvals(groups=TWO_GROUPS)), *names)

    found = quorum_of(world.facts(world.releasing()))

    assert [one.have for one in found.needs[1:]] == met
    assert found.reached == (met == [1, 2])


@pytest.mark.parametrize(
    ("names", "rules"), [(("alice", "carol"), ("QUORUM",)), (("alice", "carol", "dave"), ())]
)
def test_a_release_needs_every_group(names, rules):
    world = signed_by(policy_world(approvals(groups=TWO_GROUPS)), *names)

    assert judged(world.releasing(), world) == rules
    assert judged_by_deployer(world) == rules


def judged_by_deployer(world):
    verdict = world.release().recomputed(world.trust, now=world.now).verdict
    return tuple(getattr(verdict, "rules", ()))


def test_a_group_says_who_is_missing():
    world = signed_by(
        policy_world(approvals(groups=[{"roles": ["security", "owner"], "atLeast": 2}])), "alice", "carol"
    )

    assert details(world.judge(world.releasing()), "QUORUM") == [
        "1 of 2 countersignatures by owner or security"
    ]


def test_a_role_of_a_group_lets_its_holder_sign():
    world = policy_world(
        approvals(groups=[{"roles": ["auditor"], "atLeast": 1}]), with_roles("erin", "auditor")
    )
    world.person("erin")["roles"].remove("approver")
    world.admit()

    assert judged(world.countersigning("erin"), world) == ()


GROUPS = st.lists(
    st.builds(Group, roles=st.frozensets(st.sampled_from("abcd"), min_size=1), at_least=st.integers(1, 3)),
    max_size=4,
)
PEOPLE = st.lists(st.frozensets(st.sampled_from("abcd")), max_size=6)


def most_by_trying(groups, people):
    """Return the most seats that can be taken, by trying everything."""
    if not people:
        return 0
    first, rest = people[0], people[1:]
    seated = (
        1 + most_by_trying([*groups[:i], replace(one, at_least=one.at_least - 1), *groups[i + 1 :]], rest)
        for i, one in enumerate(groups)
        if one.at_least and one.roles & first
    )
    return max(most_by_trying(groups, rest), max(seated, default=0))


@given(GROUPS, PEOPLE)
def test_as_many_people_are_seated_as_can_be(groups, people):
    taken = seats_taken(groups, people)

    assert sum(taken) == most_by_trying(groups, people)
    assert all(have <= group.at_least for have, group in zip(taken, groups, strict=True))


# Conflicts and roles ──────────────────────────────────────────────────────────────────────────────


def in_group(*names):
    def change(world):
        for name in names:
            world.person(name)["conflictGroups"] = ["family", f"team of {name}".replace(" ", "-")]

    return change


@at_every_door
@pytest.mark.parametrize(
    "names", [("bob", "alice", "dave"), ("ned", "alice", "dave"), ("alice", "carol", "dave")]
)
def test_who_is_close_to_a_builder_or_another_approver_does_not_approve(door, names):
    world = policy_world(in_group(*names), approvals(conflictGroups=True))
    if door == "countersign":
        world.admit().countersign("alice")
        assert judged(world.countersigning("dave"), world) == ("CONFLICT-GROUP",)
    else:
        assert rules_at(door, world) == ("CONFLICT-GROUP",)


@at_every_door
@pytest.mark.parametrize("on", [True, False])
def test_conflict_groups_of_people_who_do_not_meet_here_do_not_matter(door, on):
    assert rules_at(door, policy_world(in_group("alice", "erin"), approvals(conflictGroups=on))) == ()


@at_every_door
def test_conflict_groups_matter_only_where_the_policy_says_so(door):
    assert rules_at(door, policy_world(in_group("bob", "alice", "carol", "dave"))) == ()


def test_whoever_is_close_to_a_builder_may_still_decline():
    world = policy_world(in_group("bob", "dave"), approvals(conflictGroups=True)).admit()

    assert judged(world.declining("dave"), world) == ()


def test_a_card_of_nobody_is_in_no_conflict_group():
    world = policy_world(in_group("bob", "dave"), approvals(conflictGroups=True)).admit()

    assert judged(world.countersigning("mallory"), world) == ("APPROVER-UNKNOWN",)


def test_a_conflict_says_who_and_what():
    world = policy_world(in_group("bob", "dave"), approvals(conflictGroups=True))

    assert details(verdict_at("countersign", world), "CONFLICT-GROUP") == ["Dave and Bob are both in family"]


@at_every_door
@pytest.mark.parametrize("role", ["custodian", "deployer"])
def test_a_role_can_keep_its_holders_from_approving(door, role):
    world = policy_world(with_roles("dave", role), with_roles("carol", role))
    world.rule["approvals"]["notAnyOf"].append(role)

    assert "ROLE-EXCLUDED" in rules_at(door, world)


@at_every_door
@pytest.mark.parametrize("role", ["custodian", "deployer"])
def test_a_role_keeps_nobody_from_approving_otherwise(door, role):
    assert rules_at(door, policy_world(with_roles("dave", role), with_roles("carol", role))) == ()


# Tokens ───────────────────────────────────────────────────────────────────────────────────────────


@at_every_door
def test_a_key_enrolled_with_its_token_proves_the_serial(door):
    assert rules_at(door, policy_world(token={"serial": True})) == ()


@at_every_door
@pytest.mark.parametrize(
    "wanted",
    [{"attested": True}, {"touch": True}, {"firmwareAtLeast": "5.4.3"}, {"serial": True, "touch": True}],
)
def test_what_a_token_cannot_prove_yet_is_refused(door, wanted):
    assert "TOKEN-UNPROVED" in rules_at(door, policy_world(token=wanted))


def test_a_key_that_was_enrolled_without_a_token_proves_no_serial():
    world = policy_world(token={"serial": True})
    del world.person("dave")["credentials"][0]["tokenSerial"]

    assert details(verdict_at("countersign", world), "TOKEN-UNPROVED") == [
        "the token of Dave did not prove which token its key was enrolled in"
    ]


# Findings ─────────────────────────────────────────────────────────────────────────────────────────

FOUND = (
    Finding(rule="DIFF-SETUID", rank=92, path="pump.bin!/su", sentence="it became setuid"),
    Finding(rule="DIFF-LINK", rank=60, path="pump.bin!/link", sentence="it points elsewhere"),
)


def signing(world, *acknowledged):
    world.diff = ReleaseDiff(findings=FOUND)
    world.admit()
    return replace(world.countersigning("dave"), acknowledged=acknowledged)


@pytest.mark.parametrize("rank", [61, 92])
def test_a_finding_of_the_rank_or_above_is_acknowledged(rank):
    world = policy_world(mustOpen={"atOrAbove": rank})

    assert judged(signing(world, "DIFF-SETUID pump.bin!/su"), world) == ()


@pytest.mark.parametrize(
    ("rank", "acknowledged"),
    [
        (92, ()),
        (60, ("DIFF-SETUID pump.bin!/su",)),
        (92, ("DIFF-SETUID pump.bin!/other", "DIFF-LINK pump.bin!/su")),
    ],
)
def test_a_finding_that_was_not_acknowledged_stops_the_signature(rank, acknowledged):
    world = policy_world(mustOpen={"atOrAbove": rank})

    assert judged(signing(world, *acknowledged), world) == ("FINDINGS-UNACKNOWLEDGED",)


@pytest.mark.parametrize("controls", [{}, {"mustOpen": {"atOrAbove": 93}}])
def test_findings_below_the_rank_need_nothing(controls):
    world = policy_world(**controls)

    assert judged(signing(world), world) == ()


def test_a_refusal_spells_out_a_hostile_path():
    world = policy_world(mustOpen={"atOrAbove": 1})
    world.diff = ReleaseDiff(
        findings=(Finding(rule="DIFF-BIDI", rank=94, path="a\u202eb", sentence="turned"),)
    )
    world.admit()

    assert details(world.judge(world.countersigning("dave")), "FINDINGS-UNACKNOWLEDGED") == [
        "DIFF-BIDI a\u2039U+202E\u203ab: turned"
    ]


@given(st.text(max_size=4000), st.text(max_size=4000))
@example("a" * 1800, "a" * 1801)
@example("a" * 1801, "b" * 4000)
@example("\ud800" * 1801, "a")
def test_a_finding_is_named_by_rule_and_path_and_fits_a_countersignature(one, other):
    names = [finding_id(Finding(rule="DIFF-LINK", rank=60, path=path, sentence="x")) for path in (one, other)]

    assert (names[0] == names[1]) == (one == other)
    assert all(len(name) <= 2000 for name in names)
