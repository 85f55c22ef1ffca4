"""The second language is complete, says as much as the first, and fits."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gallery import GALLERY
from PySide6.QtWidgets import QAbstractButton, QLabel
from sample_desk import DeskThread
from sentences import sentences
from walks import focusable

import ui
from ui.hands import Hands
from ui.language import Language, catalogue, language_of, speak, t
from ui.qt_gaps import children_of
from ui.start import Screen

PLACEHOLDER = re.compile(r"\{\w+\}")
SAME = {"PIN", "Journal", "sha256 {digest}…", "{minutes} min"}
PLACES = tuple(GALLERY)


@pytest.fixture
def german(start: Callable[[], Screen]) -> Iterator[Screen]:
    speak(Language.GERMAN)
    screen = start()
    Hands(screen.app, screen.window, screen.link, 10).settle()
    yield screen
    speak(Language.ENGLISH)


def test_every_sentence_of_the_screen_is_in_the_catalogue() -> None:
    missing = sentences() - catalogue(Language.GERMAN).keys()

    assert sorted(missing) == []


def test_every_sentence_says_the_same_things() -> None:
    other = [
        english
        for english, said in catalogue(Language.GERMAN).items()
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(said)) or not said.strip()
    ]

    assert other == []


def test_marks_before_a_sentence_stay() -> None:
    lost = [
        english
        for english, said in catalogue(Language.GERMAN).items()
        if english[0] in "■▲●○✓" and said[0] != english[0]
    ]

    assert lost == []


def written_out() -> set[str]:
    """Return every text of several words that stands in the screen's source."""
    trees = (ast.parse(path.read_text()) for path in Path(ui.__file__).parent.rglob("*.py"))
    found = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {one for one in found if isinstance(one, str) and " " in one}


@pytest.mark.parametrize("name", PLACES)
def test_a_german_screen_says_nothing_in_english(german: Screen, line: DeskThread, name: str) -> None:
    hands = Hands(german.app, german.window, german.link, 10)
    GALLERY[name](hands, line)
    found = catalogue(Language.GERMAN)

    shown = [
        widget.text()
        for kind in (QLabel, QAbstractButton)
        for widget in children_of(german.window, kind)
        if widget.isVisible()
    ]

    english = {one for one, said in found.items() if one != said and one not in found.values()} - SAME
    assert [text for text in shown if text in english] == []
    assert any(text in found.values() for text in shown)
    assert [text for text in shown if text in written_out() and text not in found.values()] == []


@pytest.mark.parametrize("name", PLACES)
def test_german_fits_at_one_and_a_half_times_the_text(german: Screen, line: DeskThread, name: str) -> None:
    hands = Hands(german.app, german.window, german.link, 10)
    GALLERY[name](hands, line)
    for _ in range(5):
        hands.press("Ctrl++")
    hands.settle()

    beyond = [
        widget.objectName()
        for widget in focusable(german)
        if widget.mapTo(german.window, widget.rect().topRight()).x() >= german.window.width()
    ]

    assert beyond == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de_DE.UTF-8", Language.GERMAN),
        ("de", Language.GERMAN),
        ("C.UTF-8", Language.ENGLISH),
        ("fr_FR", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_the_language_follows_the_locale(locale: str, language: Language) -> None:
    assert language_of(locale) is language


def test_english_is_said_as_it_is_written() -> None:
    assert t("{have} of {need} countersignatures", have=1, need=2) == "1 of 2 countersignatures"
