"""Looking through what has to be displayed, as a person does: Enter on the blocker, then Space by Space."""

from __future__ import annotations

from PySide6.QtTest import QTest

from ui.hands import Hands, NotThere
from ui.pages.review import ReviewScreen

_MOST_PAGES = 10_000


def look_through(hands: Hands, review: ReviewScreen) -> None:
    """Page through every change that stops whoever is at the screen; raises NotThere."""
    changes = review.details.changes
    while review.marks.unseen():
        hands.choose("review.blockers.list", "SCREEN-UNSEEN")
        hands.press("Return")
        hands.settle()
        _page_through(hands, review)
        if changes.diff.change in review.marks.unseen():
            raise NotThere(f"{changes.diff.objectName()} does not show all of a change")


def _page_through(hands: Hands, review: ReviewScreen) -> None:
    changes = review.details.changes
    for _ in range(_MOST_PAGES):
        # Half as long again, for the dwell only glances now and then.
        QTest.qWait(changes.dwell.patience_ms * 3 // 2 + 1)
        change = changes.diff.change
        if change is None or changes.dwell.whole(change):
            return
        hands.press("Space")
