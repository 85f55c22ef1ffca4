"""The assurance page leaves out no rule and no way around, and names no test that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workstation.core.wording import RULES

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "assurance.md").read_text("utf-8")
RULE_ROWS, WAYS_AROUND = (part.split("\n## ")[0] for part in PAGE.split("\n## ")[1:3])


def rows(table):
    """Return the cells of each row below the heading."""
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_rule_has_a_row_and_every_row_has_a_rule():
    listed = [rule for row in rows(RULE_ROWS) for rule in row[1].split(", ")]

    assert sorted(listed) == sorted(RULES)


def test_every_way_around_has_a_row_that_says_what_is_left():
    assert [row[0] for row in rows(WAYS_AROUND)] == [str(number) for number in range(1, 23)]
    assert all(row[4] for row in rows(WAYS_AROUND))


@pytest.mark.parametrize("row", rows(RULE_ROWS), ids=lambda row: row[1])
def test_every_claim_names_a_test(row):
    assert "`test_" in row[2]


def test_every_test_and_folder_that_is_named_is_there():
    sources = "".join(path.read_text("utf-8") for path in (HOUSE / "tests").rglob("test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", sources, re.MULTILINE))

    assert set(re.findall(r"`(test_\w+)`", PAGE)) <= there
    assert all((HOUSE / folder).is_dir() for folder in re.findall(r"tests/[a-z]+", PAGE))
