"""Long answers: what was seen so far is shown while the rest is looked for, and can be stopped."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from sample_desk import SampleDesk
from walks import focused_name, shown_words, to_opening, to_review

from ui.hands import Hands
from ui.start import Screen
from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import Finding
from workstation.desk.face import AskReview
from workstation.desk.records_face import AskTakeIn

SEEN = [
    Glimpse(bytes_read=10_000_000, bytes_total=100_000_000, entries=3, changed=("a.whl!/one.py",)),
    Glimpse(
        bytes_read=40_000_000,
        bytes_total=100_000_000,
        entries=1200,
        changed=("a.whl!/hostile\u202e.py",),
        findings=(Finding(rule="DIFF-PROCESS", rank=54, path="a.whl!/one.py", sentence="Starts a process"),),
    ),
]


@pytest.fixture
def waiting(desk: SampleDesk, screen: Screen, hands: Hands) -> Hands:
    """Return hands before a review that is being prepared, some of it seen."""
    to_opening(hands)
    desk.glimpses = SEEN
    desk.gate.clear()
    hands.press("Alt+W")
    look_for(screen, hands, "40.0 MB of 100.0 MB")
    return hands


def look_for(screen: Screen, hands: Hands, words: str) -> None:
    """Wait for words on the screen while the desk is still at work."""
    for _ in range(1000):
        if words in shown_words(screen):
            return
        QTest.qWait(10)
    pytest.fail(f"{words} did not appear; there is {shown_words(screen)}")


def test_what_was_seen_so_far_is_shown_while_the_rest_is_looked_for(
    screen: Screen, waiting: Hands, desk: SampleDesk
) -> None:
    words = shown_words(screen)
    desk.gate.set()
    waiting.wait_for_page("review")

    assert "1200 files seen" in words
    assert "Starts a process" in words
    assert "a.whl!/one.py" in words
    assert "hostile\u2039U+202E\u203a.py" in words
    assert "What changes on the target?" in shown_words(screen)


@pytest.mark.parametrize("keys", ["Esc", "Space"])
def test_it_is_stopped_by_keyboard_and_leads_back_to_where_it_was_asked(
    screen: Screen, waiting: Hands, keys: str
) -> None:
    begun = focused_name()

    waiting.press(keys)
    waiting.wait_for_page("opening")

    assert begun == "progress.cancel.button"
    assert "It was cancelled." in shown_words(screen)


def test_what_was_stopped_can_be_begun_again(desk: SampleDesk, waiting: Hands) -> None:
    waiting.press("Esc")
    waiting.wait_for_page("opening")
    desk.gate.set()

    waiting.press("Alt+W")
    waiting.wait_for_page("review")

    assert sum(isinstance(one, AskReview) for one in desk.asked) == 2


def test_a_stop_that_comes_too_late_is_no_question(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_opening(hands)
    desk.gate.clear()
    hands.press("Alt+W")
    screen.link.cancel()
    desk.gate.set()
    hands.wait_for_page("review")

    hands.press("Ctrl+1")
    hands.wait_for_page("home")

    assert screen.window.page().name == "home"


def test_taking_in_is_shown_and_stopped_as_well(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    hands.press("Ctrl+2")
    hands.settle()
    hands.choose("intake.items.list", "urllib3")
    desk.glimpses = SEEN[:1]
    desk.gate.clear()
    hands.press("Alt+T")
    look_for(screen, hands, "MB of 100.0 MB read")

    hands.press("Esc")
    hands.wait_for_page("intake")

    assert any(isinstance(one, AskTakeIn) for one in desk.asked)
    assert "was taken in" not in shown_words(screen)
    assert "It was cancelled. Nothing was kept." in " ".join(shown_words(screen).split("\n"))


def test_a_quick_answer_brings_no_page_of_waiting(screen: Screen, hands: Hands) -> None:
    to_review(hands)

    assert screen.flow.pages.progress.findings.entries() == ()
