"""How many rows of text one review shows; a text past the budget is named as not shown, never cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.release_diff import NotInspected
from workstation.review.rows import lines_of, rows_of

if TYPE_CHECKING:
    from workstation.core.release_diff import TextRow
    from workstation.review.limits import Limits


class RowBudget:
    """Gives rows out until there are no more, and remembers what went without."""

    def __init__(self, limits: Limits) -> None:
        self._rows_left, self._text_left = limits.rows, limits.row_text
        self.not_shown: list[NotInspected] = []

    def rows(self, path: str, old: bytes | None, new: bytes | None) -> tuple[TextRow, ...]:
        """Return the rows of a changed text, or none when there is no text or no room left."""
        if new is None or old == new:
            return ()
        found: list[TextRow] = []
        text_left = self._text_left
        for row in rows_of(lines_of(old or b""), lines_of(new)):
            found.append(row)
            text_left -= len(row.text)
            if len(found) > self._rows_left or text_left < 0:
                why = "more changed lines than one review shows; looked at by rules only"
                self.not_shown.append(NotInspected(path=path, why=why))
                return ()
        self._rows_left -= len(found)
        self._text_left = text_left
        return tuple(found)
