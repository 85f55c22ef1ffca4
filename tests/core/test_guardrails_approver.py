"""Who may countersign: every rule about the person and the key, when it fires and when it does not."""

from __future__ import annotations

import pytest
from core.documents import CREATED, Signed
from core.killers import APPROVER_KILLERS
from core.world import World, details, violations

from workstation.core.guardrails.approver import APPROVER_RULES, objections
from workstation.core.statement import STATEMENT_TYPE
from workstation.core.verdict import Allowed, Violation


def admitted(*changes):
    """Return a world with a request in it, after `changes` to its documents."""
    world = World()
    for change in changes:
        change(world)
    return world.admit()


def credential_of(name, **changes):
    """Change the one credential of a person."""

    def change(world):
        world.person(name)["credentials"][0].update(changes)

    return change


@pytest.mark.parametrize("name", ["alice", "carol", "dave", "erin"])
def test_an_approver_who_built_nothing_may_countersign(name):
    world = admitted()

    assert world.judge(world.countersigning(name)) == Allowed()


def test_a_builder_never_countersigns_what_they_signed_or_started_or_wrote():
    world = admitted()

    found = world.judge(world.countersigning("bob-second"))

    assert violations(found) == tuple(
        Violation("SOD-BUILDER", f"Bob had a hand in this: bob ← {because}")
        for because in (
            "signed request.dsse.json",
            "started the build ← named by provenance.dsse.json",
            "submitter of request.dsse.json",
            "wrote or committed source",
        )
    )


def test_whoever_controls_the_building_service_built_what_it_built():
    world = admitted()

    found = details(world.judge(world.countersigning("ned")), "SOD-BUILDER")

    assert "Ned had a hand in this: ned ← controls ci-7 ← signed provenance.dsse.json" in found


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda build: build.by.append("alice"), "signed request.dsse.json"),
        (lambda build: build.evidence["tests.dsse.json"].by.append("alice"), "signed tests.dsse.json"),
        (
            lambda build: build.predicate["source"]["identities"].append("alice@example.org"),
            "wrote or committed source",
        ),
    ],
)
def test_every_way_into_the_build_leads_to_the_person_whoever_else_is_named(change, because):
    world = admitted(lambda world: change(world.build))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (Violation("SOD-BUILDER", f"Alice had a hand in this: alice ← {because}"),)


@pytest.mark.parametrize("group", ["externalParameters", "internalParameters"])
@pytest.mark.parametrize(
    ("field", "account"),
    [
        ("actorId", "alice@example.org"),
        ("triggeringActorId", "alice@example.org"),
        ("GITHUB_ACTOR_ID", "77"),
        ("GITHUB_TRIGGERING_ACTOR_ID", "77"),
    ],
)
def test_who_triggered_the_build_is_a_builder(group, field, account):
    def change(world):
        world.person("alice")["aliases"].append("github:77")
        provenance = world.build.evidence["provenance.dsse.json"].document
        provenance["predicate"]["buildDefinition"][group] = {"actorId": "github:1001", field: account}

    world = admitted(change)

    found = world.judge(world.countersigning("alice"))

    assert details(found, "SOD-BUILDER") == [
        "Alice had a hand in this: alice ← started the build ← named by provenance.dsse.json"
    ]


def test_a_signer_of_evidence_no_rule_reads_had_a_hand_in_it_all_the_same():
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"digest": {"sha256": "ab" * 32}}],
        "predicateType": "https://example.org/review",
        "predicate": {},
    }
    world = admitted(
        lambda world: world.build.evidence.update({"review.dsse.json": Signed(statement, ["alice"])})
    )

    found = world.judge(world.countersigning("alice"))

    assert details(found, "SOD-BUILDER") == ["Alice had a hand in this: alice ← signed review.dsse.json"]


@pytest.mark.parametrize("state", ["retired", "revoked"])
def test_an_old_key_still_points_to_its_builder(state):
    def change(world):
        world.person("bob")["credentials"][0].update(state=state, stateSince="2026-02-01T00:00:00Z")
        world.build.predicate["source"]["identities"] = []
        provenance = world.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]
        provenance["externalParameters"] = {"actorId": "carol@example.org"}
        provenance["internalParameters"] = {}

    world = admitted(change)

    found = world.judge(world.countersigning("bob-second"))

    assert {violation.rule for violation in violations(found)} == {"SOD-BUILDER"}


def test_a_card_nobody_enrolled_countersigns_nothing():
    world = admitted()

    found = world.judge(world.countersigning("mallory"))

    label = f"key {world.keys['mallory'].public.fingerprint[:16]}"
    assert violations(found) == (Violation("APPROVER-UNKNOWN", f"{label} is not in the roster"),)


def test_a_machine_is_never_an_approver_whatever_its_key_is_enrolled_for():
    def change(world):
        world.service("station-1")["credentials"][0]["uses"] = ["station", "countersign"]

    world = admitted(change)

    found = world.judge(world.countersigning("station"))

    assert violations(found) == (Violation("APPROVER-SERVICE", "STATION-1 is the service station-1"),)


@pytest.mark.parametrize(
    "status",
    [
        [{"since": "2026-01-05T09:00:00Z", "until": "2026-11-20T10:00:00Z"}],
        [{"since": "2026-11-20T10:00:01Z"}],
        [
            {"since": "2026-01-05T09:00:00Z", "until": "2026-05-01T00:00:00Z"},
            {"since": "2027-01-01T00:00:00Z"},
        ],
    ],
)
def test_somebody_who_left_or_has_not_come_yet_does_not_countersign(status):
    world = admitted(lambda world: world.person("alice").update(status=status))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (
        Violation("APPROVER-INACTIVE", "Alice was not active at 2026-11-20T10:00:00Z"),
    )


