"""Which artifacts leave the store: what the policy lets go, and never what a comparison needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.releases import history, ledger_of, request_named
from core.world import World, violations
from hypothesis import given
from hypothesis import strategies as st

from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.identity import digest_of
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.policy import Policy
from workstation.core.retention import superfluous
from workstation.core.upkeep import DropArtifacts
from workstation.core.verdict import Allowed, Verdict

THREE = (history("1"), history("2", previous="1"), history("3", previous="2"))


def keeping(releases: int | None) -> World:
    world = World()
    if releases is not None:
        world.rule["retention"] = {"releases": releases}
    return world


def policy(releases: int | None) -> Policy:
    return keeping(releases).trust.policy


def dropping(ledger: Ledger, releases: int | None, *names: str) -> Verdict:
    world = keeping(releases)
    facts = Facts(now=world.now, ledger=ledger, trust=world.trust)
    return judge(DropArtifacts(requests=tuple(map(request_named, names))), facts)


def test_a_policy_that_says_nothing_keeps_everything() -> None:
    assert superfluous(ledger_of(*THREE), policy(None)) == {}


@pytest.mark.parametrize(("keep", "going"), [(1, ["1", "2"]), (2, ["1"]), (3, [])])
def test_the_newest_releases_stay(keep: int, going: list[str]) -> None:
    found = superfluous(ledger_of(*THREE), policy(keep))

    assert found == {
        request_named(name): frozenset({digest_of(f"artifact of {name}".encode())}) for name in going
    }


def test_one_that_was_released_twice_is_counted_once() -> None:
    ledger = ledger_of(*THREE)
    again = replace(ledger, order_released=(*ledger.order_released, request_named("2")))

    assert set(superfluous(again, policy(2))) == {request_named("1")}


def test_each_channel_keeps_its_own() -> None:
    world = keeping(1)
    world.rule["match"]["channel"] = ["stable", "testing"]
    ledger = ledger_of(history("1", channel="testing"), *THREE[1:])

    assert set(superfluous(ledger, world.trust.policy)) == {request_named("2")}


def test_what_no_rule_covers_stays() -> None:
    ledger = ledger_of(history("1", channel="other"), history("2", channel="other"))

    assert superfluous(ledger, policy(1)) == {}


def test_an_artifact_that_a_kept_release_has_too_stays() -> None:
    ledger = ledger_of(history("1", "same", "own"), history("2", "same"))

    assert superfluous(ledger, policy(1)) == {request_named("1"): frozenset({digest_of(b"own")})}


def test_what_a_request_not_released_yet_names_stays() -> None:
    waiting = history("next", previous="1", released=False)

    assert set(superfluous(ledger_of(*THREE, waiting), policy(1))) == {request_named("2")}


HISTORIES = st.lists(
    st.builds(
        lambda number, shared, released, channel, previous: (number, shared, released, channel, previous),
        st.integers(0, 9),
        st.sampled_from(["a", "b", "c"]),
        st.booleans(),
        st.sampled_from(["stable", "testing"]),
        st.integers(0, 9),
    ),
    unique_by=lambda one: one[0],
    max_size=10,
)


def made(number: int, shared: str, released: bool, channel: str, previous: int) -> RequestHistory:
    name = str(number)
    return history(name, shared, f"own {name}", previous=str(previous), channel=channel, released=released)


@given(HISTORIES, st.integers(1, 3))
def test_no_policy_lets_go_of_what_a_comparison_needs(drawn: list[tuple], keep: int) -> None:
    world = keeping(keep)
    world.rule["match"]["channel"] = ["stable", "testing"]
    ledger = ledger_of(*(made(*one) for one in drawn))

    going = superfluous(ledger, world.trust.policy)

    needed = {one.request for one in ledger.requests.values() if one.released is None}
    needed |= {one.previous for one in ledger.requests.values() if one.released is None}
    for channel in ("stable", "testing"):
        released = [one for one in ledger.order_released if ledger.requests[one].channel == channel]
        needed.update(released[-keep:])
    gone = {digest for digests in going.values() for digest in digests}
    assert not needed & going.keys()
    for request in needed & ledger.requests.keys():
        assert not gone & {digest for _, digest in ledger.requests[request].manifest}


def test_what_is_kept_no_longer_may_go() -> None:
    assert dropping(ledger_of(*THREE), 2, "1") == Allowed()


@pytest.mark.parametrize(
    ("releases", "name", "why"),
    [
        (None, "1", "the policy asks for all releases to be kept"),
        (2, "2", "the policy keeps the newest 2 of"),
        (2, "waiting", "it is not released"),
        (2, "unheard of", "it is not known here"),
        (1, "1", "a request that is not released yet is compared with it"),
    ],
)
def test_what_is_kept_cannot_be_dropped(releases: int | None, name: str, why: str) -> None:
    ledger = ledger_of(*THREE, history("waiting", previous="1", released=False))

    (found,) = violations(dropping(ledger, releases, name))

    assert found.rule == "RETENTION"
    assert why in found.detail


def test_without_a_trust_root_nothing_is_dropped() -> None:
    facts = Facts(now=World().now, ledger=ledger_of(*THREE))

    (found,) = violations(judge(DropArtifacts(requests=(request_named("1"),)), facts))

    assert found.rule == "TRUST-MISSING"
