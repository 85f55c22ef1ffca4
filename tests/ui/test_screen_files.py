"""The tree of changed files on the screen: by keyboard, in risk order, and with very many files."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_release import member, sample_diff
from walks import cells_of, shown_words, to_review

from ui.collector import keep, sweep
from ui.files_view import FilesView
from ui.hands import Hands
from ui.look import Look
from ui.risk import RankedChange
from ui.start import Screen
from ui.theme import ThemeName
from workstation.core.release_diff import ChangeKind, FileChange

MANY = 4500


def changes(*paths: str) -> tuple[RankedChange, ...]:
    """Return changes in risk order."""
    return tuple(
        RankedChange(change=FileChange(kind=ChangeKind.ADDED, new=member(path, path)), rank=0)
        for path in paths
    )


@pytest.fixture
def view(application: QApplication) -> Iterator[FilesView]:
    found = FilesView(Look(application, ThemeName.LIGHT, 100), "test.files.tree", "files", lambda _: "")
    found.show()
    yield found
    found.deleteLater()
    QTest.qWait(0)


def path_at(view: FilesView) -> str:
    change = view.current()
    return change.path if change else ""


def test_left_closes_a_folder_and_right_opens_it(view: FilesView) -> None:
    view.show_changes(changes("a/x", "a/y", "b"))

    QTest.keyClick(view, Qt.Key.Key_Left)
    on_folder = view.branch()
    QTest.keyClick(view, Qt.Key.Key_Left)
    closed = not view.isExpanded(view.currentIndex())
    QTest.keyClick(view, Qt.Key.Key_Right)
    opened = view.isExpanded(view.currentIndex())
    QTest.keyClick(view, Qt.Key.Key_Right)

    assert on_folder is not None
    assert (on_folder.label, on_folder.own) == ("a/", None)
    assert closed
    assert opened
    assert path_at(view) == "a/x"


def test_steps_follow_the_risk_wherever_files_lie(view: FilesView) -> None:
    wanted = ["deep/er/x", "a", "deep/y", "b/z", "b"]
    view.show_changes(changes(*wanted))
    found = [path_at(view)]

    while view.step(1):
        found.append(path_at(view))
    last = view.step(-1), path_at(view)

    assert found == wanted
    assert last == (True, "b/z")


def test_from_a_folder_the_next_step_leads_to_the_riskiest_file_in_it(view: FilesView) -> None:
    view.show_changes(changes("a", "b/x", "b/y"))
    view.setCurrentIndex(view.model().index(1, 0))

    view.step(1)

    assert path_at(view) == "b/x"


def test_a_path_inside_an_archive_that_is_not_told_apart_leads_to_the_archive(view: FilesView) -> None:
    view.show_changes(changes("x", "a.tar!/b.zip", "a.tar!/b.zip!/c"))

    found = view.go_to("a.tar!/b.zip!/other!/deep"), path_at(view), view.go_to("nowhere")

    assert found == (True, "a.tar!/b.zip", False)


def test_what_lies_in_a_folder_of_very_many_is_told_in_stretches(view: FilesView) -> None:
    paths = [f"a/{number}" for number in range(MANY)]
    view.show_changes(changes(*paths))
    model, folder = view.model(), view.model().index(0, 0)

    view.go_to("a/4321")
    stretches = [model.index(row, 0, folder).data() for row in range(model.rowCount(folder))]

    assert stretches == ["1 to 2000", "2001 to 4000", "4001 to 4500"]
    assert path_at(view) == "a/4321"
    assert [cell for cell in cells_of(view) if cell.startswith("low, added: a/")] == [
        f"low, added: {path}, 0 lines added, 0 removed" for path in paths
    ]


def test_no_key_opens_every_folder_or_walks_through_every_row(view: FilesView) -> None:
    view.show_changes(changes(*(f"{number % 3}/{number}" for number in range(MANY))))
    view.setCurrentIndex(view.model().index(1, 0))

    QTest.keyClick(view, Qt.Key.Key_Asterisk)
    QTest.keyClicks(view, "2")

    assert not view.isExpanded(view.currentIndex())
    assert view.currentIndex().row() == 1


def test_a_filter_keeps_the_tree_and_its_order(view: FilesView) -> None:
    view.show_changes(changes("b/keep1", "a/drop", "a/keep2", "b/drop"))

    view.filter_by("KEEP")

    assert [cell for cell in cells_of(view) if cell.endswith(("1", "2"))] == ["b/keep1", "a/keep2"]
    assert path_at(view) == "b/keep1"


def test_on_a_folder_the_screen_says_what_it_is_and_shows_no_difference(screen: Screen, hands: Hands) -> None:
    to_review(hands)
    hands.tab_to("review.files.tree")

    hands.press("Left")
    hands.settle()

    changes_shown = screen.flow.pages.review.details.changes
    assert "6 changed files in it. Right opens it" in shown_words(screen)
    assert changes_shown.diff.model().rowCount() == 0
    hands.press("Alt+R")
    assert not any(changes_shown.marks.reviewed(change) for change in sample_diff().changes)


def test_what_is_kept_is_not_walked_through_for_garbage() -> None:
    sweep()
    kept = [[number] for number in range(5000)]
    keep()

    walked = {id(one) for one in gc.get_objects()}
    assert not walked & {id(one) for one in kept}
    gc.unfreeze()
    assert id(kept[0]) in {id(one) for one in gc.get_objects()}