def test_somebody_who_came_back_countersigns():
    spans = [
        {"since": "2026-01-05T09:00:00Z", "until": "2026-02-01T00:00:00Z"},
        {"since": "2026-11-20T10:00:00Z"},
    ]
    world = admitted(lambda world: world.person("alice").update(status=spans))

    assert world.judge(world.countersigning("alice")) == Allowed()


@pytest.mark.parametrize(("roles", "has"), [([], "no role"), (["deployer", "auditor"], "auditor, deployer")])
def test_a_role_the_policy_does_not_count_does_not_approve(roles, has):
    world = admitted(lambda world: world.person("alice").update(roles=roles))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (
        Violation("APPROVER-ROLE", f"Alice has {has}; approver is wanted", "approvals.role"),
    )


def test_a_role_that_is_also_wanted_is_enough_to_countersign():
    def change(world):
        world.person("alice")["roles"] = ["security"]
        world.rule["approvals"]["alsoFrom"] = [{"role": "security", "atLeast": 1}]

    world = admitted(change)

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_a_key_for_something_else_does_not_countersign():
    world = admitted(credential_of("alice", uses=["receipt", "evidence"]))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (
        Violation("CREDENTIAL-USE", "this key of Alice is enrolled for evidence, receipt only"),
    )


@pytest.mark.parametrize(
    ("changes", "found_state"),
    [
        ({"validTo": "2026-11-20T10:00:00Z"}, "active, valid 2026-01-05T09:00:00Z to 2026-11-20T10:00:00Z"),
        ({"validFrom": "2026-11-20T10:00:01Z"}, "active, valid 2026-11-20T10:00:01Z to 2030-01-01T00:00:00Z"),
        (
            {"state": "revoked", "stateSince": "2026-11-20T10:00:00Z"},
            "revoked, valid 2026-01-05T09:00:00Z to 2030-01-01T00:00:00Z",
        ),
        (
            {"state": "retired", "stateSince": "2026-03-01T00:00:00Z"},
            "retired, valid 2026-01-05T09:00:00Z to 2030-01-01T00:00:00Z",
        ),
    ],
)
def test_an_expired_future_retired_or_revoked_key_does_not_countersign(changes, found_state):
    world = admitted(credential_of("alice", **changes))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (Violation("CREDENTIAL-VALID", f"this key of Alice is {found_state}"),)


def test_a_key_is_good_until_the_moment_it_is_retired():
    world = admitted(credential_of("alice", state="retired", stateSince="2026-11-20T10:00:01Z"))

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_a_key_that_answers_from_another_token_was_copied():
    world = admitted()

    found = world.judge(world.countersigning("alice", token="token-other"))

    assert violations(found) == (
        Violation(
            "CREDENTIAL-TOKEN",
            "the key was enrolled in token token-alice and answers from token-other",
        ),
    )


def test_a_key_enrolled_without_a_token_may_be_anywhere():
    def change(world):
        del world.person("alice")["credentials"][0]["tokenSerial"]

    world = admitted(change)

    assert world.judge(world.countersigning("alice", token="anything")) == Allowed()


def test_a_key_enrolled_after_the_request_was_made_does_not_countersign_it():
    world = admitted(credential_of("alice", enrolled="2026-11-20T08:00:01Z"))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (
        Violation(
            "COOLING-OFF",
            "the key was enrolled 2026-11-20T08:00:01Z, after this was begun 2026-11-20T08:00:00Z",
        ),
    )


def test_a_key_enrolled_after_the_build_began_does_not_countersign_it_however_late_the_request():
    world = admitted(
        credential_of("alice", enrolled="2026-10-01T00:00:01Z"),
        lambda world: (
            world.build.evidence["provenance.dsse.json"]
            .document["predicate"]["runDetails"]
            .update(metadata={"startedOn": "2026-10-01T02:00:00.5+02:00"})
        ),
    )

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (
        Violation(
            "COOLING-OFF",
            "the key was enrolled 2026-10-01T00:00:01Z, after this was begun 2026-10-01T00:00:00Z",
        ),
    )


def test_a_key_enrolled_within_the_days_of_the_policy_does_not_countersign():
    world = admitted(credential_of("alice", enrolled="2026-11-13T10:00:01Z"))

    found = world.judge(world.countersigning("alice"))

    assert violations(found) == (
        Violation("COOLING-OFF", "the key was enrolled less than 7 days ago", "coolingOffDays"),
    )


def test_cooling_off_ends_after_exactly_the_days_of_the_policy():
    world = admitted(credential_of("alice", enrolled="2026-11-13T10:00:00Z"))

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_without_days_in_the_policy_only_keys_younger_than_the_request_cool_off():
    def change(world):
        del world.rule["coolingOffDays"]

    world = admitted(change, credential_of("alice", enrolled=CREATED))

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_all_that_stands_against_somebody_is_said_at_once():
    world = admitted(
        credential_of("bob", uses=["request"]), lambda world: world.person("bob").update(roles=[])
    )

    found = world.judge(world.countersigning("bob"))

    assert {violation.rule for violation in violations(found)} == {
        "SOD-BUILDER", "APPROVER-ROLE", "CREDENTIAL-USE",
    }  # fmt: skip


@pytest.mark.parametrize("rule", APPROVER_RULES, ids=lambda rule: rule.__name__)
def test_no_approver_rule_can_be_taken_away_unnoticed(rule, monkeypatch):
    case = APPROVER_KILLERS[rule.__name__]()
    with_it = objections(case)
    rest = tuple(each for each in APPROVER_RULES if each is not rule)
    monkeypatch.setattr("workstation.core.guardrails.approver.APPROVER_RULES", rest)

    assert {violation.rule for violation in with_it} == {rule.__name__.upper().replace("_", "-")}
    assert objections(case) == ()
