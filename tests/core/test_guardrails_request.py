"""The request and the trust root: here, current, and following what was before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from core.documents import Build
from core.world import EXPIRES, NOW, ROOT, World, details, violations

from workstation.core.action import ApplyTrust, Identify, OpenReview, Reject
from workstation.core.guardrails.judge import judge
from workstation.core.identity import digest_of
from workstation.core.verdict import Allowed, Violation

OUT = digest_of(b"what went out")


def applying(world):
    return ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT)


def actions(world):
    """Return one of every action about a request."""
    return (
        world.admitting(),
        OpenReview(review=world.review),
        world.countersigning("dave"),
        world.declining("dave"),
        world.releasing(),
    )


def followed(*, version="2.5.0", previous=None, channel="stable", artifact=b"other bytes"):
    """Return a world in which 2.4.0 was released and another request has arrived."""
    world = World().quorate().released_as(OUT)
    build = Build(version=version, artifacts={"pump.bin": artifact})
    build.predicate["channel"] = channel
    if previous is not None:
        build.predicate["previousRelease"] = previous(world.request)
    return world.next_request(build)


def names(request):
    return {"product": request.product.to_string(), "digest": request.id}


def test_a_whole_request_under_a_current_trust_root_is_taken_in():
    world = World()

    assert world.judge(world.admitting()) == Allowed()


@pytest.mark.parametrize("index", range(5))
def test_without_a_trust_root_nothing_about_a_request_is_decided(index):
    world = World().quorate()
    action = actions(world)[index]
    facts = replace(world.facts(action), trust=None, rule=None, builders=None, countersignatures=())

    found = [violation for violation in violations(judge(action, facts)) if violation.rule == "TRUST-MISSING"]

    assert found == [Violation("TRUST-MISSING", "no trust root has been applied at this workstation")]


@pytest.mark.parametrize(
    "action", [Reject(medium="stick", where="index.json", why="no"), Identify(token="t")]
)
def test_without_a_trust_root_a_medium_is_still_rejected_and_a_card_still_asked(action):
    world = World()

    assert judge(action, replace(world.facts(action), trust=None)) == Allowed()


def test_a_first_trust_root_is_applied_where_there_was_none():
    world = World()
    action = applying(world)

    assert judge(action, replace(world.facts(action), trust=None)) == Allowed()


@pytest.mark.parametrize("index", range(5))
def test_an_expired_trust_root_decides_nothing(index):
    world = World().quorate()
    world.expires = world.now

    found = details(world.judge(actions(world)[index]), "TRUST-EXPIRED")

    assert found == [
        "roster version 3 and policy version 5 expired 2026-11-20T10:03:00Z; it is 2026-11-20T10:03:00Z"
    ]


def test_a_trust_root_holds_until_the_second_it_expires():
    world = World(expires=NOW + timedelta(seconds=1))

    assert world.judge(world.admitting()) == Allowed()


def test_an_expired_trust_root_is_not_applied():
    world = World(now=EXPIRES)

    assert [violation.rule for violation in violations(world.judge(applying(world)))] == ["TRUST-EXPIRED"]


@pytest.mark.parametrize(("document", "field"), [("policy", "effectiveFrom"), ("roster", "created")])
def test_a_roster_or_policy_not_yet_in_effect_decides_nothing(document, field):
    world = World()
    getattr(world, document)[field] = "2026-11-20T10:00:01Z"

    found = world.judge(world.admitting())

    assert violations(found) == (
        Violation("TRUST-EARLY", "roster and policy are in effect from 2026-11-20T10:00:01Z"),
    )


def test_a_roster_and_policy_are_in_effect_from_their_first_second():
    world = World()
    world.policy["effectiveFrom"] = world.roster["created"] = "2026-11-20T10:00:00Z"

    assert world.judge(world.admitting()) == Allowed()


@pytest.mark.parametrize(("document", "seen"), [("roster", 3), ("policy", 5)])
def test_an_older_roster_or_policy_than_one_seen_is_never_applied(document, seen):
    world = World()
    versions = {"root": ROOT, "targets": ROOT, "roster": 3, "policy": 5}
    world.perform(applying(world), lambda: versions)
    getattr(world, document)["version"] = seen - 1

    found = world.judge(applying(world))

    assert violations(found) == (
        Violation("TRUST-ROLLBACK", f"{document} version {seen - 1} found, {seen} has been seen"),
    )


@pytest.mark.parametrize("step", [0, 1])
def test_the_same_or_a_newer_roster_and_policy_are_applied(step):
    world = World()
    world.perform(applying(world))
    world.roster["version"] += step
    world.policy["version"] += step

    assert world.judge(applying(world)) == Allowed()


@pytest.mark.parametrize(("field", "value"), [("channel", "testing"), ("product", "pkg:generic/other@2.4.0")])
def test_what_no_rule_of_the_policy_covers_is_refused(field, value):
    world = World()
    world.build.predicate[field] = value

    found = world.judge(world.admitting())

    asked = f"{world.request.product.to_string()} in channel {world.request.channel}"
    assert violations(found) == (Violation("POLICY-RULE", f"no rule of policy example covers {asked}"),)


@pytest.mark.parametrize("index", range(1, 5))
def test_a_request_the_journal_does_not_know_goes_no_further(index):
    world = World()

    found = details(world.judge(actions(world)[index]), "REQUEST-UNKNOWN")

    assert found == ["the journal knows no such request"]


def test_a_request_is_taken_in_once():
    world = World().admit()

    found = world.judge(world.admitting())

    assert violations(found) == (Violation("REQUEST-REPEATED", "it was admitted by journal entry 2"),)


def test_a_submitter_who_did_not_sign_is_no_submitter():
    world = World()
    world.build.by = ["ned"]

    found = world.judge(world.admitting())

    named = world.keys["bob"].public.fingerprint
    assert violations(found) == (Violation("REQUEST-SUBMITTER", f"key {named} is named and did not sign"),)


def test_a_strangers_signature_is_nobodys():
    world = World()
    world.build.by = ["mallory"]

    rules = [violation.rule for violation in violations(world.judge(world.admitting()))]

    assert rules == ["REQUEST-SUBMITTER", "BUILDER-UNKNOWN"]


@pytest.mark.parametrize("index", [0, 2, 4])
def test_a_request_is_not_good_after_its_time(index):
    world = World().quorate()
    world.now = datetime(2026, 11, 27, 8, tzinfo=UTC)

    found = details(world.judge(actions(world)[index]), "REQUEST-EXPIRED")

    assert found == ["it was good until 2026-11-27T08:00:00Z"]


def test_a_request_is_good_until_the_second_it_names():
    world = World(now=datetime(2026, 11, 27, 7, 59, 59, tzinfo=UTC))

    assert world.judge(world.admitting()) == Allowed()


def test_a_request_from_the_future_is_refused():
    world = World()
    world.build.predicate["created"] = "2026-11-20T10:10:01Z"

    found = world.judge(world.admitting())

    assert violations(found) == (
        Violation("REQUEST-EXPIRED", "it says it was made 2026-11-20T10:10:01Z, still to come"),
    )


def test_two_clocks_may_differ_by_ten_minutes():
    world = World()
    world.build.predicate["created"] = "2026-11-20T10:10:00Z"

    assert world.judge(world.admitting()) == Allowed()


@pytest.mark.parametrize("index", [2, 4])
def test_what_was_declined_is_neither_countersigned_nor_released(index):
    world = World().quorate().decline("erin")

    found = world.judge(actions(world)[index])

    assert violations(found) == (Violation("REQUEST-DECIDED", "declined by erin"),)


@pytest.mark.parametrize("index", [2, 4])
def test_what_was_released_is_neither_countersigned_nor_released_again(index):
    world = World().quorate().released_as(OUT)

    found = world.judge(actions(world)[index])

    assert details(found, "REQUEST-DECIDED") == [f"already released as {OUT}"]


def test_a_request_follows_what_was_released_last():
    world = followed(previous=names)

    assert world.judge(world.admitting()) == Allowed()


def test_a_request_that_follows_something_else_is_refused():
    world = followed(previous=lambda request: {**names(request), "digest": "ab" * 32})
    last = world.previous

    found = world.judge(world.admitting())

    wanted = (
        f"it follows {last.product.to_string()}; released last: pkg:generic/pump-firmware@2.4.0 ({last.id})"
    )
    assert violations(found) == (Violation("REQUEST-PREVIOUS", wanted),)


def test_a_request_that_follows_what_never_was_is_refused():
    world = World()
    world.build.predicate["previousRelease"] = {
        "product": "pkg:generic/pump-firmware@2.3.1",
        "digest": "ab" * 32,
    }

    found = world.judge(world.admitting())

    assert violations(found) == (
        Violation("REQUEST-PREVIOUS", "it follows pkg:generic/pump-firmware@2.3.1; released last: nothing"),
    )


def test_one_version_never_means_two_sets_of_bytes():
    world = followed(version="2.4.0")

    found = world.judge(world.admitting())

    assert violations(found) == (
        Violation("VERSION-REUSED", "pkg:generic/pump-firmware@2.4.0 was released before"),
    )


def test_one_version_means_the_same_bytes_in_every_channel():
    world = World()
    world.rule["match"]["channel"].append("beta")
    world.quorate().released_as(OUT)
    build = Build(version="2.4.0", artifacts={"pump.bin": b"other bytes"})
    build.predicate["channel"] = "beta"

    found = world.next_request(build).judge(world.admitting())

    assert violations(found) == (
        Violation(
            "VERSION-REUSED",
            "pkg:generic/pump-firmware@2.4.0 was released before in channel stable with other bytes",
        ),
    )


def test_the_same_bytes_may_go_out_in_another_channel():
    world = World()
    world.rule["match"]["channel"].append("beta")
    world.quorate().released_as(OUT)
    build = Build(version="2.4.0")
    build.predicate["channel"] = "beta"

    assert world.next_request(build).judge(world.admitting()) == Allowed()


@pytest.mark.parametrize("version", ["2.4.0", "2.3.9", "2.4.0rc1", "2.4"])
def test_a_version_that_does_not_rise_is_not_countersigned(version):
    world = followed(version=version).admit()

    found = world.judge(world.countersigning("dave"))

    assert violations(found) == (
        Violation(
            "VERSION-RISES", f"version {version} found, 2.4.0 has been released", "versioning.monotonic"
        ),
    )


@pytest.mark.parametrize("version", ["2.4.1", "2.10.0", "2.4.0.post1", "3.0.0rc1"])
def test_a_version_that_rises_is_countersigned(version):
    world = followed(version=version).admit()

    assert world.judge(world.countersigning("dave")) == Allowed()


def test_a_policy_may_let_versions_fall():
    world = followed(version="2.3.9")
    world.rule["versioning"] = {"monotonic": False}

    assert world.admit().judge(world.countersigning("dave")) == Allowed()


def test_another_channel_has_its_own_history():
    world = followed(version="2.3.9", channel="testing")
    world.rule["match"]["channel"] = ["stable", "testing"]

    assert world.admit().judge(world.countersigning("dave")) == Allowed()
