"""Hundreds of releases nothing is wrong with, and nobody is refused at any step of them."""

from __future__ import annotations

import pytest
from bypass.legitimate import CASES, Case, cases, pairs_that_go_together, verdicts
from bypass.stage import Prepare, Stage
from core.world import violations

from workstation.core.verdict import Allowed

ALL = tuple(cases())


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_legitimate_release_is_refused_at_no_step(case: Case) -> None:
    found = dict(verdicts(case))

    assert found == dict.fromkeys(found, Allowed())


def test_every_two_options_that_go_together_are_tried_together() -> None:
    tried = frozenset(pair for case in ALL for pair in case.pairs)

    assert len(ALL) >= CASES >= 300
    assert pairs_that_go_together() - tried == frozenset()


@pytest.mark.parametrize(
    "option",
    [
        "three people",
        "several cards",
        "several cards, the other one signs",
        "a renewed certificate",
        "a retired old card",
        "custodians were rotated",
        "a bystander was revoked",
        "a card lost and revoked",
    ],
)
def test_what_happens_to_every_team_is_among_the_legitimate_cases(option: str) -> None:
    having = [case for case in ALL if option in case.options.values()]

    assert len(having) >= 20


CHANGES: dict[str, Prepare] = {
    "the roster is of another version": lambda s: s.roster.update(version=4),
    "the policy is of another version": lambda s: s.policy.update(version=6),
    "a bystander is revoked": lambda s: s.person("dave")["credentials"][0].update(
        state="revoked", stateSince="2026-11-20T10:01:30Z"
    ),
    "who signed first is revoked": lambda s: s.person("carol")["credentials"][0].update(
        state="revoked", stateSince="2026-11-20T10:01:30Z"
    ),
    "who signed first leaves": lambda s: s.person("carol").update(
        status=[{"since": "2026-01-05T09:00:00Z", "until": "2026-11-20T10:01:30Z"}]
    ),
    "who signed first has other roles": lambda s: s.person("carol").update(roles=[]),
    "a new approver comes": lambda s: s.person("erin")["credentials"][0].update(
        enrolled="2026-11-19T00:00:00Z"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_new_roster_or_policy_halfway_stops_nobody_who_may_still_sign(change: Prepare) -> None:
    stage = Stage()
    stage.admit()
    stage.signed_by("carol", "alice")
    change(stage)
    found = [stage.judge(stage.releasing()) != Allowed()]
    for name in (
        "alice",
        "dave" if "revoked" not in stage.person("dave")["credentials"][0]["state"] else "carol",
    ):
        found.append(stage.judge(stage.countersigning(name)) == Allowed())
        stage.signed_by(name)

    assert found == [True, True, True]
    assert stage.judge(stage.releasing()) == Allowed()
    assert stage.recomputed().verdict == Allowed()


def test_who_signed_again_under_a_new_roster_does_not_sign_a_third_time() -> None:
    stage = Stage()
    stage.admit()
    stage.signed_by("alice")
    stage.roster.update(version=4)
    stage.signed_by("alice")

    again = stage.judge(stage.countersigning("alice"))

    assert {violation.rule for violation in violations(again)} == {"APPROVER-REPEATED"}
    assert {violation.rule for violation in violations(stage.judge(stage.releasing()))} == {
        "QUORUM",
        "COUNTERSIGNATURE-BINDING",
    }
