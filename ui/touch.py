"""Touch the token now: what the screen says while a card is asked to sign, with the seconds that are left."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from ui.language import t
from ui.parts import column, label, panel
from ui.stylesheet import Type

PATIENCE_S: Final = 30
"""How long the token worker waits for a card, a touch included."""
_SECOND_MS: Final = 1000


class TouchPanel(QWidget):
    """Hidden until a card is asked; counts the seconds down."""

    def __init__(self, screen: str) -> None:
        super().__init__()
        self._left = 0
        frame = panel(f"{screen}.touch.panel", "touch")
        inside = column(frame, margin=14, gap=2)
        self._headline = label(f"{screen}.touch.label", step=Type.TITLE, wrap=True)
        self._detail = label(
            f"{screen}.touch-detail.label",
            t("The card is signing. To stop it, take the card out: then nothing is signed."),
            wrap=True,
        )
        inside.addWidget(self._headline)
        inside.addWidget(self._detail)
        column(self).addWidget(frame)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._tick)
        self.hide()

    def begin(self) -> None:
        """Say that the card is asked now."""
        self._left = PATIENCE_S
        self._tell()
        self.show()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def end(self) -> None:
        """Say no more: the card has answered."""
        self._timer.stop()
        self.hide()

    def _tick(self) -> None:
        self._left = max(0, self._left - 1)
        self._tell()

    def _tell(self) -> None:
        self._headline.setText(t("Touch the token now if it blinks: {seconds} s", seconds=self._left))
        self.setAccessibleName(self._headline.text())
