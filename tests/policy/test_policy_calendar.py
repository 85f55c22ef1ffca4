"""When something may leave: the week's window, freezes, and breaking the glass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from core.world import details
from policy.policy_world import DOORS, judged, policy_world, rules_at, verdict_at

from workstation.core.guardrails.calendar import review_due

at_every_door = pytest.mark.parametrize("door", DOORS)
OFFICE = {"zone": "UTC", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}
YEAR_END = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z", "reason": "year end"}
GLASS = {"role": "owner", "atLeast": 2, "reasonRequired": True, "reviewWithinHours": 24}


def frozen(*periods, glass=None):
    found = {"periods": list(periods or (YEAR_END,))}
    return found if glass is None else {**found, "breakGlass": glass}


def at(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)


def signed_at(world, *signers, comment="the old one leaks"):
    """Have people sign, each at a time, with a comment."""
    for name, moment in signers:
        world.now = at(moment)
        world.countersign(name, change=lambda said: replace(said, comment=comment))
    return world


@at_every_door
@pytest.mark.parametrize("control", [OFFICE, {**OFFICE, "days": ["fri"], "from": "10:00", "to": "10:04"}])
def test_within_the_window_everything_goes(door, control):
    assert rules_at(door, policy_world(window=control)) == ()


@at_every_door
@pytest.mark.parametrize(
    "change",
    [{"days": ["sat", "thu"]}, {"from": "10:04"}, {"to": "10:00"}, {"from": "23:00", "to": "24:00"}],
)
def test_outside_the_window_nothing_goes(door, change):
    assert rules_at(door, policy_world(window={**OFFICE, **change})) == ("WINDOW",)


def test_a_refusal_says_when_it_goes_again():
    found = verdict_at("countersign", policy_world(window={**OFFICE, "to": "09:30"}))

    assert details(found, "WINDOW") == [
        "it is 2026-11-20T10:00:00Z, outside mon, tue, wed, thu, fri 08:00 to 09:30 UTC"
    ]


@at_every_door
@pytest.mark.parametrize(
    "period",
    [
        {"to": "2026-11-20T10:00:00Z"},
        {"from": "2026-11-20T10:04:00Z"},
        {"from": "2027-01-01T00:00:00Z", "to": "2027-01-02T00:00:00Z"},
    ],
)
def test_before_and_after_a_freeze_everything_goes(door, period):
    assert rules_at(door, policy_world(freeze=frozen({**YEAR_END, **period}))) == ()


@at_every_door
def test_in_a_freeze_nothing_goes(door):
    world = policy_world(freeze=frozen())

    found = verdict_at(door, world)

    assert details(found, "FREEZE") == ["frozen until 2026-11-21T00:00:00Z: year end"]


def test_who_signs_in_a_freeze_says_why():
    world = policy_world(freeze=frozen(glass=GLASS)).admit()
    silent = replace(world.countersigning("dave"), comment=" \t")

    assert judged(silent, world) == ("BREAK-GLASS",)
    assert judged(world.countersigning("dave"), world) == ()


def test_outside_a_freeze_nobody_has_to_say_why():
    later = {**YEAR_END, "from": "2026-11-20T12:00:00Z"}
    world = policy_world(freeze=frozen(later, glass=GLASS)).admit()

    assert judged(replace(world.countersigning("dave"), comment=""), world) == ()


def test_who_breaks_the_glass_may_sign_without_another_role():
    world = policy_world(freeze=frozen(glass=GLASS))
    world.person("olga")["roles"] = ["owner"]
    world.admit()

    assert judged(world.countersigning("olga"), world) == ()


def released(world):
    at_desk = judged(world.releasing(), world)
    deployer = world.release().recomputed(world.trust, now=world.now).verdict
    assert at_desk == tuple(getattr(deployer, "rules", ()))
    return at_desk


def test_two_owners_with_a_reason_break_the_glass():
    world = policy_world(freeze=frozen(glass=GLASS)).admit()
    signed_at(world, ("olga", "2026-11-20T10:01:00"), ("owen", "2026-11-20T10:02:00"))

    assert released(world) == ()


@pytest.mark.parametrize(
    ("names", "comment"),
    [(("olga", "alice"), "it leaks"), (("alice", "carol"), "it leaks"), (("olga", "owen"), "  ")],
)
def test_one_owner_or_no_reason_breaks_no_glass(names, comment):
    world = policy_world(freeze=frozen(glass=GLASS)).admit()
    signed_at(world, *((name, "2026-11-20T10:01:00") for name in names), comment=comment)

    assert released(world) == ("BREAK-GLASS",)


def test_breaking_the_glass_lifts_the_freeze_and_nothing_else():
    world = policy_world(freeze=frozen(glass=GLASS)).admit()
    world.person("olga")["roles"] = ["owner"]
    signed_at(world, ("olga", "2026-11-20T10:01:00"), ("owen", "2026-11-20T10:02:00"))

    assert released(world) == ("QUORUM",)


@pytest.mark.parametrize(
    ("periods", "rules"),
    [
        (({**YEAR_END, "from": "2026-11-20T10:02:00Z"},), ("BREAK-GLASS",)),
        (
            ({**YEAR_END, "to": "2026-11-20T10:02:00Z"}, {**YEAR_END, "from": "2026-11-20T10:03:00Z"}),
            ("BREAK-GLASS",),
        ),
        (({**YEAR_END, "to": "2026-11-20T10:03:00Z"}, {**YEAR_END, "from": "2026-11-20T10:03:00Z"}), ()),
    ],
    ids=["signed before", "signed in another freeze", "one period goes on from another"],
)
def test_who_signed_before_this_freeze_did_not_break_it(periods, rules):
    world = policy_world(freeze=frozen(*periods, glass=GLASS)).admit()
    signed_at(world, ("olga", "2026-11-20T10:01:00"), ("owen", "2026-11-20T10:01:30"))
    world.now = at("2026-11-20T10:05:00")

    assert released(world) == rules


def test_a_broken_glass_is_looked_at_again_in_time():
    world = policy_world(freeze=frozen(glass=GLASS)).admit()
    case = world.facts(world.releasing()).case

    assert review_due(case, world.now) == world.now + timedelta(hours=24)
    assert review_due(case, at("2026-11-21T00:00:00")) is None


@pytest.mark.parametrize(
    "control", [None, frozen(), frozen(glass={k: v for k, v in GLASS.items() if k[:6] != "review"})]
)
def test_where_no_glass_can_be_broken_or_no_time_is_set_nothing_is_due(control):
    world = policy_world(**({} if control is None else {"freeze": control})).admit()

    assert review_due(world.facts(world.releasing()).case, world.now) is None
