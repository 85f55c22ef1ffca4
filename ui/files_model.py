"""The model under the list of changed files: in risk order, narrowed by a filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.diff_rows import counts
from ui.language import t
from ui.risk import RankedChange, risk_of
from ui.shown import value_text

_ROOT: Final = QModelIndex()
CHANGE_ROLE: Final = Qt.ItemDataRole.UserRole


class FilesModel(QAbstractListModel):
    """Gives the changes whose path holds the filter's text."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all: tuple[RankedChange, ...] = ()
        self._found: Sequence[RankedChange] = ()

    def show_changes(self, changes: tuple[RankedChange, ...]) -> None:
        """Replace the changes, without a filter."""
        self._all = changes
        self.filter_by("")

    def filter_by(self, text: str) -> None:
        """Keep the changes whose path, as it is shown, holds `text`; case does not count."""
        wanted = text.casefold()
        self.beginResetModel()
        self._found = (
            [one for one in self._all if wanted in value_text(one.change.path).casefold()]
            if wanted
            else self._all
        )
        self.endResetModel()

    def place_of(self, path: str) -> int | None:
        """Return the row of the member at `path`, or of the innermost shown container of it."""
        best: tuple[int, int] | None = None
        for place, one in enumerate(self._found):
            here = one.change.path
            if (path == here or path.startswith(here + "!/")) and (best is None or len(here) > best[0]):
                best = (len(here), place)
        return best[1] if best else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:  # noqa: N802 (Qt's name)
        """Return how many changes are shown."""
        return 0 if parent.isValid() else len(self._found)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a change, or how it is spoken."""
        if not index.isValid():
            return None
        one = self._found[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return value_text(one.change.path)
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(one)
            case _:
                return one if role == CHANGE_ROLE else None


def spoken(one: RankedChange) -> str:
    """Return a change as a screen reader says it."""
    added, removed = counts(one.change)
    risk = t(risk_of(one.rank).word)
    path = value_text(one.change.path)
    return t(
        "{risk}, {value}: {path}, {added} lines added, {removed} removed",
        risk=risk,
        value=one.change.kind.value,
        path=path,
        added=added,
        removed=removed,
    )
