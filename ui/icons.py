"""Our own icons: one family, drawn on a grid of 24 with one round stroke, coloured by the theme.

They are part of this work and under its licence.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
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
    QUEUE = '<path d="M4 6.5h2M4 12h2M4 17.5h2M9.5 6.5H20M9.5 12H20M9.5 17.5H16"/>'
    STICK = (
        '<rect x="6.5" y="9" width="11" height="12.2" rx="2"/>'
        '<path d="M8.8 9V3.2h6.4V9M11 5.6v.9M13 5.6v.9M9.8 15.2l2.2 2.2 2.2-2.2M12 17.2v-4.6"/>'
    )
    CEREMONY = (
        '<rect x="5" y="4.5" width="14" height="16.5" rx="2"/><path d="M9 4.5V3h6v1.5"/>'
        '<path d="M8.4 10l1.2 1.2 2-2.2M13.6 10.2h2.4M8.4 15.4l1.2 1.2 2-2.2M13.6 15.6h2.4"/>'
    )
    JOURNAL = (
        '<path d="M6 3.5h10.5a2 2 0 0 1 2 2v15H7.6A2.1 2.1 0 0 1 5.5 18.4V4a.5.5 0 0 1 .5-.5z"/>'
        '<path d="M5.5 18.2c0-1.2.9-2.1 2.1-2.1h10.9M9 7.5h6M9 10.8h4"/>'
    )
    RECEIPT = (
        '<path d="M6 3.2h12v17.6l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5z"/><path d="M9 8h6M9 11.5h6M9 15h3.5"/>'
    )
    POLICY = (
        '<path d="M12 4v16.5M7.5 20.5h9M5 6.8h14"/>'
        '<path d="M5.2 6.8l-2.7 6a3 3 0 0 0 5.4 0zM18.8 6.8l-2.7 6a3 3 0 0 0 5.4 0z"/>'
    )
    DEVICE = (
        '<rect x="3.2" y="4.5" width="17.6" height="11.5" rx="2"/>'
        '<path d="M8.5 20h7M12 16v4M7 8.2h5M7 11.4h3"/><circle cx="16.4" cy="10.2" r="1.6"/>'
    )
    REFUSED = '<path d="M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2zM8 12h8"/>'
    CARD = (
        '<rect x="3" y="5.5" width="18" height="13" rx="2.2"/>'
        '<rect x="6" y="9" width="4.6" height="4" rx="0.8"/><path d="M6 16h6M14.5 11h3.5"/>'
    )
    DONE = '<circle cx="12" cy="12" r="8.7"/><path d="M8 12.3l2.8 2.8L16.2 9.4"/>'
    HELP = (
        '<circle cx="12" cy="12" r="8.7"/>'
        '<path d="M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.8v.1"/>'
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


def icon_of(icon: Icon, colour: QColor, chosen: QColor, side: int, ratio: float = 1.0) -> QIcon:
    """Return an icon for a button, in one colour, and in another while it is chosen."""
    made = QIcon()
    made.addPixmap(pixmap(icon, colour, side, ratio), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(pixmap(icon, chosen, side, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return made
