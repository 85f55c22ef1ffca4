"""Word marks: what changed within a line, and never a word too few."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workstation.core.inert_text import inert_bytes
from workstation.core.release_diff import RowKind
from workstation.core.word_diff import outside, word_marks
from workstation.review.rows import lines_of, rows_of

words = st.sampled_from(
    [b"alpha", b"beta", b" ", b"  ", b"(", b")", b"\t", "\u202e".encode(), b"\xff", b"1.0"]
)
lines = st.lists(words, max_size=12).map(b"".join)


def marked(line: bytes, marks: tuple[tuple[int, int], ...]) -> list[str]:
    return [inert_bytes(line)[start:stop] for start, stop in marks]


def test_the_words_that_changed_are_marked_on_both_sides() -> None:
    old, new = b"def run(count, limit=10):", b"def run(count, limit=99, force=False):"

    left, right = word_marks(old, new)

    assert marked(old, left) == ["10"]
    assert marked(new, right) == ["99, force=False"] or marked(new, right) == ["99", ", force=False"]


def test_a_character_that_would_not_be_seen_is_marked_as_it_is_spelled() -> None:
    old, new = b"access = allowed", "access = allowed\u200b".encode()

    _, right = word_marks(old, new)

    assert marked(new, right) == ["\u2039U+200B\u203a"]


def test_lines_with_nothing_in_common_are_not_marked() -> None:
    assert word_marks(b"import os", b"return 1, 2, 3") == ((), ())


@given(lines, lines)
def test_what_no_mark_covers_is_the_same_on_both_sides(old: bytes, new: bytes) -> None:
    left, right = word_marks(old, new)

    kept = outside(inert_bytes(old), left), outside(inert_bytes(new), right)
    assert kept[0] == kept[1] or left == right == ()


@given(lines)
def test_equal_lines_have_no_marks(line: bytes) -> None:
    assert word_marks(line, line) == ((), ())


def test_rows_carry_the_marks_of_lines_that_took_the_place_of_others() -> None:
    rows = list(rows_of(lines_of(b"a = 1\nkeep = 2\n"), lines_of(b"a = 2\nkeep = 2\n")))

    changed = [(row.kind, row.text, row.marks) for row in rows if row.kind is not RowKind.CONTEXT]
    assert changed == [(RowKind.REMOVED, "a = 1", ((4, 5),)), (RowKind.ADDED, "a = 2", ((4, 5),))]
