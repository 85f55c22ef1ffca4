"""A long review crosses in pieces: the screen has time for its window between one and the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.release_diff import FileChange, ReleaseDiff
from workstation.core.release_diff_parts import parted, weight
from workstation.desk.face import Answer, ReviewPage

ROWS_AT_ONCE: Final = 400
"""So many changes and rows of changed text cross together; a single change always does, however long."""


def in_pieces(answer: Answer) -> tuple[tuple[ReleaseDiff, ...], Answer]:
    """Return the changes of a long review as diffs of their own, and the answer without them."""
    if not isinstance(answer, ReviewPage) or weight(answer.diff.changes) <= ROWS_AT_ONCE:
        return (), answer
    pieces = tuple(ReleaseDiff(changes=some) for some in parted(answer.diff.changes, ROWS_AT_ONCE))
    return pieces, replace(answer, diff=replace(answer.diff, changes=()))


def joined(changes: tuple[FileChange, ...], answer: Answer) -> Answer:
    """Return an answer with the changes that came before it; raises Malformed where none may."""
    if not changes:
        return answer
    if not isinstance(answer, ReviewPage):
        raise Malformed("answer", "changes found before an answer that has none")
    return replace(answer, diff=replace(answer.diff, changes=(*changes, *answer.diff.changes)))
