"""Killed, without power, and with a disk that fails at any call: no acknowledged entry is lost in silence.

The counts are small here; `make journal-harness` tries all of them.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from journal import io_shim
from journal.harness_counts import count
from journal.harness_faults import WAYS

WHOLE = {"whole"}
HARMLESS = Counter(["struck F now", "struck U now/journal.db-wal"])
"""What SQLite does and does not look at: the directory was synced before, and the log is empty already."""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Build the library that watches and fails calls, once."""
    return io_shim.built(tmp_path_factory.mktemp("shim"))


def sums(module, *words, **options):
    return json.loads(io_shim.run(f"journal.{module}", *words, **options))


def test_killed_at_any_moment_no_acknowledged_entry_is_lost():
    kills = count(60, 10_000)

    found = sums("harness_kill", kills, 7)

    assert found["kills"] == kills
    assert found["lost"] == 0
    assert found["findings"] == []
    # Every kind of moment was met: between two entries, within one, and while opening.
    assert found["acknowledged"] > kills
    assert found["killed while opening"] > 0


@pytest.fixture
def outcomes_without_power(library):
    """Give a way to record a workload under some settings and to cut its power many times."""

    def outcomes(mode, sync, states):
        with io_shim.quick_directory() as scratch, io_shim.quick_directory() as beside:
            record, leaves = Path(beside) / "record", Path(beside) / "leaves.json"
            said = io_shim.run(
                "journal.harness_workload",
                scratch,
                mode,
                sync,
                library=library,
                directory=scratch,
                record=record,
            )
            leaves.write_text(said)
            found = sums("harness_power_loss", record, states, 1, mode, sync)
        assert sum(one["count"] for one in found.values()) == states
        return found

    return outcomes


def test_without_power_every_acknowledged_entry_is_there(outcomes_without_power):
    found = outcomes_without_power("wal", "extra", count(600, 12_000))

    assert set(found) == WHOLE, found


@pytest.mark.parametrize(("mode", "sync"), [("wal", "normal"), ("delete", "full")])
def test_the_same_harness_finds_what_weaker_settings_lose(outcomes_without_power, mode, sync):
    found = outcomes_without_power(mode, sync, count(120, 2_000))

    lost = sum(one["count"] for what, one in found.items() if what not in WHOLE)
    assert lost > sum(one["count"] for one in found.values()) // 20
    # Even so nothing is lost in silence: the leaf log remembers.
    assert "lost" not in found


def test_a_rollback_journal_with_the_strongest_setting_would_lose_nothing_either(outcomes_without_power):
    assert set(outcomes_without_power("delete", "extra", count(60, 1_000))) == WHOLE


def test_a_call_that_fails_in_any_way_loses_nothing_and_is_told(library):
    def failed(first, step):
        with io_shim.quick_directory() as scratch:
            words = (count(40, 1), first, step)
            return sums("harness_faults", *words, library=library, directory=scratch)["ways"]

    ways = {way: found for share in io_shim.shared_out(failed) for way, found in share.items()}

    assert len(ways) == len(WAYS)
    for way, sums_of_way in ways.items():
        assert sums_of_way["tried"] == sums_of_way.get("whole"), (way, sums_of_way)
        # A short write is done again by the database; all else is told to whoever asked, but for these.
        assert way.startswith("S") or Counter(sums_of_way["untold"]) <= HARMLESS, (way, sums_of_way)
    assert sum(each["tried"] for each in ways.values()) > count(80, 3_000)


@pytest.mark.parametrize(("state", "allowed"), [("closed", {"told"}), ("open", {"told", "healed"})])
def test_every_turned_bit_of_a_journal_is_told_or_healed(state, allowed):
    # A closed journal has one truth; one that was left open may have begun what nobody was told of.
    stride = count(1801, 1)

    shares = io_shim.shared_out(
        lambda first, step: sums("harness_bits", state, stride * step, stride * first)
    )

    for found in shares:
        assert {what for counted in found.values() for what in counted} <= allowed, found
        assert len(found) == (2 if state == "closed" else 3)


def test_two_writers_never_have_one_journal(tmp_path):
    held = json.loads(io_shim.run("journal.harness_two_writers", tmp_path, count(4, 16)))

    assert held["most at once"] == 1
    assert held["findings"] == []
    assert held["entries"] == held["acknowledged"] + 1
    assert held["turned away"] > 0
