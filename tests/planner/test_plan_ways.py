"""The smallest changes that make room for a quorum: each was tried, and nothing smaller does."""

from __future__ import annotations

import copy

from core.documents import BUILDER_ID, credential, service
from core.keys import edwards, p256
from core.world import World
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from planner.plans import BOBS_ACCOUNT, planned, proper_subsets, scene

from workstation.core.plan_changes import (
    Attest,
    EnrolAccount,
    EnrolApprovers,
    EnrolBuilder,
    EnrolCard,
    GrantRole,
    OtherBuilder,
    OtherController,
    OtherTrigger,
    WithoutController,
    sentence,
    weight,
)
from workstation.core.plan_scene import changed
from workstation.core.plan_search import MOST_TRIALS, MOST_WAYS, after, plan_of, ways_out

ALL_CHANGES = (
    OtherTrigger(BOBS_ACCOUNT, "ned"),
    OtherBuilder(BUILDER_ID, "https://ci.example.org/builders/8"),
    EnrolAccount("github:4711"),
    EnrolBuilder("https://ci.example.org/builders/8"),
    Attest("ci-7"),
    EnrolCard("gail"),
    GrantRole("gail", "approver"),
    WithoutController("ned", "ci-7"),
    OtherController("ned", "ci-7", "gail"),
    EnrolApprovers(("approver", "security"), 2),
)


def needing(at_least, **also):
    world = World()
    world.rule["approvals"]["atLeast"] = at_least
    world.rule["approvals"]["alsoFrom"] = [{"role": role, "atLeast": count} for role, count in also.items()]
    return world


def offered(place):
    return [change for way in ways_out(place).ways for change in way]


def test_a_plan_that_is_possible_needs_no_way_out():
    found = ways_out(scene())

    assert (found.ways, found.trials, found.complete) == ((), 0, True)


def test_another_who_starts_the_build_comes_before_what_needs_custodians():
    found = ways_out(scene(needing(2, security=1), planned("alice")))

    assert isinstance(found.ways[0][0], OtherTrigger)
    assert {weight(change) for way in found.ways for change in way} == {1}


def test_a_deployer_is_never_asked_to_start_a_build_or_to_control_one():
    world = needing(5)

    changes = [
        change for change in offered(scene(world)) if isinstance(change, OtherTrigger | OtherController)
    ]

    assert changes
    assert "frank" not in {getattr(change, "instead", None) or change.person for change in changes}


def test_control_of_the_building_service_can_be_handed_over():
    assert OtherController("ned", "ci-7", "gail") in offered(scene(needing(5)))


def test_of_two_controllers_one_is_enough():
    world = needing(5)
    world.service("ci-7")["controllers"] = ["ned", "gail"]

    assert WithoutController("ned", "ci-7") in offered(scene(world))


def test_a_role_can_be_given_to_somebody_who_has_a_card():
    world = needing(2, security=1)
    world.person("alice")["roles"] = ["approver"]

    assert GrantRole("dave", "security") in offered(scene(world))


def test_a_card_can_be_enrolled_for_somebody_who_has_the_role():
    world = needing(5)
    world.person("gail")["roles"] = ["approver"]

    assert EnrolCard("gail") in offered(scene(world))


def test_an_account_or_builder_nobody_knows_can_be_entered():
    elsewhere = "https://ci.example.org/builders/8"

    account = offered(scene(build=planned("github:4711")))
    builder = offered(scene(build=planned(builders=(elsewhere,))))

    assert EnrolAccount("github:4711") in account
    assert EnrolBuilder(elsewhere) in builder
    assert OtherBuilder(elsewhere, BUILDER_ID) in builder


def test_controllers_can_be_attested_anew():
    world = World()
    world.service("ci-7")["attested"] = "2026-01-05T09:00:00Z"

    assert offered(scene(world)) == [Attest("ci-7")]


def test_another_builder_of_the_policy_may_have_other_controllers():
    world, other = needing(5), "https://ci.example.org/builders/8"
    world.roster["services"].append(
        service("ci-8", credential(edwards("ci-8"), "evidence"), builder_ids=(other,), controller="bob")
    )
    world.rule["provenance"]["builders"].append({"id": other, "service": "ci-8"})

    assert OtherBuilder(BUILDER_ID, other) in offered(scene(world))


