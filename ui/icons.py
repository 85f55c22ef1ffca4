"""Our own icons: one family, drawn on a grid of 24 with one round stroke, coloured by the theme."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


class Icon(Enum):
    """The icons, as the inside of an SVG document."""

    SEAL = (
        '<circle cx="12" cy="9.5" r="6"/>'
        '<path d="M9.4 9.7l1.9 1.9 3.4-3.7M8.5 14.8 7 21.5l5-2.6 5 2.6-1.5-6.7"/>'
    )
    PACKAGE = '<path d="M12 2.8l8 4.4v9.6l-8 4.4-8-4.4V7.2zM4 7.2l8 4.4 8-4.4M12 11.6v9.6M8 5l8 4.4"/>'
    PEOPLE = (
        '<circle cx="9" cy="8" r="3.4"/><path d="M2.8 19.5c.6-3.6 3-5.6 6.2-5.6s5.6 2 6.2 5.6"/>'
        '<path d="M15.6 5a3.2 3.2 0 0 1 0 6.1M17.4 14.4c2.1.7 3.4 2.4 3.8 5.1"/>'
    )
    PEN = (
        '<path d="M4 20l1.1-4.6L15.7 4.8a1.9 1.9 0 0 1 2.7 0l.8.8a1.9 1.9 0 0 1 0 2.7L8.6 18.9z"/>'
        '<path d="M13.8 6.7l3.5 3.5M13 20.5h7.5"/>'
    )


_DOCUMENT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g fill="none" stroke="{colour}"'
    ' stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">{drawing}</g></svg>'
)


def pixmap(icon: Icon, colour: QColor, side: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a square of `side` logical pixels, for a screen of that device pixel ratio."""
    document = _DOCUMENT.format(colour=colour.name(), drawing=icon.value)
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(document.encode())).render(
        painter, QRectF(0, 0, picture.width(), picture.height())
    )
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
