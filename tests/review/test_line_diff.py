"""The line diff: it may show too much, never hide."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from workstation.core.line_diff import Block, checked, equal_blocks
from workstation.core.release_diff import RowKind, TextRow
from workstation.core.shortest_edit import common_pairs
from workstation.review.rows import added_lines, lines_of, rows_of

lines = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"x = 1", b"}"]), max_size=40)


def edited(old: list[bytes], seed: int) -> list[bytes]:
    chance = random.Random(seed)
    new = list(old)
    for _ in range(chance.randrange(8)):
        place = chance.randrange(len(new) + 1)
        new[place : place + chance.randrange(3)] = [b"%d" % chance.randrange(5)] * chance.randrange(3)
    return new


def applied(old: list[bytes], new: list[bytes]) -> list[bytes]:
    """Rebuild `new` from `old`, its equal blocks and the added lines alone."""
    kept = {
        block.new + at: old[block.old + at] for block in equal_blocks(old, new) for at in range(block.length)
    }
    kept |= {number - 1: line for number, line in added_lines(old, new)}
    return [kept[place] for place in range(len(new))]


@given(lines, lines)
def test_the_diff_applied_to_the_old_text_gives_the_new_one(old: list[bytes], new: list[bytes]) -> None:
    rebuilt = applied(old, new)

    assert rebuilt == new


@given(st.lists(st.binary(max_size=3), max_size=60), st.integers())
def test_the_diff_of_an_edited_text_applies_too(old: list[bytes], seed: int) -> None:
    new = edited(old, seed)

    assert applied(old, new) == new


@given(lines)
def test_two_equal_texts_have_no_change(text: list[bytes]) -> None:
    rows = [row for row in rows_of(text, list(text)) if row.kind in (RowKind.ADDED, RowKind.REMOVED)]

    assert rows == []


@given(lines, lines)
def test_blocks_increase_and_are_equal_on_both_sides(old: list[bytes], new: list[bytes]) -> None:
    blocks = equal_blocks(old, new)

    assert checked(old, new, blocks) == blocks


@given(lines, lines)
def test_rows_account_for_every_line_of_both_texts(old: list[bytes], new: list[bytes]) -> None:
    rows = list(rows_of(old, new))

    left_out = sum(int(row.text.split()[0]) for row in rows if row.kind is RowKind.SKIPPED)
    shown = sum(row.kind is RowKind.CONTEXT for row in rows)
    assert sum(row.kind is RowKind.REMOVED for row in rows) + shown + left_out == len(old)
    assert sum(row.kind is RowKind.ADDED for row in rows) + shown + left_out == len(new)


@given(lines, lines)
def test_a_changed_row_shows_the_line_it_numbers(old: list[bytes], new: list[bytes]) -> None:
    rows = list(rows_of(old, new))

    for row in rows:
        assert row.old is None or row.text == old[row.old - 1].decode()
        assert row.new is None or row.text == new[row.new - 1].decode()


def test_a_block_that_lies_is_shown_as_changed() -> None:
    lying = [
        Block(old=0, new=0, length=2),  # the second line differs
        Block(old=2, new=2, length=1),
        Block(old=1, new=3, length=1),  # goes back
        Block(old=3, new=3, length=9),  # reaches past the end
        Block(old=3, new=3, length=0),
    ]

    held = checked([b"a", b"b", b"c", b"d"], [b"a", b"x", b"c", b"d"], lying)

    assert held == (Block(old=2, new=2, length=1),)


def test_a_small_change_is_shown_small() -> None:
    old = b"import os\n\ndef run():\n    return 1\n"
    new = b"import os\n\ndef run():\n    return 2\n"

    rows = list(rows_of(lines_of(old), lines_of(new)))

    assert rows[3:5] == [
        TextRow(kind=RowKind.REMOVED, old=4, text="    return 1", marks=((11, 12),)),
        TextRow(kind=RowKind.ADDED, new=4, text="    return 2", marks=((11, 12),)),
    ]


def test_far_unchanged_lines_are_left_out_and_counted() -> None:
    old = [b"%d" % number for number in range(100)]
    new = [*old[:50], b"new", *old[50:]]

    rows = list(rows_of(old, new))

    assert [row.text for row in rows if row.kind is RowKind.SKIPPED] == ["47 unchanged lines"] * 2
    assert [row.text for row in rows if row.kind is RowKind.ADDED] == ["new"]


def test_a_newline_lost_at_the_end_is_a_change() -> None:
    rows = [row for row in rows_of(lines_of(b"a\n"), lines_of(b"a")) if row.kind is RowKind.REMOVED]

    assert rows == [TextRow(kind=RowKind.REMOVED, old=2, text="")]


def test_a_hostile_text_is_compared_in_bounded_time() -> None:
    chance = random.Random(7)
    old = [b"%d" % chance.randrange(3) for _ in range(20_000)]
    new = [b"%d" % chance.randrange(3) for _ in range(20_000)]

    began = time.monotonic()
    blocks = equal_blocks(old, new)

    assert time.monotonic() - began < 10
    assert checked(old, new, blocks) == blocks


def test_changes_among_repeated_lines_are_found_by_runs() -> None:
    chance = random.Random(3)
    old = [b"%d" % chance.randrange(3) for _ in range(3000)]
    new = [*old[:1500], b"here", *old[1500:]]

    added = added_lines(old, new)

    assert added == [(1501, b"here")]


def test_an_edit_script_past_its_bound_is_not_guessed() -> None:
    found = common_pairs([1, 2, 3], [4, 2, 5], at_most=2)

    assert found == []


def test_an_edit_script_within_its_bound_is_the_shortest() -> None:
    found = common_pairs([1, 2, 3, 1, 2, 2, 1], [3, 2, 1, 2, 1, 3], at_most=20)  # Myers' own example

    assert len(found) == 4
