"""What signing takes: a card, ticked findings and a PIN that stays nowhere; Enter never signs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from sample_answers import card, refusal, sample_reader, sample_review
from sample_desk import SampleDesk
from sample_release import CARDS, PIN, REQUEST
from walks import (
    all_words,
    focused_name,
    from_review_to_sign,
    from_review_to_words,
    shown_words,
    sign_with,
    to_opening,
    to_review,
    to_sign,
    type_words,
)

from ui.hands import Hands
from ui.pin_field import PinField
from ui.qt_gaps import children_of
from ui.start import Screen
from workstation.desk.face import AskCountersign, AskReview, AskTokens, Question, Tokens


def countersignatures_asked(desk: SampleDesk) -> list[Question]:
    return [question for question in desk.asked if isinstance(question, AskCountersign)]


@pytest.mark.parametrize(
    ("where", "key"),
    [
        ("sign.pin.edit", "Return"),
        ("sign.pin.edit", "Enter"),
        ("sign.comment.edit", "Return"),
        ("sign.countersign.button", "Return"),
        ("sign.countersign.button", "Enter"),
        ("sign.bound.list", "Return"),
    ],
)
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
    to_review(hands)
    desk.overrides[AskTokens] = lambda _: Tokens(cards=(card("alice", state),))
    from_review_to_sign(hands)

    sign_with(hands, "alice", PIN)

    assert countersignatures_asked(desk) == []


@pytest.mark.parametrize(
    ("state", "words"), [("low", "few tries are left"), ("final", "LAST TRY"), ("locked", "Locked")]
)
def test_the_state_of_a_pin_is_told_before_it_is_asked_for(
    desk: SampleDesk, screen: Screen, hands: Hands, state: str, words: str
) -> None:
    to_review(hands)
    desk.overrides[AskTokens] = lambda _: Tokens(cards=(card("alice", state),))

    from_review_to_sign(hands)

    said = [
        label for label in children_of(screen.window, QLabel) if label.objectName() == "sign.pin-state.label"
    ]
    assert words in said[0].text()


def test_without_a_card_the_screen_says_what_to_do(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_review(hands)
    desk.overrides[AskTokens] = lambda _: Tokens(cards=())
    from_review_to_sign(hands)
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


def at_pad(desk: SampleDesk) -> None:
    """Put cards in readers that have a pad of their own."""
    cards = tuple(replace(card(name), pinpad=True) for name in CARDS)
    desk.overrides[AskTokens] = lambda _: Tokens(cards=cards)


def test_at_a_reader_with_a_pad_no_pin_is_asked_for_on_the_screen(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    at_pad(desk)
    desk.overrides[AskReview] = lambda _: replace(sample_review(), reader=sample_reader("alice"))
    to_opening(hands)
    hands.choose("opening.cards.list", "alice")
    words = shown_words(screen)

    hands.type(PIN)
    hands.press("Alt+O")
    hands.wait_for_page("review")

    assert "This reader has a pad of its own: the PIN is typed there" in words
    assert not screen.flow.pages.opening.cards.pin.isVisible()
    assert AskReview(request=REQUEST, token="pkcs11:token=alice;id=%01") in desk.asked
    assert desk.secrets == [None] * len(desk.secrets)


def test_a_pad_signs_without_a_pin_and_not_before_the_words(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    at_pad(desk)
    desk.overrides[AskReview] = lambda _: replace(sample_review(), reader=sample_reader("alice"))
    desk.overrides[AskCountersign] = lambda _: refusal("Alice Example")
    to_opening(hands)
    hands.press("Alt+O")
    hands.wait_for_page("review")
    from_review_to_words(hands)
    hands.press("Alt+C")
    hands.settle()
    early = countersignatures_asked(desk)
    type_words(hands)
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")

    hands.press("Alt+C")
    hands.wait_for_page("refusal")

    assert early == []
    assert len(countersignatures_asked(desk)) == 1
    assert desk.secrets == [None] * len(desk.secrets)
