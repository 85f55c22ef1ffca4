"""The model under the diff table: old line, new line, mark, text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.diff_rows import DiffRows, ShownRow
from ui.language import t

_ROOT: Final = QModelIndex()


@dataclass(frozen=True, slots=True)
class Marked:
    """The stretches of a row to be marked, in characters."""

    spans: tuple[tuple[int, int], ...]


ROW_ROLE: Final = Qt.ItemDataRole.UserRole
MARKS_ROLE: Final = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """The columns, from left to right."""

    OLD = 0
    NEW = 1
    MARK = 2
    TEXT = 3


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
HEADERS: Final = {Column.OLD: "before", Column.NEW: "now", Column.MARK: "", Column.TEXT: "what changed"}


class DiffModel(QAbstractTableModel):
    """Gives the rows of one change; nothing is computed for a row nobody looks at."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: DiffRows | None = None

    def show_rows(self, rows: DiffRows | None) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @property
    def rows(self) -> DiffRows | None:
        """The rows shown."""
        return self._rows

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:  # noqa: N802 (Qt's name)
        """Return how many rows there are."""
        return 0 if parent.isValid() or self._rows is None else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:  # noqa: N802 (Qt's name)
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return what a cell shows, or how its row is spoken."""
        if self._rows is None or not index.isValid():
            return None
        shown = self._rows.row(index.row())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _cell(shown, Column(index.column()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return shown.spoken()
            case _:
                return self._marks(index) if role == MARKS_ROLE else shown if role == ROW_ROLE else None

    def _marks(self, index: QModelIndex | QPersistentModelIndex) -> Marked | None:
        if self._rows is None or index.column() != Column.TEXT:
            return None
        return Marked(self._rows.marks(index.row()))

    def headerData(  # noqa: N802 (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return t(HEADERS[Column(section)])
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if Column(section) is Column.TEXT else _RIGHT
            case _:
                return None


def _cell(shown: ShownRow, column: Column) -> str:
    match column:
        case Column.OLD:
            return shown.old
        case Column.NEW:
            return shown.new
        case Column.MARK:
            return shown.mark
        case Column.TEXT:
            return shown.text
