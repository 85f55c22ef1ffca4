"""Nobody gets around: every technique meets its own refusal at every door, and nobody else is refused."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from bypass.attempts import Door, Technique, codes_of
from bypass.stage import Stage
from bypass.techniques import NOT_SOLVABLE, TECHNIQUES

from workstation.core.wording import RULES

TRIED = [(technique, door) for technique in TECHNIQUES for door in technique.refused]
WITH_A_BYSTANDER = [one for one in TECHNIQUES if one.bystander]
PAGE = (Path(__file__).parents[2] / "docs" / "assurance.md").read_text("utf-8")


@pytest.mark.parametrize(("technique", "door"), TRIED, ids=[f"{one}, {door}" for one, door in TRIED])
def test_a_technique_meets_its_refusal_and_no_other(technique: Technique, door: Door) -> None:
    found = codes_of(technique.build(Stage()).doors[door])

    assert found == technique.refused[door]


@pytest.mark.parametrize("technique", WITH_A_BYSTANDER, ids=str)
def test_who_had_nothing_to_do_with_a_technique_may_still_sign(technique: Technique) -> None:
    bystander = technique.build(Stage()).bystander

    assert bystander is not None
    assert codes_of(bystander) == frozenset()


def test_a_technique_is_asked_at_the_doors_it_names() -> None:
    for technique in TECHNIQUES:
        assert technique.build(Stage()).doors.keys() == technique.refused.keys(), technique


def test_nothing_is_expected_but_rules_and_kinds_of_error() -> None:
    expected = {code for technique in TECHNIQUES for found in technique.refused.values() for code in found}

    assert expected <= {*RULES, "Malformed", "Untrusted"}
    assert all(found for technique in TECHNIQUES for found in technique.refused.values())


def test_every_row_of_the_table_is_tried_but_the_one_that_cannot_be_met() -> None:
    rows = Counter(technique.row for technique in TECHNIQUES)

    assert rows.keys() == set(range(1, 23)) - NOT_SOLVABLE
    assert min(rows.values()) >= 4


def test_the_assurance_page_counts_the_techniques_of_each_row() -> None:
    rows = Counter(technique.row for technique in TECHNIQUES)
    told = re.findall(r"^\| (\d+) \|.*\| (\d+) \+ \d+ \|$", PAGE, re.MULTILINE)

    assert {int(row): int(count) for row, count in told} == {row: rows[row] for row in range(1, 23)}


def test_a_card_lent_with_its_pin_is_said_to_be_out_of_reach() -> None:
    (row,) = re.findall(r"^\| 19 \|.*$", PAGE, re.MULTILINE)
    limits = PAGE.split("## Limits", 1)[1]

    assert "lent with its PIN" in row
    assert "never solved by cryptography" in row
    assert re.search(r"a card lent with its PIN[^.]*: out of reach", limits)


def test_a_card_lent_with_its_pin_does_work_so_nobody_may_say_otherwise() -> None:
    stage = Stage()
    stage.admit()

    in_somebody_elses_hand = codes_of(lambda: stage.judge(stage.countersigning("erin")))

    assert in_somebody_elses_hand == frozenset()
