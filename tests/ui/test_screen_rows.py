"""The rows of the diff table and the order of the files. No window."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from sample_release import mark, member, sample_diff
from ui_laws import changes as any_change

from ui.diff_rows import DiffRows
from ui.risk import acknowledgement, in_risk_order, risk_of, to_acknowledge
from ui.shown import row_text
from workstation.core.release_diff import (
    REFUSE,
    ChangeKind,
    FileChange,
    Finding,
    ReleaseDiff,
    RowKind,
    TextRow,
)

SAFE = set("\u2039\u203a→·") | {chr(code) for code in range(0x20, 0x7F)}


@given(any_change(), st.integers(1, 200))
def test_wrapping_loses_no_character(change: FileChange, columns: int) -> None:
    rows = DiffRows(change, columns)

    shown = [rows.row(place) for place in range(len(rows))]
    joined = "".join(row.text for row in shown)

    assert joined.endswith("".join(row_text(row.text) for row in change.rows if row.text))
    assert all(len(row.text) <= max(20, columns) for row in shown)


@given(any_change(), st.integers(1, 200))
def test_every_row_shown_is_inert(change: FileChange, columns: int) -> None:
    rows = DiffRows(change, columns)

    shown = "".join(rows.row(place).text for place in range(len(rows)))

    assert set(shown) <= SAFE


@given(any_change(), st.integers(1, 200))
def test_a_changed_row_always_has_its_mark(change: FileChange, columns: int) -> None:
    rows = DiffRows(change, columns)

    for place in range(len(rows)):
        row = rows.row(place)
        marks = {RowKind.ADDED: "+", RowKind.REMOVED: "\u2212", RowKind.CONTEXT: "", RowKind.SKIPPED: "⋯"}

        assert row.mark == ("↪" if row.continued else marks[row.kind])


@given(any_change(), st.integers(1, 200), st.integers(1, 200))
def test_a_line_is_found_again_after_wrapping_anew(change: FileChange, before: int, after: int) -> None:
    old, new = DiffRows(change, before), DiffRows(change, after)

    for place in range(len(old)):
        line = old.line_at(place)

        assert new.line_at(new.place_of(line)) == line


@given(st.lists(st.integers(0, 100), max_size=12), st.integers(0, 4))
def test_the_riskiest_comes_first_and_nothing_is_left_out(ranks: list[int], earlier: int) -> None:
    paths = [f"a/{number}" for number in range(len(ranks))]
    diff = ReleaseDiff(
        changes=tuple(FileChange(kind=ChangeKind.ADDED, new=member(path, path)) for path in paths),
        findings=tuple(
            Finding(rule="X", rank=rank, path=path, sentence="x")
            for path, rank in zip(paths, ranks, strict=True)
        ),
    )

    order = in_risk_order(diff, earlier=earlier)

    assert sorted(one.change.path for one in order) == sorted(paths)
    assert all(before.rank >= after.rank for before, after in pairwise(order))


def test_a_later_reviewer_starts_elsewhere_within_a_class() -> None:
    diff = replace(sample_diff(), findings=())

    first, second = in_risk_order(diff), in_risk_order(diff, earlier=1)

    assert first[0] != second[0]
    assert set(first) == set(second)


def test_a_finding_inside_an_archive_counts_for_the_archive() -> None:
    diff = ReleaseDiff(
        changes=(FileChange(kind=ChangeKind.ADDED, new=member("a.tar", "a")),),
        findings=(Finding(rule="X", rank=90, path="a.tar!/b/c", sentence="x"),),
    )

    assert in_risk_order(diff)[0].rank == 90


def test_findings_from_eighty_on_are_acknowledged_by_rule_and_path() -> None:
    found = to_acknowledge(sample_diff())

    assert [acknowledgement(one) for one in found] == [
        "RUNS-BY-ITSELF urllib3-2.2.2.tar.gz!/urllib3-2.2.2/hooks/post-install.sh"
    ]


def test_classes_of_risk_differ_in_mark_and_word() -> None:
    classes = [risk_of(rank) for rank in (REFUSE, 85, 50, 3)]

    assert len({one.mark for one in classes}) == 4
    assert len({one.word for one in classes}) == 4


def test_a_member_that_lost_its_bits_shows_before_and_after() -> None:
    old = member("bin/run", "same", mode=0o644)
    change = FileChange(kind=ChangeKind.CHANGED, old=old, new=replace(old, mode=0o4755))

    rows = DiffRows(change, 80)

    assert [(rows.row(place).mark, rows.row(place).text) for place in range(2)] == [
        ("\u2212", "mode   0644"),
        ("+", "mode   4755"),
    ]
    assert "compared by digest" in rows.row(2).text


def test_a_new_member_shows_what_it_is() -> None:
    change = FileChange(kind=ChangeKind.ADDED, new=member("a\u202eb", "x"), rows=())

    text = "\n".join(DiffRows(change, 200).row(place).text for place in range(5))

    assert "path   a\u2039U+202E\u203ab" in text
    assert f"sha256 {mark('x')}" in text


def test_lines_left_out_are_said_to_be_left_out() -> None:
    change = FileChange(kind=ChangeKind.ADDED, new=member("a", "x"), rows=(TextRow(kind=RowKind.SKIPPED),))
    rows = DiffRows(change, 80)

    assert rows.row(len(rows) - 1).text == "unchanged lines left out"
