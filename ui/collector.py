"""Garbage is collected on the GUI thread only, between events: elsewhere it would destroy widgets there."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 1000
_FULL_AFTER: Final = 30


def sweep() -> None:
    """Collect all garbage there is, before much is made that is to be kept."""
    gc.collect()


def keep() -> None:
    """Never walk again, for garbage, through what there is now: it is freed once nobody refers to it.

    For values that do not refer to each other in a ring, such as the million changes of a review: walking
    through those takes a second, in which the window would stand still.
    """
    gc.freeze()


class Collector(QObject):
    """Turns the automatic collector off and collects by a timer instead."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._turns = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _collect(self) -> None:
        self._turns += 1
        gc.collect(2 if self._turns % _FULL_AFTER == 0 else 1)
