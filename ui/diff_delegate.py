"""Painting a row of the diff table: a tint, a mark, and plain text in fixed pitch."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from ui.diff_model import MARKS_ROLE, ROW_ROLE, Column, Marked
from ui.diff_rows import ShownRow
from ui.look import Look
from ui.qt_gaps import area_of, is_selected, set_painter_font
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.core.release_diff import RowKind

_EDGE: Final = 6
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class DiffDelegate(QStyledItemDelegate):
    """Paints the cells of the diff table."""

    def __init__(self, look: Look, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._look = look
        self._view = view

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        shown: object = index.data(ROW_ROLE)
        if not isinstance(shown, ShownRow):
            return
        area = area_of(option)
        column = Column(index.column())
        painter.save()
        painter.fillRect(area, self._ground(shown.kind))
        self._paint_cursor(painter, option, area, column)
        set_painter_font(painter, self._look.font(Type.FIXED))
        self._paint_words(painter, area, shown.kind, index.data(MARKS_ROLE))
        painter.setPen(self._pen(shown.kind, column))
        flags = _LEFT if column in (Column.TEXT, Column.MARK) else _RIGHT
        text = str(index.data())
        painter.drawText(area.adjusted(_EDGE, 0, -_EDGE, 0), flags | Qt.TextFlag.TextSingleLine, text)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRect, kind: RowKind, marks: object) -> None:
        theme, width = self._look.theme, painter.fontMetrics().horizontalAdvance("0" * 64) / 64
        colour = QColor(theme.word_added if kind is RowKind.ADDED else theme.word_removed)
        for low, high in marks.spans if isinstance(marks, Marked) else ():
            left = area.left() + _EDGE + round(low * width)
            painter.fillRect(QRect(left, area.top(), round((high - low) * width), area.height()), colour)

    def _ground(self, kind: RowKind) -> QColor:
        theme = self._look.theme
        match kind:
            case RowKind.ADDED:
                return QColor(theme.added)
            case RowKind.REMOVED:
                return QColor(theme.removed)
            case RowKind.SKIPPED:
                return QColor(theme.window)
            case RowKind.CONTEXT:
                return QColor(theme.base)

    def _pen(self, kind: RowKind, column: Column) -> QColor:
        theme = self._look.theme
        quiet = kind is RowKind.SKIPPED or column in (Column.OLD, Column.NEW)
        return QColor(theme.secondary if quiet else theme.text)

    def _paint_cursor(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, column: Column
    ) -> None:
        if not is_selected(option):
            return
        painter.setPen(self._look.colour(Tone.ACCENT))
        painter.drawLine(area.topLeft(), area.topRight())
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if column is Column.OLD:
            painter.fillRect(QRect(area.left(), area.top(), 4, area.height()), self._look.colour(Tone.ACCENT))
