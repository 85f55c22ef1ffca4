"""A signed statement is laid out whole: every value of it can be read, and none of it is markup."""

from __future__ import annotations

from ui.decoded import decoded


def test_every_value_of_a_statement_has_a_line_of_its_own() -> None:
    shown = decoded(
        '{"decision":"approve","builders":[{"person":"p-bob","because":["signed x"]}],"roles":[]}'
    )

    assert shown.split("\n") == [
        "decision: approve",
        "builders:",
        "  -",
        "    person: p-bob",
        "    because:",
        "      - signed x",
        "roles: (none)",
    ]


def test_a_hostile_value_is_spelled_and_an_empty_one_is_seen() -> None:
    shown = decoded('{"comment":"\\u202egood","other":"","n":1,"b":true,"z":null}')

    assert shown.split("\n") == [
        "comment: \u2039U+202E\u203agood",
        "other: (empty)",
        "n: 1",
        "b: true",
        "z: (nothing)",
    ]


def test_a_text_that_is_no_statement_is_shown_as_it_is() -> None:
    assert decoded("not json <b>") == "not json <b>"
