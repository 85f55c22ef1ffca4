"""What the screen does not do: sign by Enter, keep a PIN, act on hostile text, or hang on a desk that is slow."""

from __future__ import annotations

import gc
import os
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from sample_desk import (
    PIN,
    DeskThread,
    SampleDesk,
    card,
    member,
    refusal,
    sample_diff,
    sample_review,
    wrong_pin,
)
from walks import all_words, cells_of, focused_name, shown_words, sign_with, to_review, to_sign

from ui.hands import Hands
from ui.pin_field import PinField
from ui.start import Screen
from workstation.core.release_diff import Finding, RowKind, TextRow
from workstation.desk.face import AskCountersign, AskQueue, AskReview, AskTokens, Question, Tokens

HOSTILE = "\u202egnp.exe<b>bold</b><img src='/etc/passwd'>\x1b[8m\u2066"


def countersignatures_asked(desk: SampleDesk) -> list[Question]:
    return [question for question in desk.asked if isinstance(question, AskCountersign)]


@pytest.mark.parametrize(
    "where",
    ["sign.pin.edit", "sign.comment.edit", "sign.countersign.button", "sign.leave.button", "sign.bound.list"],
)
@pytest.mark.parametrize("key", ["Return", "Enter"])
def test_enter_never_signs(desk: SampleDesk, screen: Screen, hands: Hands, where: str, key: str) -> None:
    to_sign(hands)
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    hands.tab_to(where)

    hands.press(key)
    hands.settle()

    assert countersignatures_asked(desk) == []
    assert screen.window.page().name == "review"


