"""Plain text wrapped between words, and within one only where nothing else fits."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QFont, QPainter, QTextLayout, QTextOption

from ui.qt_gaps import draw_layout

_LINE_SEPARATOR: Final = "\u2028"


def wrapped(text: str, font: QFont, width: int) -> QTextLayout:
    """Return `text` laid out in `width` pixels; each of its lines begins on a line of its own."""
    layout = QTextLayout(text.replace("\n", _LINE_SEPARATOR), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    return layout


def height_of(layout: QTextLayout) -> int:
    """Return how high a laid out text is, in pixels."""
    return round(layout.boundingRect().height()) + 1


def draw(painter: QPainter, layout: QTextLayout, area: QRect) -> None:
    """Paint a laid out text in the painter's colour."""
    draw_layout(painter, layout, QPointF(area.topLeft()))
