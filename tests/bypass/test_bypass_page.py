"""docs/bypass.md counts what there is: its tables and figures are made from the techniques and cases."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path

import pytest
from bypass.attempts import Door, Technique
from bypass.legitimate import KINDS, cases, pairs_that_go_together
from bypass.techniques import NOT_SOLVABLE, TECHNIQUES
from bypass.test_bypass_station import STAGED
from keys.key_forms import FORMS

LINES = (Path(__file__).parents[2] / "docs" / "bypass.md").read_text("utf-8")
PAGE = " ".join(LINES.split())
TOLD = [line for line in LINES.splitlines() if line.startswith("| ")]
READ_FROM = re.compile(r"(?P<kind>[\w-]+) read from (?P<form>.+)")


def row_of(number: int) -> list[str]:
    """Return what the page has to say of a row: all, at each door, and at a real workstation."""
    tried = [technique for technique in TECHNIQUES if technique.row == number]
    at_doors = [sum(door in technique.refused for technique in tried) for door in Door]
    staged = sum(one.row == number for one in STAGED)
    return [str(count) for count in (len(tried), *at_doors, staged)]


def row_told(number: int) -> list[str]:
    (line,) = (line for line in TOLD if line.startswith(f"| {number} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][2:]


@pytest.mark.parametrize("number", range(1, 23))
def test_the_page_counts_the_techniques_of_a_row_at_every_door(number: int) -> None:
    assert row_told(number) == row_of(number)


def test_the_page_names_the_doors_in_their_order() -> None:
    (head,) = (line for line in TOLD if line.startswith("| # |"))

    assert [cell.strip() for cell in head.strip("|").split("|")][3:] == [*Door, "workstation"]


def test_the_page_counts_each_encoding_a_key_is_read_from() -> None:
    found = [match for one in TECHNIQUES if one.row == 2 and (match := READ_FROM.fullmatch(one.name))]
    kinds = {match["kind"] for match in found}
    per_form = Counter(match["form"] for match in found)

    assert per_form == dict.fromkeys(FORMS, len(kinds))
    assert f"{len(FORMS)} encodings, each for {len(kinds)} kinds of key" in PAGE
    assert all(f"`{form}`" in PAGE for form in FORMS)


def test_the_page_counts_the_odd_encodings_that_are_refused() -> None:
    def odd(technique: Technique) -> bool:
        return technique.row == 2 and technique.name.startswith(("roster: ", "key file: "))

    assert f"{sum(map(odd, TECHNIQUES))} odd encodings" in PAGE


def test_the_page_says_how_much_there_is_in_all() -> None:
    asked = sum(len(technique.refused) for technique in TECHNIQUES)
    bystanders = sum(technique.bystander for technique in TECHNIQUES)

    assert len(TECHNIQUES) >= 60
    assert f"**{len(TECHNIQUES)} techniques**, asked {asked} times" in PAGE
    assert f"In {bystanders} of them" in PAGE
    assert f"**{len(STAGED)} at a real workstation**" in PAGE
    assert {int(line.split("|")[1]) for line in TOLD if line[2].isdigit()} == set(range(1, 23))
    assert {19} == NOT_SOLVABLE


def test_the_page_counts_the_legitimate_cases_and_what_they_are_made_of() -> None:
    every = tuple(cases())
    options = math.prod(map(len, KINDS.values()))

    assert len(every) >= 300
    assert f"**{len(every)} legitimate cases**" in PAGE
    assert f"{options:,} that could be made" in PAGE
    assert f"{len(pairs_that_go_together()):,} pairs" in PAGE
    for kind, named in KINDS.items():
        (line,) = (line for line in TOLD if line.startswith(f"| {kind} |"))
        assert line == f"| {kind} | {len(named)} | {', '.join(named)} |"
