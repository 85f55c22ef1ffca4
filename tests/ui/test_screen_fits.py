"""No text is cut off in the second language either, and what is cut off is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from cut_text import cut_off
from gallery import GALLERY
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from sample_desk import DeskThread

from ui.hands import Hands
from ui.language import Language, speak
from ui.parts import label
from ui.start import Screen
from ui.window import Window

GERMAN = ("home", "intake", "journal", "policy", "review", "components")


@pytest.fixture
def german(start: Callable[[], Screen]) -> Iterator[Screen]:
    speak(Language.GERMAN)
    screen = start()
    hands_of(screen).settle()
    yield screen
    speak(Language.ENGLISH)


@pytest.mark.parametrize("name", GERMAN)
def test_no_german_text_is_cut_off_either(german: Screen, line: DeskThread, name: str) -> None:
    GALLERY[name](hands_of(german), line)

    assert cut_off(german.window) == []
    assert cut_off(larger(german)) == []


def larger(screen: Screen) -> Window:
    """Return the window with its text half as large again."""
    for _ in range(5):
        screen.look.larger()
    QTest.qWait(30)
    assert screen.look.percent == 150
    return screen.window


def hands_of(screen: Screen) -> Hands:
    return Hands(screen.app, screen.window, screen.link, 10)


def test_what_is_cut_off_is_noticed(screen: Screen) -> None:
    narrow: QLabel = label("test.narrow.label", "far too many words for a label of this width")
    low: QLabel = label("test.low.label", "words that wrap, and need more than one line for it", wrap=True)
    for one, size in ((narrow, (40, 20)), (low, (120, 20))):
        one.setParent(screen.window)
        one.setFixedSize(*size)
        one.show()

    found = cut_off(screen.window)

    assert [one.partition(":")[0] for one in found] == ["test.narrow.label", "test.low.label"]
