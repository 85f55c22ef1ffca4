"""One node of the graph of hands: a box with a mark and a name, that can have the keyboard."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.language import t
from ui.look import Look
from ui.qt_gaps import set_painter_font
from ui.review_wording import NODE_KINDS
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.core.builder_graph import Node, NodeKind

_PADDING: Final = 10
_WIDEST: Final = 260
_ROUND: Final = 8
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_MARKS: Final = {
    NodeKind.PERSON: ("\u25cf", Tone.ACCENT),
    NodeKind.UNKNOWN: ("\u25b2", Tone.DANGER),
}
_OTHER: Final = ("\u25cb", Tone.PLAIN)


class Turn(StrEnum):
    """Where an arrow key leads: along a line, or up and down."""

    ON = "on"
    BACK = "back"
    UP = "up"
    DOWN = "down"


_TURNS: Final = {
    Qt.Key.Key_Right: Turn.ON,
    Qt.Key.Key_Left: Turn.BACK,
    Qt.Key.Key_Up: Turn.UP,
    Qt.Key.Key_Down: Turn.DOWN,
}


class NodeBox(QAbstractButton):
    """Paints a node; `here` is whether it is the person at the desk, `lit` whether it is on the way shown.

    `turned` gives the node and where an arrow key leads, `looked_at` the node the keyboard came to, or None.
    """

    turned = Signal(object, object)
    looked_at = Signal(object)

    def __init__(self, look: Look, node: Node, name: str, parent: QWidget, *, here: bool) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._here = here
        self.node = node
        self.lit = False
        self.setToolTip(name)

    def wanted(self) -> QSize:
        """Return the size its words take; very long names are shortened in the middle."""
        words = (self._metrics(Type.STRONG, self._name), self._metrics(Type.CAPTION, self._kind()))
        width = max(words) + self._metrics(Type.STRONG, "\u25a0") + 3 * _PADDING
        heights = sum(QFontMetrics(self._look.font(step)).height() for step in (Type.STRONG, Type.CAPTION))
        return QSize(min(width, _WIDEST * self._look.percent // 100), heights + _PADDING)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell which way an arrow key points."""
        turn = _TURNS.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
        else:
            self.turned.emit(self.node, turn)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell that this node is looked at."""
        super().focusInEvent(event)
        self.looked_at.emit(self.node)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell that it is no longer."""
        super().focusOutEvent(event)
        self.looked_at.emit(None)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Paint the box, its mark, its name and what it is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        focused = self.hasFocus()
        pen = QPen(QColor(theme.accent if focused or self._here else theme.secondary))
        pen.setWidth(3 if focused else 2 if self._here else 1)
        if self.node.kind is NodeKind.UNKNOWN:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.raised if self.lit or focused else theme.base))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), _ROUND, _ROUND)
        self._paint_words(painter)
        painter.end()

    def _paint_words(self, painter: QPainter) -> None:
        mark, tone = _MARKS.get(self.node.kind, _OTHER)
        inside = self.rect().adjusted(_PADDING, _PADDING // 2, -_PADDING // 2, -_PADDING // 2)
        high = QFontMetrics(self._look.font(Type.STRONG)).height()
        self._draw(
            painter, mark, Type.STRONG, QRect(inside.topLeft(), QSize(inside.width(), high)), tone=tone
        )
        beside = inside.adjusted(self._metrics(Type.STRONG, "\u25a0") + _PADDING // 2, 0, 0, 0)
        self._draw(painter, self._name, Type.STRONG, QRect(beside.topLeft(), QSize(beside.width(), high)))
        below = beside.adjusted(0, high, 0, 0)
        self._draw(painter, self._kind(), Type.CAPTION, below, tone=Tone.ACCENT if self._here else Tone.PLAIN)

    def _draw(
        self, painter: QPainter, text: str, step: Type, area: QRect, *, tone: Tone | None = None
    ) -> None:
        font = self._look.font(step)
        set_painter_font(painter, font)
        painter.setPen(self._look.colour(tone) if tone else QColor(self._look.theme.text))
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, _LEFT, fitting)

    def _kind(self) -> str:
        kind = t(NODE_KINDS[self.node.kind])
        return t("you, at this desk") if self._here else kind

    def _metrics(self, step: Type, text: str) -> int:
        return QFontMetrics(self._look.font(step)).horizontalAdvance(text)
