"""Painting a changed file: its risk, its name, where it lies, and how much of it changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from ui.diff_rows import counts
from ui.files_model import CHANGE_ROLE
from ui.language import t
from ui.look import Look
from ui.qt_gaps import area_of, is_selected, set_painter_font
from ui.risk import RankedChange, risk_of
from ui.shown import value_text
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.core.release_diff import ChangeKind, FileChange

_EDGE: Final = 6
_BAR: Final = 4
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FilesDelegate(QStyledItemDelegate):
    """Paints one changed file on two lines."""

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
        """Return the height of two lines; all files have the same."""
        lines = self._height(Type.STRONG) + self._height(Type.CAPTION)
        return QSize(self._view.viewport().width(), lines + 2 * _EDGE)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one changed file."""
        one: object = index.data(CHANGE_ROLE)
        if not isinstance(one, RankedChange):
            return
        area = area_of(option)
        painter.save()
        if is_selected(option):
            painter.fillRect(area, QColor(self._look.theme.raised))
            painter.fillRect(
                QRect(area.topLeft(), QSize(_BAR, area.height())), self._look.colour(Tone.ACCENT)
            )
        self._paint_lines(painter, one, area.adjusted(_EDGE + _BAR, _EDGE, -_EDGE, -_EDGE))
        painter.restore()

    def _paint_lines(self, painter: QPainter, one: RankedChange, area: QRect) -> None:
        risk = risk_of(one.rank)
        mark_width = QFontMetrics(self._look.font(Type.STRONG)).horizontalAdvance("\u25a0") + 8
        first = QRect(area.left(), area.top(), area.width(), self._height(Type.STRONG))
        second = QRect(area.left(), first.bottom() + 1, area.width(), self._height(Type.CAPTION))
        quiet, text = QColor(self._look.theme.secondary), QColor(self._look.theme.text)
        self._draw(painter, Type.STRONG, first, risk.mark, colour=self._look.colour(risk.tone))
        amount = _amount(one.change)
        self._draw(painter, Type.CAPTION, first, amount, colour=quiet, flags=_RIGHT)
        taken = QFontMetrics(self._look.font(Type.CAPTION)).horizontalAdvance(amount) + 8
        name, folder = _name_and_folder(one.change)
        self._draw(painter, Type.BODY, first.adjusted(mark_width, 0, -taken, 0), name, colour=text)
        said = self._said(one.change)
        self._draw(painter, Type.CAPTION, second, said, colour=self._look.colour(Tone.ACCENT), flags=_RIGHT)
        taken = QFontMetrics(self._look.font(Type.CAPTION)).horizontalAdvance(said) + (8 if said else 0)
        self._draw(painter, Type.CAPTION, second.adjusted(mark_width, 0, -taken, 0), folder, colour=quiet)

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

    def _height(self, step: Type) -> int:
        return QFontMetrics(self._look.font(step)).height()


def _name_and_folder(change: FileChange) -> tuple[str, str]:
    shown = value_text(change.path)
    folder, _, name = shown.rpartition("/")
    return (name or shown), folder


def _amount(change: FileChange) -> str:
    """Say what happened in a word or two numbers."""
    added, removed = counts(change)
    if change.kind is ChangeKind.CHANGED and (added or removed):
        return f"+{added} \u2212{removed}"
    return t(change.kind.value)
