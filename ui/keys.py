"""The keys that work on every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.flow import Flow
from ui.look import Look
from ui.rail import STOPS
from ui.window import Window


class Keys(QObject):
    """Binds keys to the window, the look and the flow; lives as long as the window."""

    def __init__(self, look: Look, window: Window, flow: Flow) -> None:
        super().__init__(window)
        self._window = window
        actions: dict[str, Callable[[], object]] = {
            "F1": flow.go_help,
            "F5": self._refresh,
            "F6": self._next_pane,
            "Shift+F6": self._previous_pane,
            **{stop.keys: partial(flow.go_to, stop.name) for stop in STOPS},
            "Esc": flow.go_back,
            "Ctrl+T": look.next_theme,
            "Ctrl++": look.larger,
            "Ctrl+=": look.larger,
            "Ctrl+-": look.smaller,
            "Ctrl+0": look.usual_size,
        }
        for keys, action in actions.items():
            bind(window, keys, action)

    def _refresh(self) -> None:
        self._window.page().refresh()

    def _next_pane(self) -> None:
        self._window.next_pane(1)

    def _previous_pane(self) -> None:
        self._window.next_pane(-1)


def bind(widget: QWidget, keys: str, action: Callable[[], object]) -> QShortcut:
    """Bind keys to an action while `widget`'s window is active."""
    shortcut = QShortcut(QKeySequence(keys), widget)
    shortcut.activated.connect(action)
    return shortcut
