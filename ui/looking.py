"""Looking through what has to be displayed, as a person does: Enter on the blocker, then Space by Space."""

from __future__ import annotations

from ui.hands import Hands, NotThere
from ui.pages.changes import Changes
from ui.pages.review import ReviewScreen

_MOST_PAGES = 10_000


def look_through(hands: Hands, review: ReviewScreen) -> None:
    """Page through every change that stops whoever is at the screen; raises NotThere."""
    changes = review.details.changes
    while before := review.marks.unseen():
        hands.choose("review.blockers.list", "SCREEN-UNSEEN")
        hands.press("Return")
        hands.settle()
        _page_through(hands, changes)
        if review.marks.unseen() == before:
            raise NotThere(f"{changes.diff.objectName()} does not show all of a change")


def _page_through(hands: Hands, changes: Changes) -> None:
    for _ in range(_MOST_PAGES):
        hands.wait_for("a page in sight for long enough", lambda: not still_looked_at(changes))
        change = changes.diff.change
        if change is None or changes.dwell.whole(change):
            return
        hands.press("Space")


def still_looked_at(changes: Changes) -> bool:
    """Whether a row that was not displayed for long enough is in sight now."""
    place = changes.dwell.first_unseen()
    return place is not None and place in changes.diff.displayed()