def test_where_many_are_missing_as_many_new_people_are_named_and_no_more():
    found = ways_out(scene(needing(12)))

    assert found.ways == ((EnrolApprovers(("approver",), 8),),)


def test_what_blocks_everybody_is_mended_beside_them():
    found = ways_out(scene(needing(12), planned("github:4711")))

    assert found.ways == ((EnrolAccount("github:4711"), EnrolApprovers(("approver",), 7)),)


def test_what_was_mended_without_need_is_left_out():
    world, known = needing(12), "https://ci.example.org/builders/9"
    world.service("ci-7")["attested"] = "2026-01-05T09:00:00Z"
    world.roster["services"].append(
        service("ci-9", credential(edwards("ci-9"), "evidence"), builder_ids=(known,), controller="ned")
    )

    found = ways_out(scene(world, planned(builders=(BUILDER_ID, known))))

    assert found.ways == ((Attest("ci-7"), EnrolApprovers(("approver",), 8)),)


def test_no_change_helps_where_the_policy_covers_nothing():
    found = ways_out(scene(build=planned(channel="nightly")))

    assert found.ways == ()


def test_no_change_helps_against_an_expired_trust_root():
    world = World()
    world.now = world.expires

    assert ways_out(scene(world)).ways == ()


def test_two_groups_of_one_need_two_new_people():
    world = needing(2)
    world.rule["approvals"]["groups"] = [
        {"roles": ["safety"], "atLeast": 1},
        {"roles": ["legal"], "atLeast": 1},
    ]

    found = ways_out(scene(world))

    assert {sum(map(weight, way)) for way in found.ways} == {2}


def test_trying_a_change_leaves_the_roster_that_is_signed_alone():
    place = scene()
    before = copy.deepcopy(place.trust.roster)

    for change in ALL_CHANGES:
        changed(place, change)

    assert place.trust.roster == before


def test_every_change_has_its_own_words():
    words = [sentence(change, World().trust.roster) for change in ALL_CHANGES]

    assert len(set(words)) == len(ALL_CHANGES)
    assert "take control of ci-7 from Ned (ned), 90 days before the build begins" in words
    assert (
        "enrol 2 more people as approver and security, so long before that the cards have cooled off" in words
    )


def test_the_search_ends_on_a_roster_of_fifty_approvers_who_all_wrote_it():
    world = needing(4)
    for number in range(50):
        name = f"writer-{number}"
        card = credential(p256(name), "countersign", tokenSerial=f"token-{name}")
        world.roster["people"].append(world.person("alice") | {
            "id": name, "name": name, "roles": ["approver"], "aliases": [], "credentials": [card],
            "uniquenessTag": f"{number:064x}",
        })  # fmt: skip
    everyone = ("alice", "carol", "dave", "erin", *(f"writer-{number}" for number in range(50)))

    found = ways_out(scene(world, planned(others=everyone)))

    assert found.ways == ((EnrolApprovers(("approver",), 4),),)
    assert found.trials <= MOST_TRIALS


@settings(max_examples=15, deadline=None)
@given(
    at_least=st.integers(1, 4),
    security=st.integers(0, 2),
    actor=st.sampled_from((BOBS_ACCOUNT, "alice", "carol", "github:4711")),
    others=st.sets(st.sampled_from(("bob", "carol", "dave", "erin", "gail"))),
    cardless=st.sampled_from(("alice", "dave", "erin", "frank")),
)
def test_each_way_makes_room_for_a_quorum_and_no_part_of_it_does(at_least, security, actor, others, cardless):
    world = needing(at_least, **({"security": security} if security else {}))
    world.person(cardless)["credentials"] = []
    place = scene(world, planned(actor, others=tuple(sorted(others))))
    assume(not plan_of(place).possible)

    found = ways_out(place)

    assert found.ways
    assert len(found.ways) <= MOST_WAYS
    assert len({sum(map(weight, way)) for way in found.ways}) == 1
    for way in found.ways:
        assert plan_of(after(place, way)).possible
        assert not any(plan_of(after(place, part)).possible for part in proper_subsets(way))
