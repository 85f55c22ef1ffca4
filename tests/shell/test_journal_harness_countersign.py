"""Struck at any point of a countersign: no signature without its prior entry, no end that is not told."""

from __future__ import annotations

import json

from journal import io_shim
from journal.harness_counts import count
from shell.journey import Journey


def test_struck_at_any_point_of_a_countersign_nothing_happened_that_the_journal_does_not_say(
    journey: Journey,
) -> None:
    points = count(12, 1_000)

    found = json.loads(
        io_shim.run(
            "shell.harness_countersign",
            journey.admitted.home,
            journey.admitted.cards,
            journey.request,
            journey.world.pins["alice"],
            points,
        )
    )

    assert found["wrong"] == []
    assert found["points"] == points
    # Both sides of the signature were met, and ends that nobody knows.
    assert 0 < found["asked the card"] < points
    assert found["unknown after a crash"] > 0
