"""Who may still countersign a build that has not been started."""

from __future__ import annotations

from itertools import combinations

from core.documents import BUILDER_ID
from core.world import World
from hypothesis import given, settings
from hypothesis import strategies as st
from planner.plans import BOBS_ACCOUNT, NEDS_ACCOUNT, ids, planned, scene

from workstation.core.plan_search import plan_of
from workstation.core.planner import prospects_of
from workstation.core.verdict import Allowed

CARDS = {
    "bob": "bob-second",
    "ned": "ned",
    "alice": "alice",
    "carol": "carol",
    "dave": "dave",
    "erin": "erin",
}


def against(plan, person):
    (prospect,) = (one for one in plan.prospects if one.person.id == person)
    return [violation.rule for violation in prospect.against]


def test_approvers_who_touch_nothing_may_sign_and_are_enough():
    plan = plan_of(scene())

    assert ids(plan.may_sign) == ["alice", "carol", "dave", "erin"]
    assert plan.possible
    assert [(met.need.role, met.have) for met in plan.needs] == [("approver", 4)]


def test_whoever_starts_a_build_may_not_sign_it_by_account_or_by_id():
    by_account, by_id = plan_of(scene(build=planned(BOBS_ACCOUNT))), plan_of(scene(build=planned("bob")))

    assert against(by_account, "bob") == ["SOD-BUILDER"]
    assert by_account == by_id


def test_whoever_controls_the_building_service_may_not_sign():
    plan = plan_of(scene())

    assert against(plan, "ned") == ["SOD-BUILDER"]
    assert [str(edge) for edge in plan.builders.why("ned")] == [
        "ned ← controls ci-7 ← named by the planned build"
    ]


def test_whoever_else_has_a_hand_in_it_may_not_sign():
    plan = plan_of(scene(build=planned(others=("alice@example.org", "carol", "dave"))))

    assert ids(plan.may_sign) == ["erin"]
    assert not plan.possible


def test_an_account_nobody_knows_blocks_whoever_signs():
    plan = plan_of(scene(build=planned("github:4711")))

    assert [str(one) for one in plan.builders.unresolved] == [
        "account github:4711 ← starts the planned build"
    ]
    assert [violation.rule for violation in plan.blockers] == ["BUILDER-UNKNOWN"]
    assert not plan.possible


def test_a_display_name_is_no_account():
    plan = plan_of(scene(build=planned("Bob")))

    assert not plan.possible


def test_a_builder_nobody_registered_blocks_whoever_signs():
    plan = plan_of(scene(build=planned(builders=("https://ci.example.org/builders/8",))))

    assert [violation.rule for violation in plan.blockers] == ["BUILDER-UNKNOWN"]


def test_that_nobody_has_submitted_it_yet_blocks_nothing():
    plan = plan_of(scene())

    assert plan.builders.unresolved == ()


def test_a_product_the_policy_does_not_cover_has_no_plan():
    plan = plan_of(scene(build=planned(channel="nightly")))

    assert (plan.possible, plan.prospects, plan.needs) == (False, (), ())
    assert [violation.rule for violation in plan.blockers] == ["POLICY-RULE"]


def test_a_trust_root_that_will_have_expired_is_said():
    world = World()
    world.now = world.expires

    plan = plan_of(scene(world))

    assert "TRUST-EXPIRED" in [violation.rule for violation in plan.blockers]
    assert not plan.possible


def test_controllers_attested_long_ago_are_said():
    world = World()
    world.service("ci-7")["attested"] = "2026-01-05T09:00:00Z"

    plan = plan_of(scene(world))

    assert [violation.rule for violation in plan.blockers] == ["CONTROLLERS-STALE"]


def test_an_approver_without_a_card_may_not_sign_and_is_told_so():
    world = World()
    world.person("gail")["roles"] = ["approver"]

    plan = plan_of(scene(world))

    assert against(plan, "gail") == ["CREDENTIAL-USE"]


def test_a_card_that_has_not_cooled_off_does_not_count_yet():
    world = World()
    world.person("alice")["credentials"][0]["enrolled"] = "2026-11-18T09:00:00Z"

    plan = plan_of(scene(world))

    assert against(plan, "alice") == ["COOLING-OFF"]


def test_of_two_cards_the_better_one_is_asked_about():
    world = World()
    fresh, old = world.person("carol")["credentials"][0], world.person("alice")["credentials"][0]
    world.person("carol")["credentials"] = []
    world.person("alice")["credentials"] = [fresh | {"enrolled": "2026-11-18T09:00:00Z"}, old]

    plan = plan_of(scene(world))

    assert against(plan, "alice") == []


def test_a_need_within_the_quorum_is_counted_by_itself():
    world = World()
    world.rule["approvals"]["alsoFrom"] = [{"role": "security", "atLeast": 1}]

    with_alice, without = plan_of(scene(world)), plan_of(scene(world, planned("alice")))

    assert with_alice.possible
    assert not without.possible
    assert [(met.need.role, met.have) for met in without.needs] == [("approver", 4), ("security", 0)]


