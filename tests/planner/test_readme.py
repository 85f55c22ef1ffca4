"""The README's commands are ones the program takes, and the documents of the house hang together."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from workstation.console.arguments import parser
from workstation.console.grammar import STATUSES

HOUSE = Path(__file__).parents[2]
README = (HOUSE / "README.md").read_text("utf-8")
COMMANDS = [line.strip() for line in README.splitlines() if line.startswith("    countersign ")]
PAGES = sorted(
    path.relative_to(HOUSE).as_posix()
    for folder in (".", "docs", "docs/decisions", "image")
    for path in (HOUSE / folder).glob("*.md")
)
DECISIONS = sorted((HOUSE / "docs/decisions").glob("[0-9]*.md"))


def leaves(of, words=()):
    """Yield every command of the grammar, as words."""
    below = [action for action in of._actions if isinstance(action, argparse._SubParsersAction)]
    for name, inner in [pair for action in below for pair in action.choices.items()]:
        yield from leaves(inner, (*words, name))
    if not below:
        yield " ".join(words)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_in_the_readme_is_taken_as_it_stands(line):
    found = parser().parse_args(shlex.split(line)[1:])

    assert callable(found.run)


def test_every_command_there_is_stands_in_the_readme():
    shown = {" ".join(words) for line in COMMANDS for words in _beginnings(shlex.split(line)[1:])}

    assert {leaf for leaf in leaves(parser()) if leaf not in shown} == set()


def test_every_command_says_what_it_does(capsys):
    for leaf in leaves(parser()):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([*leaf.split(), "--help"])

        assert ended.value.code == 0
        said = capsys.readouterr().out.split("\n\n")[1]
        assert said.strip().endswith("."), leaf


def test_the_exit_statuses_of_the_readme_are_those_help_tells():
    in_readme = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)

    assert in_readme == re.findall(r"\d+", STATUSES)


@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://)([^)#]+)", (HOUSE / page).read_text("utf-8"))

    assert [link for link in links if not ((HOUSE / page).parent / link).exists()] == []


@pytest.mark.parametrize("picture", ["review", "refusal"])
def test_a_picture_of_the_desk_is_a_picture(picture):
    assert (HOUSE / f"tests/ui/pictures/{picture}-light.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_numbered_decision_says_what_was_chosen_why_and_what_it_costs(page):
    text = page.read_text("utf-8")

    assert all(part in text for part in ("**Chosen.**", "**Why", "**Costs.**"))
    assert f"]({page.name})" in (HOUSE / "docs/decisions/README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 40


def _beginnings(words):
    return (words[:count] for count in range(1, len(words) + 1))
