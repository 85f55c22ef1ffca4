"""What the screen does not do: act on hostile text, hang on a slow desk, or claim what it cannot know."""

from __future__ import annotations

import gc
import os
import weakref
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from sample_answers import refusal, sample_reader, sample_review, wrong_pin
from sample_desk import DeskThread, SampleDesk
from sample_release import PIN, member, sample_diff
from walks import all_words, cells_of, review_of, shown_words, to_opening, to_review, to_sign, type_words

from ui.collector import Collector
from ui.hands import Hands
from ui.looking import look_through
from ui.qt_gaps import children_of
from ui.start import Screen
from workstation.core.release_diff import Finding, RowKind, TextRow
from workstation.desk.face import AskCountersign, AskQueue, AskReview, AskStation, AskTokens

HOSTILE = "\u202egnp.exe<b>bold</b><img src='/etc/passwd'>\x1b[8m\u2066"


def test_hostile_text_is_shown_as_text_and_acts_nowhere(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    page = sample_review()
    diff = sample_diff()
    hostile = replace(
        diff,
        findings=(Finding(rule="BIDI", rank=90, path=f"x/{HOSTILE}", sentence=HOSTILE), *diff.findings),
        changes=(
            replace(
                diff.changes[0],
                new=member(f"x/{HOSTILE}", "hostile"),
                rows=(TextRow(kind=RowKind.ADDED, new=1, text=HOSTILE),),
            ),
            *diff.changes[1:],
        ),
    )
    reader = replace(sample_reader("alice"), name=HOSTILE)
    desk.overrides[AskReview] = lambda _: replace(
        page, sentence=HOSTILE, diff=hostile, source=HOSTILE, reader=reader
    )
    desk.overrides[AskCountersign] = lambda _: replace(refusal("Bob"), action=HOSTILE, who=HOSTILE)
    to_review(hands)
    hands.press("Ctrl+F")
    hands.type("gnp")
    hands.settle()
    seen = all_words(screen)
    cells = cells_of(screen.flow.pages.review.details.changes.diff)
    look_through(hands, review_of(hands))
    hands.press("Alt+C")
    hands.settle()
    type_words(hands)
    for box in screen.flow.pages.sign.acknowledge.boxes():
        box.setChecked(True)
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    hands.press("Alt+C")
    hands.wait_for_page("refusal")
    seen += all_words(screen)

    labels = children_of(screen.window, QLabel)

    assert "\u2039U+202E\u203agnp.exe<b>bold</b>" in seen
    assert "\u2039U+001B\u203a" in seen
    assert not set(seen) & {"\u202e", "\u2066", "\x1b"}
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert not any(label.openExternalLinks() for label in labels)
    assert any("added, line 1: \u2039U+202E\u203a" in cell for cell in cells)


def test_the_page_stays_alive_and_says_that_it_waits(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_opening(hands)
    desk.gate.clear()
    hands.press("Alt+W")
    QTest.qWait(100)
    early = shown_words(screen)
    QTest.qWait(350)
    late = shown_words(screen)
    hands.press("F1")
    helped = screen.window.page().name
    desk.gate.set()
    hands.wait_for_page("review")

    assert "prepares the review" not in early
    assert "prepares the review" in late
    assert helped == "help"
    assert "prepares the review" not in shown_words(screen)


def test_a_second_question_waits_its_turn_and_loses_its_pin(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    secret = bytearray(PIN.encode())
    desk.gate.clear()
    screen.flow.ask(AskQueue())

    taken = screen.flow.ask(AskTokens(), secret)
    desk.gate.set()
    hands.settle()

    assert not taken
    assert bytes(secret) == bytes(len(PIN))
    assert not isinstance(desk.asked[-1], AskTokens)


def test_a_desk_that_ends_leaves_a_page_that_says_so(line: DeskThread, screen: Screen, hands: Hands) -> None:
    line.end()
    hands.wait_for_page("ended")

    hands.press("Esc")
    hands.press("Ctrl+1")
    hands.settle()

    assert "The desk has ended" in shown_words(screen)
    assert "Nothing was signed." in shown_words(screen)
    assert screen.window.page().name == "ended"


def test_a_desk_that_ends_while_signing_is_not_said_to_have_signed_nothing(
    desk: SampleDesk, line: DeskThread, screen: Screen, hands: Hands
) -> None:
    to_sign(hands)
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    desk.gate.clear()
    hands.press("Alt+C")
    QTest.qWait(300)

    line.end()
    hands.wait_for_page("ended")

    assert "as far as this screen knows" in shown_words(screen)


def test_nonsense_from_the_desk_ends_the_conversation(line: DeskThread, screen: Screen, hands: Hands) -> None:
    os.write(line._theirs.fileno(), b"\x00\x00\x00\x02{}")

    hands.wait_for_page("ended")

    assert "The desk has ended" in shown_words(screen)


def test_a_problem_without_a_page_is_shown_above_the_queue(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskStation] = lambda _: wrong_pin(None)

    hands.press("F5")
    hands.settle()

    assert screen.window.page().name == "home"
    assert "What to do: Make sure it is your card" in shown_words(screen)
    hands.click("problem.dismiss.button")
    assert "The PIN is wrong" not in shown_words(screen)


def test_garbage_is_collected_by_the_screens_own_timer_only(application: QApplication) -> None:
    class Knot:
        def __init__(self) -> None:
            self.itself = self

    enabled = gc.isenabled()
    collector = Collector(application)
    collector._timer.setInterval(10)
    seen = weakref.ref(Knot())

    disabled = not gc.isenabled()
    QTest.qWait(100)

    assert disabled
    assert seen() is None
    collector._timer.stop()
    if enabled:
        gc.enable()
