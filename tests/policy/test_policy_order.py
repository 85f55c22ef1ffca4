"""Whether a change of policy is looser or stricter: what is said holds for everything that is tried."""

from __future__ import annotations

import json

import pytest
from core.documents import BUILDER_ID, PRODUCT, SOURCE, policy_document
from hypothesis import given, settings
from hypothesis import strategies as st
from policy.full_policy import full_policy, full_rule
from policy.policy_cases import allowed, minimal_rule
from policy.policy_world import OTHER_BUILDER

from workstation.core.orders import Direction, together
from workstation.core.policy_document import parse_policy
from workstation.core.policy_order import Change, compare, overall
from workstation.core.policy_table import CHANGES, CONTROLS

LOOSER, STRICTER, BOTH, SAME = Direction.LOOSER, Direction.STRICTER, Direction.BOTH, Direction.SAME
GONE = None
CI_7, CI_8 = {"id": BUILDER_ID, "service": "ci-7"}, {"id": OTHER_BUILDER, "service": "ci-8"}
TOOLS = "git+https://git.example.org/tools"
SBOM = {"required": True, "formats": ["cyclonedx-1.6", "spdx-2.3"]}
SCAN = {"required": True, "newAtOrAbove": {"critical": 0, "high": 1}}
VEX = {"required": True, "newAtOrAbove": {"critical": 0}}
REVIEWS = {"required": True, "atLeast": 2, "services": ["forge-1"]}
WINDOW = {"zone": "UTC", "days": ["mon", "fri"], "from": "08:00", "to": "18:00"}
BUILT = {"required": True, "builders": [CI_7, CI_8]}
GLASS = {"role": "owner", "atLeast": 2, "reasonRequired": True}


def period(first, last, reason="audit"):
    return {"from": f"2026-11-{first}:00Z", "to": f"2026-11-{last}:00Z", "reason": reason}


FRIDAY, MONDAY = period("20T10:00", "20T12:00"), period("23T00:00", "24T00:00")


def frozen(*periods, glass=None):
    return {"freeze": {"periods": list(periods), **({} if glass is None else {"breakGlass": glass})}}


def approvals(**changes):
    return {"approvals": changes}


def sbom(**changes):
    return {"sbom": {**SBOM, **changes}}


def provenance(builders=(CI_7,), **changes):
    return {"provenance": {"required": True, "builders": list(builders), "actorsRequired": False, **changes}}


def one(name, value):
    return {} if value is None else {name: value}


LEVELS = [{**CI_7, "slsaBuildLevel": 1}, {**CI_8, "slsaBuildLevel": 2}]

