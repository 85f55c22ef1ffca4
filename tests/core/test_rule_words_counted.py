"""What is said of a countersignature that is not counted, and which of several moments a rule goes by."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from core.world import World, details

from workstation.core.action import ApplyTrust
from workstation.core.guardrails.opening import opening_of, unopened
from workstation.core.identity import Digest
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.trust_snapshot import TrustStep

UNREADABLE = Finding(rule="DIFF-LIMIT", rank=100, path="a", sentence="too deep")


def signed_by_alice(world):
    """Return alice's countersignature with every opening there is in the journal."""
    facts = world.facts(world.releasing())
    (item,) = (one for one in facts.standing if one.signed.countersignature.approver == "alice")
    return item, facts.history.openings


@pytest.mark.parametrize("must_open", [None, {"atOrAbove": 90}])
def test_a_signed_review_that_could_not_be_looked_into_is_refused_and_nothing_is_asked_of_it(must_open):
    world = World(diff=ReleaseDiff(findings=(UNREADABLE,)))
    if must_open is not None:
        world.rule["mustOpen"] = must_open
    world.quorate()

    verdict = world.judge(world.releasing())

    said = "the review that was signed has findings of rank 100"
    assert set(details(verdict, "REVIEW-REFUSED")) == {
        f"{name}'s countersignature does not count: {said}" for name in ("Alice", "Carol")
    }
    assert details(verdict, "FINDINGS-UNACKNOWLEDGED") == []


def test_who_signed_unread_is_named_with_the_review_and_with_the_token_they_opened_it_with():
    world = World().admit().open("alice", token="token-of-before")
    world.countersign("alice", opened=False)
    item, openings = signed_by_alice(world)

    (said,) = unopened(item, openings)

    assert said.rule == "REVIEW-UNOPENED"
    assert said.detail == (
        f"Alice has not opened review {world.review.digest} with this card, but with token token-of-before"
    )


def test_of_several_openings_the_last_before_the_signature_is_the_one_that_counts():
    world = World().admit()
    world.countersign("alice")
    item, (opening, *_) = signed_by_alice(world)
    size = item.signed.countersignature.binding.journal.size
    first, last, at_once = (replace(opening, seq=seq) for seq in (0, size - 1, size))

    assert opening_of(item, [last, first, at_once]) == opening_of(item, [first, last]) == last
    assert opening_of(item, [at_once]) is None
    assert opening_of(item, [replace(first, review=Digest("ab" * 32))]) is None


def test_every_roster_on_the_way_is_signed_by_people_of_the_one_before_it():
    world = World()
    world.policy["rosterChange"] = {"role": "approver", "atLeast": 2}
    now = world.trust
    keys = frozenset(world.keys[name].public.fingerprint for name in ("alice", "erin"))

    def step(version):
        roster = deepcopy(world.roster)
        roster["version"] += version
        next(one for one in roster["people"] if one["id"] == "erin")["roles"] = []
        trust = World(roster=roster).trust
        return TrustStep(targets_version=now.targets_version + version, roster=trust.roster, signed_by=keys)

    gone, then = step(1), step(2)
    offered = replace(
        now,
        targets_version=then.targets_version,
        roster=then.roster,
        signed_by=then.signed_by,
        between=(gone,),
    )

    verdict = world.judge(ApplyTrust(trust=offered, root=Digest("ab" * 32), targets=Digest("cd" * 32)))

    assert details(verdict, "ROSTER-CHANGE") == ["1 of 2 people with role approver signed it"]


def test_of_what_may_stand_in_a_licence_all_is_told():
    world = World()
    world.rule["sbom"]["licences"] = {"allow": ["MIT"]}
    component = world.build.evidence["sbom.cdx.json"].document["components"][0]
    component["licenses"] = [{"license": {"id": "Zlib"}}, {"license": {"id": "0BSD"}}]

    (said,) = details(world.admit().judge(world.countersigning("alice")), "EVIDENCE-LICENCE")

    assert said.endswith(" is under Zlib, 0BSD")
