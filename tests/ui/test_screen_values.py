"""The values behind the pages: rows, risk order, inert words, colours. No window."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_desk import mark, member, sample_diff
from ui_laws import changes as any_change

from ui.diff_rows import DiffRows
from ui.fonts import typefaces
from ui.risk import REFUSE, acknowledgement, in_risk_order, risk_of, to_acknowledge
from ui.shown import grouped, paragraphs, person_text, prose, row_text, size_shown, time_shown, value_text
from ui.stylesheet import stylesheet
from ui.theme import THEMES, Theme, ThemeName, Tone
from ui.wording import HINTS, ended_words, pin_usable, pin_words, stage_words, tries_words, waiting_words
from workstation.core.release_diff import ChangeKind, FileChange, Finding, ReleaseDiff, RowKind, TextRow
from workstation.desk.face import (
    AskCountersign,
    AskDecline,
    AskQueue,
    AskRelease,
    AskReview,
    AskStation,
    AskTokens,
    Question,
    Stage,
)

SAFE = set("‹›→·") | {chr(code) for code in range(0x20, 0x7F)}


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
        marks = {RowKind.ADDED: "+", RowKind.REMOVED: "−", RowKind.CONTEXT: "", RowKind.SKIPPED: "⋯"}

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


@given(st.text())
def test_no_text_reaches_the_screen_with_controls_or_bidi_marks(text: str) -> None:
    shown = value_text(text) + row_text(text) + prose(text) + person_text(text) + paragraphs(text)

    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    assert not set(shown) & {"\u200e", "\u200f", "\u202e", "\u2066", "\u2069", "\u200b", "\u0301"}


@given(st.text(), st.text())
def test_two_paths_that_differ_are_shown_differently(one: str, other: str) -> None:
    assert (value_text(one) == value_text(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë Łukasz", "Zoë Łukasz"),
        ("bob\u202e", "bob‹U+202E›"),
        ("a\u200bb", "a‹U+200B›b"),
        ("<b>Eve</b>", "<b>Eve</b>"),
        ("\u05d0", "‹U+05D0›"),
    ],
)
def test_names_of_people_keep_their_letters_and_nothing_else(name: str, shown: str) -> None:
    assert person_text(name) == shown


def test_digests_times_and_sizes_are_written_for_the_eye() -> None:
    assert grouped("0123456789abcdef", per_line=2) == "0123 4567\n89ab cdef"
    assert time_shown("2026-11-20T09:00:00Z") == "2026-11-20 09:00 UTC"
    assert time_shown("soon\x1b") == "soon‹U+001B›"
    assert size_shown(1) == "1 byte"
    assert size_shown(1234567) == "1\u2009234\u2009567 bytes"


def test_a_member_that_lost_its_bits_shows_before_and_after() -> None:
    old = member("bin/run", "same", mode=0o644)
    change = FileChange(kind=ChangeKind.CHANGED, old=old, new=replace(old, mode=0o4755))

    rows = DiffRows(change, 80)

    assert [(rows.row(place).mark, rows.row(place).text) for place in range(2)] == [
        ("−", "mode   0644"),
        ("+", "mode   4755"),
    ]
    assert "compared by digest" in rows.row(2).text


def test_a_new_member_shows_what_it_is() -> None:
    change = FileChange(kind=ChangeKind.ADDED, new=member("a\u202eb", "x"), rows=())

    text = "\n".join(DiffRows(change, 200).row(place).text for place in range(5))

    assert "path   a‹U+202E›b" in text
    assert f"sha256 {mark('x')}" in text


def test_lines_left_out_are_said_to_be_left_out() -> None:
    change = FileChange(kind=ChangeKind.ADDED, new=member("a", "x"), rows=(TextRow(kind=RowKind.SKIPPED),))
    rows = DiffRows(change, 80)

    assert rows.row(len(rows) - 1).text == "unchanged lines left out"


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_text_stands_out_from_what_it_stands_on(theme: Theme) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1; 7 to 1 in the high contrast theme (1.4.6)."""
    least = 7.0 if theme.name is ThemeName.CONTRAST else 4.5
    pairs = [
        (theme.text, ground)
        for ground in (theme.window, theme.base, theme.raised, theme.added, theme.removed)
    ]
    pairs += [(theme.secondary, ground) for ground in (theme.window, theme.base, theme.raised)]
    pairs += [(theme.on_accent, theme.accent), (theme.on_refused, theme.refused)]
    pairs += [(theme.tone(tone).name(), theme.base) for tone in Tone]

    weak = [pair for pair in pairs if contrast(*pair) < least]

    assert weak == []


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_stylesheet_has_no_gap_left(theme: Theme) -> None:
    assert "$" not in stylesheet(theme, 150)


def test_digests_are_set_in_fixed_pitch(application: object) -> None:
    assert typefaces().fixed == "DejaVu Sans Mono"


REQUEST = sample_diff().digest()
QUESTIONS: tuple[Question, ...] = (
    AskStation(),
    AskQueue(),
    AskReview(request=REQUEST),  # type: ignore[arg-type]
    AskTokens(),
    AskCountersign(request=REQUEST, review=REQUEST, token="pkcs11:"),  # type: ignore[arg-type]
    AskDecline(request=REQUEST, review=REQUEST, token="pkcs11:", reason="x"),  # type: ignore[arg-type]
    AskRelease(request=REQUEST),  # type: ignore[arg-type]
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_every_question_has_words_while_it_waits_and_when_it_is_cut_off(question: Question) -> None:
    assert waiting_words(question)
    assert "Nothing was signed" in ended_words(question)


def test_every_page_and_state_has_words() -> None:
    from sample_desk import sample_item  # noqa: PLC0415 (kept beside its one use)

    stages = {stage_words(replace(sample_item(), stage=stage)) for stage in Stage}
    states = {pin_words(state) for state in ("ok", "low", "final", "locked", "uninitialised", "else")}

    assert len(stages) == len(Stage)
    assert len(states) == 6
    assert [state for state in ("ok", "low", "final", "locked", "uninitialised") if pin_usable(state)] == [
        "ok",
        "low",
        "final",
    ]
    assert {"home", "review", "sign", "decline", "refusal", "done"} <= set(HINTS)


@pytest.mark.parametrize(
    ("left", "words"), [(None, ""), (0, "locked"), (1, "1 try is left"), (2, "2 tries are left")]
)
def test_the_tries_of_a_pin_are_told_in_words(left: int | None, words: str) -> None:
    assert words in tries_words(left)