# Control, what was asked for and what is now, and what that does. Each is tried back as well.
CHANGED = [
    ("approvals.atLeast", {}, approvals(atLeast=1), LOOSER),
    ("approvals.atLeast", {}, approvals(atLeast=3), STRICTER),
    ("approvals.role", {}, approvals(role="owner"), BOTH),
    ("approvals.alsoFrom", {}, approvals(alsoFrom=[{"role": "approver", "atLeast": 3}]), STRICTER),
    ("approvals.alsoFrom", {}, approvals(alsoFrom=[{"role": "security", "atLeast": 1}]), BOTH),
    (
        "approvals.alsoFrom",
        approvals(alsoFrom=[{"role": "security", "atLeast": 1}]),
        approvals(alsoFrom=[{"role": "security", "atLeast": 2}]),
        STRICTER,
    ),
    ("approvals.groups", {}, approvals(groups=[{"roles": ["approver"], "atLeast": 3}]), STRICTER),
    (
        "approvals.groups",
        approvals(groups=[{"roles": ["owner", "approver"], "atLeast": 1}]),
        approvals(
            groups=[{"roles": ["owner", "approver"], "atLeast": 1}, {"roles": ["owner"], "atLeast": 1}]
        ),
        STRICTER,
    ),
    ("approvals.notAnyOf", {}, approvals(notAnyOf=["submitter", "builder", "deployer"]), STRICTER),
    ("approvals.conflictGroups", {}, approvals(conflictGroups=True), STRICTER),
    ("approvals.maxAgeHours", {}, approvals(maxAgeHours=72), STRICTER),
    ("approvals.maxAgeHours", approvals(maxAgeHours=100), approvals(maxAgeHours=72), STRICTER),
    ("provenance.builders", {}, provenance(), STRICTER),
    ("provenance.builders", provenance(), provenance([CI_7, CI_8]), LOOSER),
    ("provenance.builders", provenance(), provenance([CI_8]), BOTH),
    ("provenance.minSlsaBuildLevel", provenance(LEVELS), provenance(LEVELS, minSlsaBuildLevel=2), STRICTER),
    (
        "provenance.builders",
        provenance(LEVELS, minSlsaBuildLevel=2),
        provenance([{**CI_7, "slsaBuildLevel": 3}, LEVELS[1]], minSlsaBuildLevel=2),
        LOOSER,
    ),
    ("provenance.sourceUris", provenance(), provenance(sourceUris=[SOURCE]), STRICTER),
    (
        "provenance.sourceUris",
        provenance(sourceUris=[SOURCE]),
        provenance(sourceUris=[SOURCE, TOOLS]),
        LOOSER,
    ),
    ("provenance.sourceUris", provenance(sourceUris=[SOURCE]), provenance(sourceUris=[TOOLS]), BOTH),
    ("provenance.actorsRequired", provenance(), provenance(actorsRequired=True), STRICTER),
    (
        "rebuild.atLeast",
        {"provenance": BUILT},
        {"provenance": BUILT, "rebuild": {"required": True, "atLeast": 2}},
        STRICTER,
    ),
    ("sbom.formats", {}, sbom(), STRICTER),
    ("sbom.formats", sbom(), sbom(formats=["cyclonedx-1.6"]), STRICTER),
    ("sbom.mustCoverSubject", sbom(mustCoverSubject=False), sbom(mustCoverSubject=True), STRICTER),
    ("sbom.licences.allow", sbom(), sbom(licences={"allow": ["Zlib", "MIT"]}), STRICTER),
    (
        "sbom.licences.allow",
        sbom(licences={"allow": ["Zlib"]}),
        sbom(licences={"allow": ["Zlib", "GPL-3.0-only"]}),
        LOOSER,
    ),
    ("sbom.licences.deny", sbom(), sbom(licences={"deny": ["GPL-3.0-only"]}), STRICTER),
    (
        "sbom.licences.deny",
        sbom(licences={"deny": ["GPL-3.0-only"]}),
        sbom(licences={"deny": ["Zlib"]}),
        BOTH,
    ),
    ("vulnerabilities.newAtOrAbove", {}, {"vulnerabilities": SCAN}, STRICTER),
    (
        "vulnerabilities.newAtOrAbove",
        {"vulnerabilities": SCAN},
        {"vulnerabilities": {**SCAN, "newAtOrAbove": {"critical": 0, "high": 0}}},
        STRICTER,
    ),
    (
        "vulnerabilities.newAtOrAbove",
        {"vulnerabilities": SCAN},
        {"vulnerabilities": {**SCAN, "newAtOrAbove": {"critical": 0, "high": 1, "medium": 0}}},
        STRICTER,
    ),
    (
        "vulnerabilities.maxScanAgeHours",
        {"vulnerabilities": SCAN},
        {"vulnerabilities": {**SCAN, "maxScanAgeHours": 48}},
        STRICTER,
    ),
    (
        "vulnerabilities.maxDbAgeHours",
        {"vulnerabilities": SCAN},
        {"vulnerabilities": {**SCAN, "maxDbAgeHours": 48}},
        STRICTER,
    ),
    (
        "vulnerabilities.vexAcceptedFrom",
        {"vulnerabilities": VEX},
        {"vulnerabilities": {**VEX, "vexAcceptedFrom": ["security"]}},
        LOOSER,
    ),
    (
        "vulnerabilities.vexAcceptedFrom",
        {"vulnerabilities": {**VEX, "vexAcceptedFrom": ["security"]}},
        {"vulnerabilities": {**VEX, "vexAcceptedFrom": ["developer"]}},
        BOTH,
    ),
    ("tests.required", {}, {"tests": {"required": True, "result": "PASSED"}}, STRICTER),
    ("reviews.atLeast", {}, {"reviews": REVIEWS}, STRICTER),
    ("reviews.atLeast", {"reviews": REVIEWS}, {"reviews": {**REVIEWS, "atLeast": 1}}, LOOSER),
    ("reviews.services", {"reviews": REVIEWS}, {"reviews": {"required": True, "atLeast": 2}}, STRICTER),
    ("versioning.monotonic", {}, {"versioning": {"monotonic": True}}, STRICTER),
    ("window", {}, {"window": WINDOW}, STRICTER),
    ("window", {"window": WINDOW}, {"window": {**WINDOW, "to": "24:00"}}, LOOSER),
    ("window", {"window": WINDOW}, {"window": {**WINDOW, "days": ["mon", "fri", "sat"]}}, LOOSER),
    ("window", {"window": WINDOW}, {"window": {**WINDOW, "days": ["sat"]}}, BOTH),
    ("window", {"window": WINDOW}, {"window": {**WINDOW, "days": ["fri"], "to": "24:00"}}, BOTH),
    ("freeze.periods", {}, frozen(FRIDAY), STRICTER),
    ("freeze.periods", frozen(FRIDAY), frozen(FRIDAY, MONDAY), STRICTER),
    ("freeze.periods", frozen(FRIDAY), frozen(MONDAY), BOTH),
    ("freeze.periods", frozen(FRIDAY), frozen(period("20T09:00", "20T12:00")), STRICTER),
    (
        "freeze.periods",
        frozen(period("20T10:30", "20T12:00"), glass=GLASS),
        frozen(period("20T10:00", "20T12:00"), glass=GLASS),
        BOTH,
    ),
    (
        "freeze.periods",
        frozen(FRIDAY, glass=GLASS),
        frozen(period("20T10:00", "24T00:00"), glass=GLASS),
        STRICTER,
    ),
    ("freeze.breakGlass", frozen(FRIDAY), frozen(FRIDAY, glass=GLASS), LOOSER),
    (
        "freeze.breakGlass",
        frozen(FRIDAY, glass=GLASS),
        frozen(FRIDAY, glass={**GLASS, "atLeast": 3}),
        STRICTER,
    ),
    (
        "freeze.breakGlass",
        frozen(FRIDAY, glass={**GLASS, "role": "approver"}),
        frozen(FRIDAY, glass={**GLASS, "role": "owner"}),
        BOTH,
    ),
    ("mustOpen.atOrAbove", {}, {"mustOpen": {"atOrAbove": 90}}, STRICTER),
    ("mustOpen.atOrAbove", {"mustOpen": {"atOrAbove": 93}}, {"mustOpen": {"atOrAbove": 90}}, STRICTER),
    ("token.serial", {}, {"token": {"serial": True}}, STRICTER),
    ("token.attested", {}, {"token": {"attested": True}}, STRICTER),
    ("token.touch", {}, {"token": {"touch": True}}, STRICTER),
    ("token.firmwareAtLeast", {}, {"token": {"firmwareAtLeast": "5.4.3"}}, STRICTER),
    ("outputs", {}, {"outputs": ["dsse"]}, STRICTER),
    ("outputs", {"outputs": ["dsse"]}, {"outputs": ["dsse", "cms"]}, LOOSER),
    ("coolingOffDays", {}, {"coolingOffDays": 7}, STRICTER),
    ("controllersAttestedWithinDays", {}, {"controllersAttestedWithinDays": 60}, STRICTER),
    ("retention.releases", {}, {"retention": {"releases": 2}}, LOOSER),
    ("retention.releases", {"retention": {"releases": 1}}, {"retention": {"releases": 2}}, STRICTER),
]
# Nothing that is tried can tell these apart: no token proves a firmware, and a review comes afterwards.
UNSEEN = [
    (
        "token.firmwareAtLeast",
        {"token": {"firmwareAtLeast": "5.4.3"}},
        {"token": {"firmwareAtLeast": "5.7"}},
        STRICTER,
    ),
    (
        "freeze.breakGlass",
        frozen(FRIDAY, glass=GLASS),
        frozen(FRIDAY, glass={**GLASS, "reviewWithinHours": 24}),
        STRICTER,
    ),
    ("freeze.periods", frozen(FRIDAY), frozen(period("20T10:00", "20T12:00", "fair")), SAME),
    (
        "freeze.periods",
        frozen(FRIDAY),
        frozen(period("20T10:00", "20T11:00"), period("20T11:00", "20T12:00")),
        SAME,
    ),
    ("id", {}, {"id": "other"}, SAME),
]


