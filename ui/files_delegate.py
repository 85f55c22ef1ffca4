"""Painting a file or folder of the tree: its risk, its name, how far it was read, and how much changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from ui.diff_rows import counts
from ui.files_model import SHOWN_ROLE, ShownBranch
from ui.language import t
from ui.look import Look
from ui.qt_gaps import area_of, is_selected, set_painter_font
from ui.risk import risk_of
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.core.release_diff import ChangeKind, FileChange

_EDGE: Final = 5
_GAP: Final = 8
_BAR: Final = 4
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FilesDelegate(QStyledItemDelegate):
    """Paints one file or folder on a line."""

    def __init__(self, look: Look, view: QAbstractItemView, said: Callable[[FileChange], str]) -> None:
        super().__init__(view)
        self._said = said
        self._look = look
        self._view = view

    def sizeHint(  # noqa: N802 (Qt's name)
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 (Qt's signature)
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002 (as above)
    ) -> QSize:
        """Return the height of a line; all have the same."""
        height = QFontMetrics(self._look.font(Type.STRONG)).height()
        return QSize(self._view.viewport().width(), height + 2 * _EDGE)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one file or folder."""
        shown: object = index.data(SHOWN_ROLE)
        if not isinstance(shown, ShownBranch):
            return
        area = area_of(option)
        painter.save()
        if is_selected(option):
            painter.fillRect(area, QColor(self._look.theme.raised))
            # At the view's edge, where the tree's own lines are, so that it stands in one column.
            painter.fillRect(QRect(0, area.top(), _BAR, area.height()), self._look.colour(Tone.ACCENT))
        self._paint_line(painter, shown, area.adjusted(_GAP // 2, _EDGE, -_GAP, -_EDGE))
        painter.restore()

    def _paint_line(self, painter: QPainter, shown: ShownBranch, area: QRect) -> None:
        risk = risk_of(shown.riskiest.rank)
        quiet = QColor(self._look.theme.secondary)
        self._draw(painter, Type.STRONG, area, risk.mark, colour=self._look.colour(risk.tone))
        area = area.adjusted(self._width(Type.STRONG, "\u25a0") + _GAP, 0, 0, 0)
        least = area.width() * 2 // 5
        said = self._said(shown.own.change) if shown.own else ""
        for words, colour in ((_amount(shown), quiet), (said, self._look.colour(Tone.ACCENT))):
            wanted = self._width(Type.CAPTION, words) + _GAP
            # The name comes first: what leaves no room for it is told by the row's spoken words.
            if words and area.width() - wanted >= least:
                self._draw(painter, Type.CAPTION, area, words, colour=colour, flags=_RIGHT)
                area = area.adjusted(0, 0, -wanted, 0)
        colour = QColor(self._look.theme.text) if shown.own else quiet
        self._draw(painter, Type.BODY, area, shown.label, colour=colour)

    def _draw(
        self,
        painter: QPainter,
        step: Type,
        area: QRect,
        text: str,
        *,
        colour: QColor,
        flags: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        font = self._look.font(step)
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        set_painter_font(painter, font)
        painter.setPen(colour)
        painter.drawText(area, flags | Qt.TextFlag.TextSingleLine, fitting)

    def _width(self, step: Type, text: str) -> int:
        return QFontMetrics(self._look.font(step)).horizontalAdvance(text)


def _amount(shown: ShownBranch) -> str:
    """Say what happened in a word or two numbers, or how many files lie in a folder."""
    if shown.own is None:
        return "" if shown.stretch else str(shown.branch.inside)
    change = shown.own.change
    added, removed = counts(change)
    if change.kind is ChangeKind.CHANGED and (added or removed):
        return f"+{added} \u2212{removed}"
    return t(change.kind.value)
