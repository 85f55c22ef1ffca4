"""What must be impossible at the screen; the same at the gate is in tests/core and tests/shell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from gallery import GALLERY
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from sample_answers import blocked_review, sample_review
from sample_desk import DeskThread, SampleDesk
from sample_release import PIN, REQUEST, member, sample_diff
from walks import all_words, focused_name, review_of, shown_words, to_review, to_sign, to_words, type_words

from ui.diff_table import DiffTable
from ui.dwell import LONG_ENOUGH_MS, Dwell
from ui.hands import Hands
from ui.looking import look_through
from ui.qt_gaps import children_of
from ui.start import Screen
from workstation.core.release_diff import Finding, RowKind, TextRow
from workstation.core.release_words import release_words
from workstation.desk.face import AskCountersign, AskDecline, AskReview

AN_HOUR_MS = 3_600_000
HOOK = "urllib3-2.2.2.tar.gz!/urllib3-2.2.2/hooks/post-install.sh"


def long_high_change(lines: int) -> Callable[[object], object]:
    """Return a review whose high change has this many added lines."""
    diff = sample_diff()
    rows = tuple(TextRow(kind=RowKind.ADDED, new=n, text=f"line {n}") for n in range(1, lines + 1))
    changes = tuple(replace(one, rows=rows) if one.path == HOOK else one for one in diff.changes)
    return lambda _: replace(sample_review(), diff=replace(diff, changes=changes))


def signed(desk: SampleDesk) -> list[AskCountersign]:
    return [one for one in desk.asked if isinstance(one, AskCountersign)]


# ── a high change that was not displayed ─────────────────────────────────────────────────────────


def test_a_high_change_not_displayed_stops_countersigning_and_is_where_the_keyboard_goes(
    screen: Screen, hands: Hands
) -> None:
    screen.flow.pages.review.details.changes.dwell.set_patience(60_000)
    to_review(hands)

    for _ in range(3):
        hands.press("Alt+C")
        hands.settle()

    assert screen.window.page().name == "review"
    assert focused_name() == "review.blockers.list"
    assert "Not displayed whole yet: post-install.sh" in shown_words(screen)


def test_rows_count_after_400_ms_in_sight_and_not_before(screen: Screen, hands: Hands) -> None:
    dwell = screen.flow.pages.review.details.changes.dwell
    usual = Dwell(DiffTable(screen.look, "test.diff.table", "a table nobody looks at")).patience_ms
    dwell.set_patience(AN_HOUR_MS)
    to_review(hands)
    QTest.qWait(LONG_ENOUGH_MS)
    early = len(review_of(hands).marks.unseen())

    dwell.set_patience(LONG_ENOUGH_MS)
    hands.wait_for("long enough", lambda: not review_of(hands).marks.unseen())

    assert usual == LONG_ENOUGH_MS == 400
    assert early == 1


def test_what_one_person_saw_the_next_one_has_not_seen(screen: Screen, hands: Hands) -> None:
    dwell = screen.flow.pages.review.details.changes.dwell
    to_review(hands, "alice")
    look_through(hands, review_of(hands))
    seen_by_alice = review_of(hands).marks.unseen()
    review_of(hands).mark_reviewed()
    dwell.set_patience(60_000)
    hands.press("Ctrl+1")
    hands.wait_for_page("home")

    to_review(hands, "carol")

    assert seen_by_alice == ()
    assert len(review_of(hands).marks.unseen()) == 1
    assert all(not review_of(hands).marks.reviewed(change) for change in sample_diff().changes)


def test_rows_that_were_never_in_the_viewport_do_not_count(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskReview] = long_high_change(200)  # type: ignore[assignment]
    to_review(hands)
    table = screen.flow.pages.review.details.changes.diff
    QTest.qWait(200)
    table.scrollToBottom()
    QTest.qWait(200)
    (unseen,) = review_of(hands).marks.unseen()
    reading = screen.flow.pages.review.details.changes.dwell.reading(unseen)

    look_through(hands, review_of(hands))

    assert reading is not None
    assert len(reading.lines) == 200 + 5
    assert review_of(hands).marks.unseen() == ()


def test_space_pages_leave_no_row_out(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    desk.overrides[AskReview] = long_high_change(120)  # type: ignore[assignment]
    to_review(hands)
    table = screen.flow.pages.review.details.changes.diff
    table.setFocus()
    seen = set(table.displayed())

    for _ in range(40):
        hands.press("Space")
        seen |= set(table.displayed())

    assert seen == set(range(table.model().rowCount()))


def test_a_window_that_is_not_active_displays_nothing(
    screen: Screen, hands: Hands, start: Callable[[], Screen]
) -> None:
    other = QWidget()
    to_review(hands)
    other.show()
    other.activateWindow()
    QTest.qWait(20)
    dwell = screen.flow.pages.review.details.changes.dwell
    before = sum(len(reading.lines) for reading in dwell.readings())
    screen.flow.pages.review.details.changes.files.step_to(2)

    QTest.qWait(150)

    assert not screen.window.isActiveWindow()
    assert sum(len(reading.lines) for reading in dwell.readings()) == before
    other.close()


def test_a_change_not_displayed_is_not_marked_reviewed(screen: Screen, hands: Hands) -> None:
    dwell = screen.flow.pages.review.details.changes.dwell
    dwell.set_patience(AN_HOUR_MS)
    to_review(hands)
    change = screen.flow.pages.review.details.changes.files.current()

    hands.press("Alt+R")
    early = shown_words(screen)
    dwell.set_patience(LONG_ENOUGH_MS)
    hands.wait_for("all of it", lambda: not review_of(hands).marks.unseen())
    hands.press("Alt+R")

    assert change is not None
    assert change.path == HOOK
    assert "Look through all of it first" in early
    assert review_of(hands).marks.reviewed(change)


def test_a_mark_does_not_outlive_the_bytes_it_was_made_on(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_review(hands)
    look_through(hands, review_of(hands))
    change = screen.flow.pages.review.details.changes.files.current()
    hands.press("Alt+R")
    diff = sample_diff()
    other = tuple(
        replace(one, new=member(HOOK, "other bytes", 212, 0o755)) if one.path == HOOK else one
        for one in diff.changes
    )
    desk.overrides[AskReview] = lambda _: replace(sample_review(), diff=replace(diff, changes=other))
    screen.flow.pages.review.details.changes.dwell.set_patience(60_000)

    hands.press("F5")
    hands.settle()

    assert change is not None
    assert review_of(hands).marks.reviewed(change)
    assert not review_of(hands).marks.reviewed(next(one for one in other if one.path == HOOK))
    assert [one.path for one in review_of(hands).marks.unseen()] == [HOOK]


def test_an_objection_begins_with_the_file_it_is_about(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_review(hands)

    hands.press("Alt+O")
    hands.wait_for_page("decline")

    assert screen.flow.pages.decline.reason.text().startswith(HOOK)
    assert not [one for one in desk.asked if isinstance(one, AskDecline)]


def test_pace_and_coverage_are_told_and_block_nothing(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    look_through(hands, review_of(hands))
    hands.press("Alt+R")
    hands.settle()

    words = shown_words(screen)

    assert "of 9 files opened · 1 reviewed" in words
    assert "changed lines displayed" in words


# ── the PIN before the words ─────────────────────────────────────────────────────────────────────


def test_no_pin_is_taken_before_the_words_are_right(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_words(hands)
    pin = screen.flow.pages.sign.cards.pin
    pin.setFocus()
    hands.type(PIN)
    hands.press("Alt+C")
    hands.settle()

    assert not pin.isEnabled()
    assert pin.empty
    assert signed(desk) == []
    assert focused_name() == "sign.words.edit"
    assert "Type the words from the printed sheet first." in shown_words(screen)


@pytest.mark.parametrize("wrong", [0, 4, 9])
def test_a_wrong_word_is_named_and_opens_nothing(screen: Screen, hands: Hands, wrong: int) -> None:
    to_words(hands)
    words = list(release_words(REQUEST))
    words[wrong] = "aardvark" if words[wrong] != "aardvark" else "absurd"
    hands.tab_to("sign.words.edit")

    hands.type(" ".join(words) + " ")

    assert f"Word {wrong + 1} is another one" in shown_words(screen)
    assert not screen.flow.pages.sign.cards.pin.isEnabled()


def test_the_words_are_nowhere_on_the_screen_to_be_copied_from(screen: Screen, hands: Hands) -> None:
    to_words(hands)

    shown = all_words(screen)

    assert [word for word in release_words(REQUEST) if word in shown.casefold().split()] == []


def test_words_cannot_be_pasted_or_dropped(screen: Screen, hands: Hands) -> None:
    QGuiApplication.clipboard().setText(" ".join(release_words(REQUEST)))
    to_words(hands)
    edit = screen.flow.pages.sign.words.edit
    hands.tab_to("sign.words.edit")

    hands.press("Ctrl+V")
    hands.press("Shift+Ins")
    QTest.mouseClick(edit, Qt.MouseButton.MiddleButton)

    assert edit.text() == ""
    assert not edit.acceptDrops()
    QGuiApplication.clipboard().setMimeData(QMimeData())


def test_changing_a_right_word_closes_the_pin_and_forgets_it(screen: Screen, hands: Hands) -> None:
    to_sign(hands)
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    screen.flow.pages.sign.words.edit.setFocus()

    hands.press("Backspace")
    hands.press("Backspace")
    hands.press("Backspace")
    hands.press("Backspace")
    hands.press("Backspace")

    assert screen.flow.pages.sign.cards.pin.empty
    assert not screen.flow.pages.sign.cards.pin.isEnabled()


def test_leaving_forgets_the_words(screen: Screen, hands: Hands) -> None:
    to_sign(hands)

    hands.press("Esc")
    hands.wait_for_page("review")
    hands.press("Alt+C")
    hands.wait_for_page("sign")

    assert screen.flow.pages.sign.words.typed == ""


def test_four_letters_of_each_word_are_enough(screen: Screen, hands: Hands) -> None:
    to_words(hands)
    hands.tab_to("sign.words.edit")

    hands.type(" ".join(word[:6] for word in release_words(REQUEST)))

    assert screen.flow.pages.sign.words.right


# ── enter, links, dialogs, editing ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["sign.words.edit", "sign.finding-1.check"])
def test_enter_in_the_newer_fields_signs_nothing(
    desk: SampleDesk, screen: Screen, hands: Hands, where: str
) -> None:
    to_sign(hands)
    hands.tab_to(where)

    hands.press("Return")
    hands.settle()

    assert signed(desk) == []
    assert screen.window.page().name == "review"


def test_a_blocked_guardrail_is_shown_before_any_card_is_asked(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskReview] = lambda _: blocked_review()
    to_review(hands)
    look_through(hands, review_of(hands))

    hands.press("Alt+C")
    hands.settle()

    assert screen.window.page().name == "review"
    assert focused_name() == "review.blockers.list"


@pytest.mark.parametrize("name", ["policy", "people", "journal", "receipts", "device"])
def test_records_are_read_only(screen: Screen, hands: Hands, line: DeskThread, name: str) -> None:
    GALLERY[name](hands, line)

    page = screen.window.page()
    writable = [
        widget.objectName()
        for widget in children_of(page, QWidget)
        if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QComboBox | QAbstractSpinBox)
    ]
    editable = [
        view.objectName()
        for view in children_of(page, QAbstractItemView)
        if view.editTriggers() != QAbstractItemView.EditTrigger.NoEditTriggers
    ]

    assert writable == []
    assert editable == []


@pytest.mark.parametrize("name", [name for name in GALLERY if name != "ended"])
def test_nothing_opens_a_link_a_dialog_or_another_window(
    screen: Screen, hands: Hands, line: DeskThread, name: str
) -> None:
    GALLERY[name](hands, line)

    labels = children_of(screen.window, QLabel)

    assert not any(label.openExternalLinks() for label in labels)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert children_of(screen.window, QFileDialog) == ()
    assert [one for one in QGuiApplication.topLevelWindows() if one.isVisible()] == [
        screen.window.windowHandle()
    ]


def test_a_finding_that_names_several_members_wants_each_of_them_displayed(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    diff = sample_diff()
    paths = (HOOK, diff.changes[0].path)
    grouped = Finding(rule="RUNS-BY-ITSELF", rank=92, path=HOOK, sentence="two of them", paths=paths)
    desk.overrides[AskReview] = lambda _: replace(
        sample_review(), diff=replace(diff, findings=(grouped, *diff.findings[1:]))
    )
    screen.flow.pages.review.details.changes.dwell.set_patience(60_000)

    to_review(hands)

    assert {one.path for one in review_of(hands).marks.unseen()} == set(paths)


def test_words_typed_here_are_what_the_desk_is_told(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_words(hands)
    type_words(hands)
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    hands.press("Alt+C")
    hands.settle()

    (asked,) = signed(desk)

    assert asked.at_screen is not None
    assert asked.at_screen.words == " ".join(release_words(REQUEST))
    assert len(asked.at_screen.seen) == 1