def document(controls):
    return full_policy(minimal_rule(**controls))


def changes(old, new):
    return compare(parse_policy(json.dumps(old).encode()), parse_policy(json.dumps(new).encode()))


def consistent(direction, before, after):
    """Answer whether what is allowed before and after does not belie a direction."""
    return not (direction in (STRICTER, SAME) and after - before) and not (
        direction in (LOOSER, SAME) and before - after
    )


@pytest.mark.parametrize(("name", "old", "new", "direction"), [*CHANGED, *UNSEEN])
def test_every_change_of_a_control_has_its_direction(name, old, new, direction):
    there, back = changes(document(old), document(new)), changes(document(new), document(old))

    assert name in {change.control for change in there}
    assert overall(there) is direction
    assert overall(back) is direction.opposite


@pytest.mark.parametrize(("name", "old", "new", "direction"), CHANGED)
def test_every_direction_is_seen_in_what_is_allowed(name, old, new, direction):
    before, after = allowed(document(old)), allowed(document(new))

    assert consistent(direction, before, after)
    assert bool(before - after) == (direction is not LOOSER)
    assert bool(after - before) == (direction is not STRICTER)


def test_every_control_is_changed_in_these_tests():
    named = {name for name, *_ in CHANGED}

    # Which roles may sign follows from the others.
    assert named == {control.name for control in CONTROLS} - {"approvals.roles"}