def test_a_request_that_is_here_has_prospects_too():
    world = World().admit()

    found = prospects_of(world.facts(world.releasing()))

    assert [one.person.id for one in found if one.may_sign] == ["alice", "carol", "dave", "erin"]


@settings(max_examples=30, deadline=None)
@given(
    actor=st.sampled_from((BOBS_ACCOUNT, NEDS_ACCOUNT)),
    controller=st.sampled_from(sorted(CARDS)),
    author=st.sampled_from(sorted(CARDS)),
    idle=st.sampled_from(sorted(CARDS)),
    people=st.tuples(st.sampled_from(sorted(CARDS)), st.sampled_from(sorted(CARDS))),
)
def test_what_the_plan_says_is_what_the_desk_says_of_that_build(actor, controller, author, idle, people):
    fresh, gone = people
    world = World()
    world.service("ci-7")["controllers"] = [controller]
    world.person(idle)["roles"] = []
    world.person(fresh)["credentials"][-1]["enrolled"] = "2026-11-19T00:00:00Z"
    world.person(gone)["status"] = [{"since": "2026-01-05T09:00:00Z", "until": "2026-11-01T00:00:00Z"}]
    world.person(author)["aliases"].append("author@example.org")
    definition = world.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]
    definition["externalParameters"] = {"actorId": actor}
    definition["internalParameters"] = {}
    world.build.predicate["source"]["identities"] = ["author@example.org"]
    build = planned(actor, builders=(BUILDER_ID,), others=("author@example.org", "bob"))

    foreseen = ids(plan_of(scene(world, build)).may_sign)

    world.admit()
    allowed = [name for name, card in CARDS.items() if world.judge(world.countersigning(card)) == Allowed()]
    assert sorted(foreseen) == sorted(allowed)


def conflicting(*groups):
    """Return a world where each group of people shares a conflict group, and the policy minds."""
    world = World()
    world.rule["approvals"]["conflictGroups"] = True
    for number, people in enumerate(groups):
        for name in people:
            world.person(name)["conflictGroups"].append(f"group-{number}")
    return world


def test_whoever_shares_a_conflict_group_with_a_builder_may_not_sign():
    plan = plan_of(scene(conflicting(("bob", "alice"))))

    assert against(plan, "alice") == ["CONFLICT-GROUP"]
    assert ids(plan.may_sign) == ["carol", "dave", "erin"]


def test_people_of_one_conflict_group_are_counted_once_where_they_could_only_sign_apart():
    pairs = plan_of(scene(conflicting(("alice", "carol"), ("dave", "erin"))))
    four = plan_of(scene(conflicting(("alice", "carol", "dave", "erin"))))

    assert pairs.possible
    assert [met.have for met in pairs.needs] == [2]
    assert not four.possible
    assert [met.have for met in four.needs] == [1]


def test_of_people_who_cannot_sign_together_those_are_counted_who_are_needed():
    world = conflicting(("alice", "carol"))
    world.rule["approvals"] |= {"atLeast": 3, "alsoFrom": [{"role": "security", "atLeast": 1}]}

    plan = plan_of(scene(world))

    assert plan.possible
    assert [(met.need.role, met.have) for met in plan.needs] == [("approver", 3), ("security", 1)]


@settings(max_examples=30, deadline=None)
@given(groups=st.lists(st.sets(st.sampled_from(("alice", "carol", "dave", "erin")), min_size=2), max_size=4))
def test_the_most_who_can_sign_together_is_what_trying_every_choice_finds(groups):
    plan = plan_of(scene(conflicting(*groups)))

    names = ("alice", "carol", "dave", "erin")
    choices = (choice for size in range(5) for choice in combinations(names, size))
    fitting = [choice for choice in choices if all(len(group & set(choice)) < 2 for group in groups)]
    assert plan.needs[0].have >= min(2, max(map(len, fitting)))
    assert plan.possible == (max(map(len, fitting)) >= 2)


def test_a_plan_outside_the_window_of_the_policy_is_blocked():
    world = World()
    world.rule["window"] = {"zone": "UTC", "days": ["sat"], "from": "08:00", "to": "18:00"}

    plan = plan_of(scene(world))

    assert [violation.rule for violation in plan.blockers] == ["WINDOW"]


def test_in_a_freeze_the_plan_counts_who_may_break_the_glass():
    world = World()
    period = {"from": "2026-11-19T00:00:00Z", "to": "2026-11-22T00:00:00Z", "reason": "the fair"}
    world.rule["freeze"] = {"periods": [period]}
    frozen = plan_of(scene(world))
    glass = {"role": "security", "atLeast": 2, "reasonRequired": True}
    world.rule["freeze"] = {"periods": [period], "breakGlass": glass}
    too_few = plan_of(scene(world))
    world.person("carol")["roles"].append("security")
    enough = plan_of(scene(world))

    assert [violation.rule for violation in frozen.blockers] == ["FREEZE"]
    assert [violation.rule for violation in too_few.blockers] == ["BREAK-GLASS"]
    assert enough.possible
