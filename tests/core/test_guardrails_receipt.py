"""Receipts: about a release of ours, once, by a deployer who neither built nor approved it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.documents import credential
from core.receipts import OUT, admitting
from core.world import World, details, violations

from workstation.core.errors import Untrusted
from workstation.core.guardrails.judge import judge
from workstation.core.identity import Digest
from workstation.core.verdict import Allowed, Violation


def released(*changes):
    world = World()
    for change in changes:
        change(world)
    return world.quorate().released_as(OUT)


def test_a_deployers_receipt_for_a_release_of_ours_is_admitted():
    world = released()

    assert world.judge(admitting(world)) == Allowed()


def test_a_receipt_for_another_release_is_refused():
    world = released()

    found = world.judge(admitting(world, release=Digest("ab" * 32)))

    assert violations(found) == (Violation("RECEIPT-RELEASE", f"no release {'ab' * 32} was written here"),)


def test_a_receipt_for_a_request_that_was_never_released_is_refused():
    world = World().quorate()

    found = world.judge(admitting(world))

    assert violations(found) == (Violation("RECEIPT-RELEASE", f"no release {OUT} was written here"),)


def test_a_receipt_about_an_unknown_request_is_refused():
    world = released()
    action = replace(admitting(world), request=None)

    found = world.judge(action)

    assert violations(found) == (Violation("RECEIPT-RELEASE", f"no release {OUT} was written here"),)


def test_a_receipt_that_names_other_artifacts_is_refused():
    world = released()
    (artifact,) = world.request.manifest

    found = world.judge(admitting(world, artifacts=(replace(artifact, name="other.bin"),)))

    assert violations(found) == (Violation("RECEIPT-RELEASE", "it names other artifacts than the release"),)


def test_a_receipt_is_admitted_once():
    world = released()
    action = admitting(world)
    world.perform(action, lambda: {"envelope": action.receipt.envelope.digest})

    found = world.judge(action)

    assert violations(found) == (Violation("RECEIPT-REPEATED", "this receipt has been admitted already"),)


def with_receipt_key(name):
    return lambda world: world.person(name)["credentials"][0]["uses"].append("receipt")


@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.person("frank").update(roles=["auditor"]),
        lambda world: world.person("frank").update(
            status=[{"since": "2026-01-05T09:00:00Z", "until": "2026-11-20T10:03:00Z"}]
        ),
    ],
    ids=["another role", "left"],
)
def test_who_is_no_active_deployer_gives_no_receipt(change):
    world = released(change)

    found = world.judge(admitting(world))

    assert violations(found) == (Violation("DEPLOYER", "Frank was no active deployer when this was signed"),)


def test_a_machine_gives_no_receipt():
    world = released(lambda world: world.service("ci-7")["credentials"][0]["uses"].append("receipt"))

    found = world.judge(admitting(world, by="ci-7"))

    assert violations(found) == (Violation("DEPLOYER", "CI-7 was no active deployer when this was signed"),)


def test_an_expired_key_gives_no_receipt():
    world = released(
        lambda world: world.person("frank")["credentials"][0].update(validTo="2026-11-20T10:03:00Z")
    )

    found = world.judge(admitting(world))

    assert violations(found) == (
        Violation("DEPLOYER", "the key of Frank was not valid when this was signed"),
    )


def test_a_receipt_names_the_key_that_signed_it():
    world = released()

    found = world.judge(admitting(world, deployer=world.keys["alice"].public.fingerprint))

    assert violations(found) == (
        Violation("DEPLOYER", "it names another key as the deployer's than the one that signed"),
    )


@pytest.mark.parametrize(("name", "what"), [("bob", "had a hand in building"), ("alice", "countersigned")])
def test_who_built_or_countersigned_does_not_deploy(name, what):
    world = released(with_receipt_key(name), lambda world: world.person(name)["roles"].append("deployer"))

    found = world.judge(admitting(world, by=name))

    assert violations(found) == (
        Violation("SOD-DEPLOYER", f"{name.capitalize()} {what} what this receipt says is deployed"),
    )


def test_an_approver_who_did_not_countersign_this_may_deploy_it():
    world = released(with_receipt_key("dave"), lambda world: world.person("dave")["roles"].append("deployer"))

    assert world.judge(admitting(world, by="dave")) == Allowed()


@pytest.mark.parametrize(
    ("by", "why"),
    [("mallory", "a signature by unknown key"), ("alice", "a key of alice not enrolled for receipt")],
)
def test_a_receipt_by_a_stranger_or_another_key_is_not_even_judged(by, why):
    world = released()
    action = admitting(world, by=by)

    with pytest.raises(Untrusted, match=why):
        world.judge(action)


def test_without_a_roster_no_receipt_is_judged_by_its_signer():
    world = released()
    action = admitting(world)
    facts = replace(world.facts(action), trust=None, builders=None, rule=None)

    found = judge(action, facts)

    assert [violation.rule for violation in violations(found)] == ["TRUST-MISSING"]


def test_a_receipt_from_a_time_when_the_key_was_not_yet_valid_is_refused():
    world = released(
        lambda world: world.person("frank")["credentials"].append(
            credential(world.keys["mallory"], "receipt", validFrom="2026-11-20T10:03:01Z")
        )
    )

    found = world.judge(admitting(world, by="mallory"))

    assert details(found, "DEPLOYER") == ["the key of Frank was not valid when this was signed"]


def test_a_receipt_from_the_future_is_refused():
    world = released()

    soon = world.judge(admitting(world, at=world.now + timedelta(minutes=10)))
    later = world.judge(admitting(world, at=world.now + timedelta(minutes=10, seconds=1)))

    assert soon == Allowed()
    assert violations(later) == (
        Violation("DEPLOYER", "it says it was signed 2026-11-20T10:13:01Z, still to come"),
    )
