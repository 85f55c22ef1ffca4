"""policy.json: every control is read, and what is not exactly as it should be makes the whole invalid."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from core.documents import policy_document
from policy.full_policy import full_policy, full_rule

from workstation.core.errors import Malformed
from workstation.core.policy import Group
from workstation.core.policy_controls import Day, Need, Severity, TokenControl
from workstation.core.policy_document import parse_policy
from workstation.core.policy_table import CHANGES, CONTROLS

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "policy.md"
GONE = object()
EACH = [
    "provenance",
    "rebuild",
    "sbom",
    "vulnerabilities",
    "tests",
    "reviews",
    "versioning",
    "window",
    "freeze",
    "mustOpen",
    "token",
    "outputs",
    "coolingOffDays",
    "controllersAttestedWithinDays",
    "retention",
]


def parsed(document):
    return parse_policy(json.dumps(document).encode())


def changed(path, value):
    """Return the full policy with `value` at a path of its rule, or after a slash at one of the whole."""
    document = full_policy()
    at = document if path.startswith("/") else document["rules"][0]
    *way, last = (int(part) if part.isdigit() else part for part in path.strip("/").split("."))
    for step in way:
        at = at[step]
    if value is GONE:
        del at[last]
    else:
        at[last] = value
    return document


def test_every_control_is_read():
    (rule,) = parsed(full_policy()).rules

    assert rule.approvals.groups == (
        Group(roles=frozenset({"security", "owner"}), at_least=1),
        Group(roles=frozenset({"approver"}), at_least=2),
    )
    assert (rule.rebuilds, rule.must_open, rule.provenance.min_level) == (2, 80, 2)
    assert [builder.level for builder in rule.provenance.builders] == [2, 3]
    assert rule.sbom.licences.deny == {"GPL-3.0-only"}
    assert rule.vulnerabilities.most == ((Severity.CRITICAL, 0), (Severity.HIGH, 1))
    assert (rule.reviews.at_least, rule.reviews.services) == (2, {"forge-1"})
    assert (rule.window.days, rule.window.start, rule.window.end) == ({Day.MON, Day.FRI}, 480, 1080)
    assert rule.freeze.break_glass.need == Need(role="owner", at_least=2)
    assert rule.freeze.break_glass.review_within == timedelta(hours=24)
    assert rule.token == TokenControl(serial=True, attested=True, touch=True, firmware=(5, 4, 3))
    assert rule.outputs == {"dsse", "cms"}
    assert rule.approver_roles == {"approver", "security", "owner"}


def test_a_policy_names_who_changes_it():
    policy = parsed(full_policy())

    assert policy.policy_change == Need(role="custodian", at_least=2)
    assert policy.roster_change == Need(role="custodian", at_least=3)


@pytest.mark.parametrize("name", EACH)
def test_every_control_can_be_left_out(name):
    document = changed(name, GONE)
    if name == "provenance":
        del document["rules"][0]["rebuild"]

    assert parsed(document).rules[0].id == "firmware"


def test_what_was_a_policy_before_still_is_one():
    (rule,) = parsed(policy_document()).rules

    assert (rule.rebuilds, rule.vulnerabilities, rule.reviews, rule.window, rule.freeze) == (None,) * 5
    assert (rule.must_open, rule.outputs, rule.token, rule.approvals.groups) == (
        None,
        None,
        TokenControl(),
        (),
    )


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("/defaultDecision", "allow", r"defaultDecision: 'allow' found, 'refuse' wanted"),
        ("approvals.distinctBy", "key", r"distinctBy: 'key' found, 'person' wanted"),
        ("approvals.notAnyOf", ["builder", "deployer"], "notAnyOf: .* both submitter and builder wanted"),
        ("approvals.notAnyOf", ["submitter"], "notAnyOf: .* both submitter and builder wanted"),
        (
            "approvals.notAnyOf",
            ["submitter", "builder", "friend"],
            "one of submitter, builder, custodian, deployer",
        ),
        ("approvals.atLeast", 0, "atLeast: 0 found"),
        ("approvals.groups", [], "groups: 0 items found"),
        ("approvals.groups.0.atLeast", 0, "atLeast: 0 found"),
        ("approvals.groups.0.roles", [], "roles: 0 items found"),
        ("approvals.groups.0.roles", ["approver"], "groups: 'approver' found twice"),
        ("approvals.conflictGroups", "yes", "true or false wanted"),
        ("freeze.breakGlass.atLeast", 1, "atLeast: 1 found, an integer from 2"),
        ("freeze.breakGlass.reasonRequired", False, "reasonRequired: .* True wanted"),
        ("freeze.breakGlass.reasonRequired", GONE, "reasonRequired: nothing found"),
        ("freeze.breakGlass.reviewWithinHours", 0, "reviewWithinHours: 0 found"),
        ("/policyChange.atLeast", 1, "policyChange.atLeast: 1 found, an integer from 2"),
        ("/rosterChange.atLeast", 1, "rosterChange.atLeast: 1 found, an integer from 2"),
        ("provenance", GONE, "rebuild: an object found, provenance beside it"),
        ("provenance.minSlsaBuildLevel", 4, "minSlsaBuildLevel: 4 found"),
        ("provenance.builders.1.slsaBuildLevel", 1.0, "number 1.0 found"),
        ("rebuild.atLeast", 1, "rebuild.atLeast: 1 found"),
        ("rebuild.required", False, "required: .* True wanted"),
        ("sbom.formats", ["spdx-2.2"], "'spdx-2.2' found, one of"),
        ("sbom.licences", {}, "licences: an object found, allow, deny or both wanted"),
        ("sbom.licences.allow", [], "allow: 0 items found"),
        ("vulnerabilities.newAtOrAbove", {}, "a number for at least one severity wanted"),
        ("vulnerabilities.newAtOrAbove", {"severe": 0}, "newAtOrAbove.severe: unknown field"),
        ("vulnerabilities.newAtOrAbove", {"high": -1}, "high: -1 found"),
        ("vulnerabilities.maxScanAgeHours", 0, "maxScanAgeHours: 0 found"),
        ("reviews.atLeast", 0, "reviews.atLeast: 0 found"),
        ("reviews.services", [], "services: 0 items found"),
        ("window.zone", "CET", "zone: 'CET' found, 'UTC' wanted"),
        ("window.to", "08:00", "to: '08:00' found, a time of day after from"),
        ("window.to", "24:01", "a time of day such as 08:00 wanted"),
        ("window.from", "8:00", "a time of day such as 08:00 wanted"),
        ("window.days", [], "days: 0 items found"),
        ("window.days", ["Mon"], "one of mon, tue"),
        ("freeze.periods", [], "periods: 0 items found"),
        ("freeze.periods.0.to", "2026-12-18T00:00:00Z", "a time after from wanted"),
        ("freeze.periods.0.reason", " ", "a printable reason wanted"),
        ("freeze.periods.0.reason", "a\u202eb", "a printable reason wanted"),
        ("mustOpen.atOrAbove", 0, "atOrAbove: 0 found"),
        ("mustOpen.atOrAbove", 101, "atOrAbove: 101 found"),
        ("token", {}, "one of serial, attested, touch, firmwareAtLeast wanted"),
        ("token.touch", False, "touch: .* True wanted"),
        ("token.firmwareAtLeast", "5.04", "a firmware version such as 5.4.3 wanted"),
        ("token.firmwareAtLeast", "5..4", "a firmware version such as 5.4.3 wanted"),
        ("outputs", [], "outputs: 0 items found"),
        ("retention.releases", 0, "releases: 0 found"),
        ("retention", {}, "releases.* wanted"),
        ("sandbox", True, "sandbox: unknown field found"),
        ("window.holidays", [], "holidays: unknown field found"),
        ("/comment", "x", "comment: unknown field found"),
    ],
)
def test_a_policy_that_says_anything_else_is_none(path, value, where):
    with pytest.raises(Malformed, match=where):
        parsed(changed(path, value))


def test_a_level_that_no_builder_has_would_let_nothing_out():
    document = changed("provenance.minSlsaBuildLevel", 3)
    document["rules"][0]["provenance"]["builders"].pop()

    with pytest.raises(
        Malformed, match="minSlsaBuildLevel: 3 found, a level that one of builders has wanted"
    ):
        parsed(document)


def test_two_rules_about_one_target_are_refused():
    with pytest.raises(Malformed, match="pump-firmware in stable found in firmware and again, once wanted"):
        parsed(full_policy(full_rule(), {**full_rule(), "id": "again"}))


def test_the_examples_in_the_specification_are_policies():
    text = SPEC.read_text("utf-8")
    examples = [part.split("```")[0] for part in text.split("```json\n")[1:]]

    assert [parse_policy(example.encode()).id for example in examples] == ["example", "example"]
    assert json.loads(examples[-1]) == full_policy()


def test_the_specification_names_every_control():
    text = SPEC.read_text("utf-8")

    assert [one.name for one in (*CONTROLS, *CHANGES) if one.name.rsplit(".", 1)[-1] not in text] == []
