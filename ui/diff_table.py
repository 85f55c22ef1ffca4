"""The one table every change is read in: text, and what happened to the member around it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui.diff_delegate import DiffDelegate
from ui.diff_model import Column, DiffModel
from ui.diff_rows import DiffRows
from ui.look import Look
from ui.stylesheet import Type
from workstation.core.release_diff import FileChange

_WRAP_AFTER_MS: Final = 0
_PADDING: Final = 12


class DiffTable(QTableView):
    """Shows one change; lines longer than the table is wide go on in the next row."""

    def __init__(self, look: Look, name: str, accessible: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self._look = look
        self._change: FileChange | None = None
        self._columns = 0
        self._shown = DiffModel(self)
        self.setModel(self._shown)
        self.setItemDelegate(DiffDelegate(look, self))
        self._behave()
        self._wrap_later = QTimer(self)
        self._wrap_later.setSingleShot(True)
        self._wrap_later.setInterval(_WRAP_AFTER_MS)
        self._wrap_later.timeout.connect(self._wrap)
        look.changed.connect(self._measure)
        self._measure()

    def show_change(self, change: FileChange | None) -> None:
        """Show a change from its first changed row on."""
        self._change = change
        self._columns = self._columns_now()
        self._shown.show_rows(DiffRows(change, self._columns) if change else None)
        if change:
            self._go_to(0)
            self.scrollToTop()

    @property
    def change(self) -> FileChange | None:
        """The change that is shown."""
        return self._change

    @property
    def rows(self) -> DiffRows | None:
        """Its rows as they are wrapped now."""
        return self._shown.rows

    def displayed(self) -> range:
        """Return the places of the rows that are wholly in the viewport."""
        height, first = self.viewport().height(), self.rowAt(0)
        if first < 0:
            return range(0)
        last = self.rowAt(height - 1)
        last = self._shown.rowCount() - 1 if last < 0 else last
        first += self.rowViewportPosition(first) < 0
        last -= self.rowViewportPosition(last) + self.rowHeight(last) > height
        return range(first, last + 1)

    def page(self, step: int) -> None:
        """Go a page on (1) or back (-1), so that no row between is left out."""
        shown = self.displayed()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + step * max(1, len(shown)))
        shown = self.displayed()
        if len(shown):
            self.selectionModel().setCurrentIndex(
                self._shown.index(shown[0], Column.TEXT),
                QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
            )

    def show_from(self, place: int) -> None:
        """Put the row at a place at the top, and the cursor on it."""
        index = self._shown.index(place, Column.TEXT)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Page with Space, back with Shift and Space."""
        if event.key() == Qt.Key.Key_Space:
            self.page(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    def next_change(self, step: int) -> bool:
        """Go to the next run of changed rows; answer False when this was the last one."""
        rows = self._shown.rows
        place = rows.next_change(self.currentIndex().row(), step) if rows else None
        if place is None:
            return False
        self._go_to(place)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Wrap anew once the size has settled."""
        super().resizeEvent(event)
        self._wrap_later.start()

    def _behave(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(8)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setMinimumSectionSize(16)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(Column.TEXT, QHeaderView.ResizeMode.Stretch)

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._look.font(Type.FIXED))

    def _measure(self) -> None:
        metrics = self._metrics()
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 4)
        header = self.horizontalHeader()
        number = max(metrics.horizontalAdvance("0" * 7), header.sectionSizeHint(Column.OLD)) + _PADDING
        header.resizeSection(Column.OLD, number)
        header.resizeSection(Column.NEW, number)
        header.resizeSection(Column.MARK, metrics.horizontalAdvance("0") + _PADDING + 4)
        self._wrap_later.start()

    def _columns_now(self) -> int:
        bar = self.verticalScrollBar()
        # Room for the bar is left before it is there: coming, it would have every line wrapped again.
        width = self.columnWidth(Column.TEXT) - _PADDING - (0 if bar.isVisible() else bar.sizeHint().width())
        return max(1, width // max(1, self._metrics().horizontalAdvance("0")))

    def _wrap(self) -> None:
        columns, old = self._columns_now(), self._shown.rows
        if columns == self._columns or self._change is None or old is None:
            return
        place = self.currentIndex().row()
        line = old.line_at(place) if 0 <= place < len(old) else 0
        self._columns = columns
        rows = DiffRows(self._change, columns)
        self._shown.show_rows(rows)
        self._go_to(rows.place_of(line))

    def _go_to(self, place: int) -> None:
        index = self._shown.index(place, Column.TEXT)
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
