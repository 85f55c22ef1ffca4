"""Every screen and state, as a person gets there by keyboard: for pictures, and for what holds everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sample_desk import DeskThread
from sample_release import PIN
from walks import open_with, review_of, sign_with, to_review, to_sign

from ui.hands import Hands
from ui.looking import still_looked_at
from ui.rail import STOPS

Way = Callable[[Hands, DeskThread], None]


def by_keys(keys: str) -> Way:
    def way(hands: Hands, _line: DeskThread) -> None:
        hands.press(keys)
        hands.settle()

    return way


def review(hands: Hands, _line: DeskThread) -> None:
    to_review(hands)
    all_displayed(hands)


def all_displayed(hands: Hands) -> None:
    """Wait until what is in sight of the file in front was so for long enough."""
    changes = review_of(hands).details.changes
    hands.wait_for("the file in front", lambda: not still_looked_at(changes))


def tab(number: int) -> Way:
    def way(hands: Hands, _line: DeskThread) -> None:
        to_review(hands)
        all_displayed(hands)
        hands.tab_to("review.details.tabbar")
        for _ in range(number):
            hands.press("Right")
        hands.settle()

    return way


def hands_drawn(hands: Hands, _line: DeskThread) -> None:
    open_with(hands, "bob")
    hands.press_letter_of("opening.read.button")
    hands.wait_for_page("review")
    all_displayed(hands)
    hands.choose("review.builders.list", "Bob")
    hands.press("Return")
    hands.settle()


def sign(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)


def decline(hands: Hands, _line: DeskThread) -> None:
    to_review(hands)
    hands.press_letter_of("review.decline.button")
    hands.wait_for_page("decline")
    hands.settle()


def refusal(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)
    sign_with(hands, "bob", PIN)


def done(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)
    sign_with(hands, "alice", PIN)


def problem(hands: Hands, _line: DeskThread) -> None:
    to_sign(hands)
    sign_with(hands, "alice", "1111")


def ended(hands: Hands, line: DeskThread) -> None:
    line.end()
    hands.wait_for_page("ended")


GALLERY: Final[dict[str, Way]] = {
    **{stop.name: by_keys(stop.keys) for stop in STOPS},
    "review": review,
    "hands": hands_drawn,
    "components": tab(3),
    "rules": tab(4),
    "sign": sign,
    "decline": decline,
    "refusal": refusal,
    "done": done,
    "problem": problem,
    "help": by_keys("F1"),
    "ended": ended,
}