def test_enter_on_a_card_goes_to_its_pin(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_sign(hands)
    hands.choose("sign.cards.list", "alice")

    hands.press("Return")

    assert focused_name() == "sign.pin.edit"
    assert countersignatures_asked(desk) == []


def test_nothing_is_signed_before_the_grave_findings_are_ticked(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_sign(hands)
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)

    hands.press("Alt+C")
    hands.settle()

    assert countersignatures_asked(desk) == []
    assert focused_name() == "sign.finding-1.check"


@pytest.mark.parametrize("state", ["locked", "uninitialised"])
def test_a_card_that_cannot_sign_is_not_asked(
    desk: SampleDesk, screen: Screen, hands: Hands, state: str
) -> None:
    desk.overrides[AskTokens] = lambda _: Tokens(cards=(card("alice", state),))
    to_sign(hands)

    sign_with(hands, "alice", PIN)

    assert countersignatures_asked(desk) == []


@pytest.mark.parametrize(
    ("state", "words"), [("low", "few tries are left"), ("final", "LAST TRY"), ("locked", "Locked")]
)
def test_the_state_of_a_pin_is_told_before_it_is_asked_for(
    desk: SampleDesk, screen: Screen, hands: Hands, state: str, words: str
) -> None:
    desk.overrides[AskTokens] = lambda _: Tokens(cards=(card("alice", state),))

    to_sign(hands)

    said = [
        label for label in screen.window.findChildren(QLabel) if label.objectName() == "sign.pin-state.label"
    ]
    assert words in said[0].text()


def test_without_a_card_the_screen_says_what_to_do(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    desk.overrides[AskTokens] = lambda _: Tokens(cards=())
    to_sign(hands)
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")

    hands.press("Alt+C")
    hands.settle()

    assert countersignatures_asked(desk) == []
    assert "Put your card in" in shown_words(screen)


def test_a_wrong_pin_is_told_with_the_tries_left_and_never_tried_again(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_sign(hands)

    sign_with(hands, "alice", "1111")
    QTest.qWait(100)

    assert len(countersignatures_asked(desk)) == 1
    assert screen.window.page().name == "sign"
    assert "The PIN is wrong" in shown_words(screen)
    assert "2 tries are left" in shown_words(screen)
    assert isinstance(desk.asked[-1], AskTokens)


@pytest.mark.parametrize("pin", [PIN, "1111"])
def test_a_pin_is_in_no_widget_after_it_was_used(screen: Screen, hands: Hands, pin: str) -> None:
    to_sign(hands)

    sign_with(hands, "alice", pin)

    assert pin not in all_words(screen)
    assert screen.flow.pages.sign.cards.pin.empty


def test_a_pin_is_in_no_widget_while_it_is_typed(screen: Screen, hands: Hands) -> None:
    to_sign(hands)
    hands.tab_to("sign.pin.edit")

    hands.type(PIN)

    assert PIN not in all_words(screen)
    assert screen.flow.pages.sign.cards.pin.text() == ""


@pytest.mark.parametrize("leave", ["Esc", "Alt+D", "Ctrl+1"])
def test_a_typed_pin_is_forgotten_by_leaving(screen: Screen, hands: Hands, leave: str) -> None:
    to_sign(hands)
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)

    hands.press(leave)
    hands.settle()

    assert screen.window.page().name != "sign"
    assert screen.flow.pages.sign.cards.pin.empty


def test_a_pin_typed_for_one_card_is_not_used_for_another(screen: Screen, hands: Hands) -> None:
    to_sign(hands)
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)

    hands.choose("sign.cards.list", "carol")

    assert screen.flow.pages.sign.cards.pin.empty


def test_a_pin_field_takes_nothing_but_keys(application: QApplication) -> None:
    field = PinField("test.pin.edit", "PIN")
    field.show()
    QGuiApplication.clipboard().setText(PIN)

    field.paste()
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    field.insert(PIN)
    field.setText(PIN)
    method = QInputMethodEvent()
    method.setCommitString(PIN)
    QApplication.sendEvent(field, method)

    assert field.empty
    assert field.text() == ""
    assert not field.acceptDrops()
    assert field.contextMenuPolicy() is Qt.ContextMenuPolicy.NoContextMenu
    field.close()


def test_a_pin_field_gives_what_was_typed_once(application: QApplication) -> None:
    field = PinField("test.pin.edit", "PIN")
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, PIN)

    first, second = field.take(), field.take()

    assert (bytes(first), bytes(second)) == (PIN.encode(), b"")
    field.close()


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
    desk.overrides[AskReview] = lambda _: replace(page, sentence=HOSTILE, diff=hostile, source=HOSTILE)
    desk.overrides[AskCountersign] = lambda _: replace(refusal("Bob"), action=HOSTILE, who=HOSTILE)
    to_review(hands)
    hands.press("Ctrl+F")
    hands.type("gnp")
    hands.settle()
    seen = all_words(screen)
    hands.press("Alt+C")
    hands.settle()
    for box in screen.flow.pages.sign.acknowledge.boxes():
        box.setChecked(True)
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    hands.press("Alt+C")
    hands.wait_for_page("refusal")
    seen += all_words(screen)

    labels = screen.window.findChildren(QLabel)
    cells = cells_of(screen.flow.pages.review.details.changes.diff)

    assert "‹U+202E›gnp.exe<b>bold</b>" in seen
    assert "‹U+001B›" in seen
    assert not set(seen) & {"\u202e", "\u2066", "\x1b"}
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert not any(label.openExternalLinks() for label in labels)
    assert any("added, line 1: ‹U+202E›" in cell for cell in cells)


def test_the_page_stays_alive_and_says_that_it_waits(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    desk.gate.clear()
    hands.choose("home.queue.table", "urllib3")
    hands.press("Return")
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
    desk.overrides[AskReview] = lambda _: wrong_pin(None)
    hands.choose("home.queue.table", "urllib3")

    hands.press("Return")
    hands.settle()

    assert screen.window.page().name == "home"
    assert "What to do: Make sure it is your card" in shown_words(screen)
    hands.click("problem.dismiss.button")
    assert "The PIN is wrong" not in shown_words(screen)


def test_garbage_is_collected_by_nobody_but_the_screen_itself(screen: Screen) -> None:
    assert not gc.isenabled()


def test_a_middle_click_pastes_no_pin(application: QApplication) -> None:
    field = PinField("test.pin.edit", "PIN")
    field.show()
    QGuiApplication.clipboard().setText(PIN)
    click = QMouseEvent(
        QEvent.Type.MouseButtonRelease,
        QPointF(3, 3),
        QPointF(3, 3),
        Qt.MouseButton.MiddleButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )

    QApplication.sendEvent(field, click)

    assert field.empty
    assert field.text() == ""
    field.close()
