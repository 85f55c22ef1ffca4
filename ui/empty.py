"""An empty place: a drawing, what is not here, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.icons import Icon, pixmap
from ui.look import Look
from ui.parts import column, label
from ui.stylesheet import Type
from ui.theme import Tone

_SIDE = 56


class EmptyPlace(QWidget):
    """Stands where a list would, when there is nothing to list."""

    def __init__(self, look: Look, screen: str, icon: Icon, headline: str, what_to_do: str) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self._drawing = label(f"{screen}.empty-icon.label")
        self._drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = column(self, margin=32, gap=8)
        box.addStretch(2)
        box.addWidget(self._drawing)
        box.addSpacing(8)
        for part, text, step in (("title", headline, Type.TITLE), ("lead", what_to_do, Type.LEAD)):
            words = label(f"{screen}.empty-{part}.label", text, step=step, wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(words)
        box.addStretch(3)
        look.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        side = _SIDE * self._look.percent // 100
        colour = self._look.colour(Tone.ACCENT)
        self._drawing.setPixmap(pixmap(self._icon, colour, side, self.devicePixelRatioF()))
