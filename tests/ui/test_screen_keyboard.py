"""Every page by keyboard: what can have the keyboard is named, is reached by Tab, and is no trap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from gallery import hands_drawn
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from sample_desk import DeskThread
from sample_release import PIN, sample_diff
from walks import focusable, focused_name, sign_with, to_opening, to_review, to_sign

from ui.hands import Hands
from ui.start import Screen
from ui.theme import ThemeName

NAME = re.compile(
    r"[a-z]+\.[a-z0-9-]+\.(page|table|list|tree|canvas|edit|button|check|tabs|tabbar|bar|text|label|splitter|window|area)"
)


def at_home(_hands: Hands, _line: DeskThread) -> None:
    return


def at_opening(hands: Hands, _line: DeskThread) -> None:
    to_opening(hands)


def at_told(hands: Hands, _line: DeskThread) -> None:
    to_opening(hands)
    hands.choose("opening.cards.list", "bob")
    hands.tab_to("opening.pin.edit")
    hands.type(PIN)
    hands.press("Return")
    hands.settle()


def at_review(hands: Hands, _line: DeskThread) -> None:
    to_review(hands)


def at_evidence(hands: Hands, _line: DeskThread) -> None:
    to_review(hands)
    hands.tab_to("review.details.tabbar")
    for _ in range(6):
        hands.press("Right")


def at_hands(hands: Hands, line: DeskThread) -> None:
    hands_drawn(hands, line)


def at_sign(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)


def at_decline(hands: Hands, _line: DeskThread) -> None:
    to_review(hands)
    hands.press("Alt+D")
    hands.wait_for_page("decline")


def at_refusal(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)
    sign_with(hands, "bob", PIN)


def at_done(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)
    sign_with(hands, "alice", PIN)


def at_problem(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)
    sign_with(hands, "alice", "1111")


def at_help(hands: Hands, _line: DeskThread) -> None:
    hands.press("F1")


def at_ended(hands: Hands, line: DeskThread) -> None:
    line.end()
    hands.wait_for_page("ended")


PLACES = (
    at_home,
    at_opening,
    at_told,
    at_review,
    at_evidence,
    at_hands,
    at_sign,
    at_decline,
    at_refusal,
    at_done,
    at_problem,
    at_help,
    at_ended,
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_whatever_can_have_the_keyboard_has_a_name_and_tab_leads_to_it(
    screen: Screen, hands: Hands, line: DeskThread, place: Callable[[Hands, DeskThread], None]
) -> None:
    place(hands, line)
    hands.settle()
    wanted = focusable(screen)

    reached = [focused_name()]
    for _ in range(len(wanted) + 4):
        hands.press("Tab")
        reached.append(focused_name())

    names = Counter(widget.objectName() for widget in wanted)
    assert names
    assert [name for name in names if not NAME.fullmatch(name)] == []
    assert [name for name, number in names.items() if number > 1] == []
    assert [widget.objectName() for widget in wanted if not spoken_name(widget)] == []
    assert set(names) <= set(reached)


def spoken_name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


@pytest.mark.parametrize("place", [at_home, at_review, at_sign, at_decline], ids=lambda place: place.__name__)
def test_f6_goes_through_the_panes_and_comes_back(
    screen: Screen, hands: Hands, line: DeskThread, place: Callable[[Hands, DeskThread], None]
) -> None:
    place(hands, line)
    hands.settle()
    panes = [pane for pane in screen.window.page().panes() if pane.isVisible()]
    begun = focused_name()

    seen: list[str] = []
    for _ in panes:
        hands.press("F6")
        seen.append(focused_name())
    hands.press("Shift+F6")

    assert seen[-1] == begun
    assert set(seen) == {pane.objectName() for pane in panes}
    assert focused_name() == (seen[-2] if len(seen) > 1 else begun)


def test_what_has_the_keyboard_looks_other_than_what_has_not(screen: Screen, hands: Hands) -> None:
    to_sign(hands)
    same = []

    for widget in focusable(screen):
        widget.setFocus()
        focused = widget.grab().toImage()
        screen.window.setFocus()
        if widget.grab().toImage() == focused:
            same.append(widget.objectName())

    assert same == []


def test_n_and_p_go_through_every_change_and_file(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    changes = screen.flow.pages.review.details.changes
    files = {changes.files.current()}

    for _ in range(60):
        hands.press("N")
        files.add(changes.files.current())
    hands.press("P")

    assert files == set(sample_diff().changes)
    assert focused_name() == "review.diff.table"


def test_a_finding_opens_the_file_it_is_about(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    hands.choose("review.findings.list", "process is started")

    hands.press("Return")

    change = screen.flow.pages.review.details.changes.files.current()
    assert change is not None
    assert change.path.endswith("src/urllib3/contrib/emscripten/fetch.py")
    assert focused_name() == "review.diff.table"


def test_the_filter_narrows_the_files_and_letters_stay_in_it(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    hands.press("Ctrl+F")

    hands.type("version")

    changes = screen.flow.pages.review.details.changes
    assert changes.filter.text() == "version"
    assert changes.files.model().rowCount() == 1


def test_a_filter_without_a_match_shows_no_file_and_no_difference(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    hands.press("Ctrl+F")

    hands.type("nowhere")

    changes = screen.flow.pages.review.details.changes
    assert changes.files.model().rowCount() == 0
    assert changes.diff.model().rowCount() == 0


def test_the_text_grows_and_shrinks_and_the_window_stays(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    size = screen.window.size()

    for _ in range(5):
        hands.press("Ctrl++")
    hands.settle()
    larger = screen.look.percent
    hands.press("Ctrl+0")

    assert larger == 150
    assert screen.look.percent == 100
    assert screen.window.size() == size


@pytest.mark.parametrize("place", [at_home, at_review, at_sign, at_decline], ids=lambda place: place.__name__)
def test_nothing_lies_beyond_the_right_edge_at_one_and_a_half_times_the_text(
    screen: Screen, hands: Hands, line: DeskThread, place: Callable[[Hands, DeskThread], None]
) -> None:
    place(hands, line)
    for _ in range(5):
        hands.press("Ctrl++")
    hands.settle()

    beyond = [
        widget.objectName()
        for widget in focusable(screen)
        if widget.mapTo(screen.window, widget.rect().topRight()).x() >= screen.window.width()
    ]

    assert beyond == []


def test_ctrl_t_goes_through_the_themes(screen: Screen, hands: Hands) -> None:
    seen = [screen.look.theme.name]

    for _ in range(3):
        hands.press("Ctrl+T")
        seen.append(screen.look.theme.name)

    assert seen == [ThemeName.LIGHT, ThemeName.DARK, ThemeName.CONTRAST, ThemeName.LIGHT]
