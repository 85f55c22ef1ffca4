"""How many rows of text one review shows; a text past the budget is named as not shown, never cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import NotInspected
from workstation.review.hex_lines import hex_lines
from workstation.review.rows import MOST_MARKED, lines_of, rows_of

if TYPE_CHECKING:
    from workstation.core.release_diff import TextRow
    from workstation.review.limits import Limits
    from workstation.review.pair import Side

_MOST_MARKED: Final = 10_000  # lines of one review


class RowBudget:
    """Gives rows out until there are no more, and remembers what went without."""

    def __init__(self, limits: Limits) -> None:
        self._rows_left, self._text_left, self._marked_left = limits.rows, limits.row_text, _MOST_MARKED
        self.not_shown: list[NotInspected] = []

    def rows(self, path: str, old: Side, new: Side) -> tuple[TextRow, ...]:
        """Return the rows of a changed text or small binary; none where it is neither or no room is left."""
        before, now = _lines(old), _lines(new)
        if now is None or before == now:
            return ()
        found: list[TextRow] = []
        text_left = self._text_left
        most_marked = min(MOST_MARKED, self._marked_left)
        for row in rows_of(before or [], now, most_marked=most_marked):
            found.append(row)
            text_left -= len(row.text)
            if len(found) > self._rows_left or text_left < 0:
                why = "more changed lines than one review shows; looked at by rules only"
                self.not_shown.append(NotInspected(path=path, why=why))
                return ()
        self._rows_left -= len(found)
        self._marked_left -= sum(1 for row in found if row.marks)
        self._text_left = text_left
        return tuple(found)


def _lines(side: Side) -> list[bytes] | None:
    """Return the lines of a text, or a binary as lines of hex."""
    if side.text is not None:
        return lines_of(side.text)
    data = side.looked.data if side.looked else None
    return None if data is None else hex_lines(data)
