"""Struck at any point of a countersign: no signature without its prior entry, no end that is not told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from journal import io_shim
from journal.harness_counts import count
from shell import striker
from shell.journey import Journey


def reckoning(journey: Journey, way: str, points: int, library: Path | None = None) -> dict[str, Any]:
    """Strike at so many points, spread over the machine's processors."""
    asked = {
        "home": str(journey.admitted.home),
        "cards": str(journey.admitted.cards),
        "request": journey.request,
        "pin": journey.world.pins["alice"],
        "way": way,
        "points": points,
        "library": None if library is None else str(library),
    }

    def struck(first: int, step: int) -> str:
        return str(
            io_shim.run("shell.harness_countersign", json.dumps(asked | {"first": first, "step": step}))
        )

    sums: dict[str, Any] = {"wrong": [], "struck": Counter[str]()}
    for found in map(json.loads, io_shim.shared_out(struck)):
        sums["wrong"] += found.pop("wrong")
        sums["struck"].update(found.pop("struck"))
        sums["moments"] = found.pop("moments")
        for what, times in found.items():
            sums[what] = sums.get(what, 0) + times
    return sums


def test_struck_at_any_line_of_a_countersign_nothing_happened_that_the_journal_does_not_say(
    journey: Journey,
) -> None:
    points = count(8, 1_000)

    found = reckoning(journey, "lines", points)

    assert found["wrong"] == []
    assert found["points"] == points
    # Both sides of the signature were met, and ends that nobody knows.
    assert 0 < found["asked the card"] < points
    assert found["unknown after a crash"] > 0


def test_struck_at_any_system_call_of_a_countersign_nothing_happened_that_the_journal_does_not_say(
    journey: Journey, tmp_path: Path
) -> None:
    points = count(8, 1_000)

    found = reckoning(journey, "calls", points, striker.built(tmp_path))

    assert found["wrong"] == []
    assert found["points"] == points
    assert 0 < found["asked the card"] < points
    assert found["unknown after a crash"] > 0
    assert found["struck"].keys() <= {"desk", "writer", "worker"}
