"""Rules about a decision made at a screen: what was typed and displayed there before the card was asked.

The command line names a request by its digest and prints what it shows, so it says nothing of a screen.
"""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action, Countersign
from workstation.core.facts import Facts
from workstation.core.inert_text import inert
from workstation.core.release_words import COUNT, same_words
from workstation.core.seen import change_key, to_be_seen
from workstation.core.verdict import Violation


def screen_words(action: Action, _facts: Facts) -> Iterator[Violation]:
    """SCREEN-WORDS: whoever countersigns at a screen has typed the words of this very request."""
    match action:
        case Countersign(at_screen=at_screen, review=review) if at_screen is not None:
            if not same_words(at_screen.words, review.request.id):
                yield Violation("SCREEN-WORDS", f"not the {COUNT} words of request {review.request.id}")
        case _:
            return


def screen_unseen(action: Action, facts: Facts) -> Iterator[Violation]:
    """SCREEN-UNSEEN: every high change was displayed whole before somebody countersigns at a screen."""
    match action:
        case Countersign(at_screen=at_screen, review=review) if at_screen is not None:
            seen = frozenset(at_screen.seen)
            for change in to_be_seen(review.diff, None if facts.rule is None else facts.rule.must_open):
                if change_key(change) not in seen:
                    yield Violation("SCREEN-UNSEEN", f"{inert(change.path)} was not displayed whole")
        case _:
            return
