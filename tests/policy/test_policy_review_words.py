"""Too few reviewers: how many there were, who, and of which revision."""

from __future__ import annotations

import pytest
from core.world import details
from policy.policy_world import REVISION, built_from_a_revision, policy_world, review, verdict_at


@pytest.mark.parametrize(
    ("reviewers", "who"),
    [((), "0 people"), (("2001",), "1 people (rita)"), (("2001", "2002"), "2 people (rita, ruth)")],
)
def test_too_few_reviewers_are_counted_and_named(reviewers: tuple[str, ...], who: str) -> None:
    reviewed = review(*reviewers) if reviewers else lambda _: None
    wanted = {"required": True, "atLeast": 3, "services": ["forge-1"]}
    world = policy_world(built_from_a_revision, reviewed, reviews=wanted)

    found = details(verdict_at("countersign", world), "EVIDENCE-REVIEWS")

    assert found == [f"{who} reviewed revision {REVISION} and had no hand in it, 3 are wanted"]
