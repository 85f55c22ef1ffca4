"""Painting an entry: its mark in a column of its own, its texts under each other, wrapped, never cut."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QTextLayout
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from ui.entry import Entry, entry_at
from ui.look import Look
from ui.qt_gaps import area_of, is_selected
from ui.stylesheet import Type
from ui.theme import Tone
from ui.wrapped_text import draw, height_of, wrapped

_EDGE: Final = 8
_BAR: Final = 4
_GAP: Final = 2
_TALLEST: Final = 1 << 20


class EntryDelegate(QStyledItemDelegate):
    """Paints the entries of one list."""

    def __init__(self, look: Look, view: QAbstractItemView, *, large: bool, keep_cursor: bool) -> None:
        super().__init__(view)
        self._large = large
        self._keep_cursor = keep_cursor
        self._look = look
        self._view = view

    def sizeHint(  # noqa: N802 (Qt's name)
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 (Qt's signature)
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """Return as much height as the wrapped texts need in the list's width."""
        entry = entry_at(index)
        width = max(80, self._view.viewport().width())
        blocks = self._blocks(entry, QRect(0, 0, width, _TALLEST)) if entry else []
        return QSize(width, (blocks[-1][2].bottom() if blocks else 0) + _EDGE)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one entry."""
        entry = entry_at(index)
        if entry is None:
            return
        area = area_of(option)
        painter.save()
        if self._is_current(option):
            painter.fillRect(area, QColor(self._look.theme.raised))
            painter.fillRect(
                QRect(area.topLeft(), QSize(_BAR, area.height())), self._look.colour(Tone.ACCENT)
            )
        painter.setPen(self._look.colour(entry.tone))
        mark = wrapped(entry.mark, self._look.font(self._headline()), _TALLEST)
        draw(painter, mark, area.adjusted(_EDGE + _BAR, _EDGE, 0, 0))
        for text, step, rect in self._blocks(entry, area):
            quiet = step is Type.CAPTION
            painter.setPen(QColor(self._look.theme.secondary if quiet else self._look.theme.text))
            draw(painter, text, rect)
        painter.restore()

    def _is_current(self, option: QStyleOptionViewItem) -> bool:
        return (self._keep_cursor or self._view.hasFocus()) and is_selected(option)

    def _blocks(self, entry: Entry, area: QRect) -> list[tuple[QTextLayout, Type, QRect]]:
        """Return the texts of an entry, each with its step of the type scale and its place in `area`."""
        left = area.left() + _EDGE + _BAR + (self._mark_width() if entry.mark else 0)
        width = max(40, area.right() - _EDGE - left)
        top = area.top() + _EDGE
        blocks: list[tuple[QTextLayout, Type, QRect]] = []
        for text, step in self._texts(entry):
            layout = wrapped(text, self._look.font(step), width)
            blocks.append((layout, step, QRect(left, top, width, height_of(layout))))
            top += height_of(layout) + _GAP
        return blocks

    def _mark_width(self) -> int:
        return QFontMetrics(self._look.font(self._headline())).horizontalAdvance("\u25a0") + _EDGE

    def _headline(self) -> Type:
        return Type.HEADING if self._large else Type.STRONG

    def _texts(self, entry: Entry) -> list[tuple[str, Type]]:
        texts = (
            (entry.headline, self._headline()),
            (entry.detail, Type.FIXED if entry.fixed else Type.LEAD if self._large else Type.BODY),
            (entry.note, Type.CAPTION),
        )
        return [(text, step) for text, step in texts if text]