CONTROL_SETS = [{**old} for _, old, _, _ in CHANGED] + [{**new} for _, _, new, _ in CHANGED]


def combined(sets):
    """Return the controls of several sets at once; where two name one, the later has it."""
    found = {}
    for controls in sets:
        for name, value in controls.items():
            found[name] = {**found.get(name, {}), **value} if name == "approvals" else value
    if "provenance" not in found:
        found.pop("rebuild", None)
    return found


SETS = st.lists(st.sampled_from(CONTROL_SETS), max_size=3)


@settings(max_examples=150, deadline=None)
@given(SETS, SETS, SETS)
def test_whatever_is_said_of_two_policies_holds_for_all_they_allow(shared, first, second):
    old, new = document(combined([*shared, *first])), document(combined([*shared, *second]))
    direction = overall(changes(old, new))

    assert consistent(direction, allowed(old), allowed(new))


@settings(max_examples=200, deadline=None)
@given(SETS, SETS)
def test_a_change_and_the_change_back_are_opposite(first, second):
    old, new = document(combined(first)), document(combined(second))

    assert overall(changes(old, new)) is overall(changes(new, old)).opposite
    assert changes(old, old) == ()


@pytest.mark.parametrize("control", ["policyChange", "rosterChange"])
@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        (None, {"role": "custodian", "atLeast": 2}, STRICTER),
        ({"role": "custodian", "atLeast": 3}, {"role": "custodian", "atLeast": 2}, LOOSER),
        ({"role": "custodian", "atLeast": 2}, {"role": "owner", "atLeast": 2}, BOTH),
    ],
)
def test_who_changes_policy_or_roster_has_an_order_too(control, old, new, direction):
    bare = policy_document()

    found = changes({**bare, **one(control, old)}, {**bare, **one(control, new)})

    assert [(change.control, change.rule, change.direction) for change in found] == [(control, "", direction)]
    assert control in {each.name for each in CHANGES}


# Targets ──────────────────────────────────────────────────────────────────────────────────────────


def in_channels(rule_id, *channels, **controls):
    return {
        **minimal_rule(**controls),
        "id": rule_id,
        "match": {"purl": [PRODUCT], "channel": list(channels)},
    }


def test_a_target_that_gains_a_rule_is_looser():
    old, new = full_policy(in_channels("a", "stable")), full_policy(in_channels("a", "stable", "testing"))

    (change,) = changes(old, new)

    assert str(change) == f"LOOSER: match none → {PRODUCT} in testing (rule a)"
    assert "another channel" in allowed(new) - allowed(old)


def test_a_target_that_loses_its_rule_is_stricter():
    old, new = full_policy(in_channels("a", "stable", "testing")), full_policy(in_channels("a", "stable"))

    (change,) = changes(old, new)

    assert str(change) == f"STRICTER: match {PRODUCT} in testing → none (rule a)"


def test_rules_are_compared_by_what_they_are_about_and_not_by_name():
    old = full_policy(in_channels("a", "stable", "testing"))
    new = full_policy(in_channels("b", "stable"), in_channels("a", "testing", approvals={"atLeast": 3}))

    assert {(change.control, change.rule, change.direction) for change in changes(old, new)} == {
        ("approvals.atLeast", "a", STRICTER),
        ("id", "b", SAME),
    }


# How it reads ─────────────────────────────────────────────────────────────────────────────────────


def test_looser_changes_come_first_and_read_as_lines():
    new = full_policy(minimal_rule(approvals={"atLeast": 1}, window=WINDOW, outputs=["dsse"]))

    assert [str(change) for change in changes(document({}), new)] == [
        "LOOSER: approvals.atLeast 2 → 1 (rule firmware)",
        "STRICTER: outputs none → dsse (rule firmware)",
        "STRICTER: window none → mon, fri 08:00 to 18:00 UTC (rule firmware)",
    ]


def test_a_change_is_a_document_too():
    change = Change(control="policyChange", rule="", old="none", new="2 custodian", direction=STRICTER)

    assert change.to_json() == {
        "control": "policyChange",
        "rule": None,
        "old": "none",
        "new": "2 custodian",
        "direction": "STRICTER",
    }


def test_a_full_rule_shows_every_control():
    (rule,) = parse_policy(json.dumps(full_policy(full_rule())).encode()).rules

    assert [control.name for control in CONTROLS if control.shown(rule) == "none"] == []


def test_changes_at_once_are_both_when_one_is_looser_and_one_stricter():
    assert together((LOOSER, SAME, LOOSER)) is LOOSER
    assert together((LOOSER, STRICTER)) is BOTH
    assert together(()) is SAME
