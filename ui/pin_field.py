"""The field a PIN is typed in: never shown, never pasted, never part of any widget's text.

What is typed goes into a bytearray of ours, one key at a time, and leaves once.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from workstation.process import frames

LONGEST: Final = 64
_EMPTY: Final = "type the PIN; it is not shown"
_TYPED: Final = "typed, not shown"


class PinField(QLineEdit):
    """A line edit that stays empty; `take` hands the PIN over and forgets it."""

    def __init__(self, name: str, accessible: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setEchoMode(QLineEdit.EchoMode.NoEcho)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        # Only assistive software could put text here; it does not stay.
        self.textChanged.connect(self.clear)
        # Growing would copy what was typed to another place, so the room is there from the start.
        self._typed = bytearray(LONGEST)
        self._length = 0
        self._tell()

    @property
    def empty(self) -> bool:
        """Whether nothing is typed."""
        return self._length == 0

    def take(self) -> bytearray:
        """Return the PIN as UTF-8 in a bytearray the caller wipes, and forget it here."""
        taken = self._typed[: self._length]
        self.forget()
        return taken

    def forget(self) -> None:
        """Overwrite what was typed."""
        frames.wipe(self._typed)
        self._length = 0
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Take a character, or take characters back; other keys are the page's."""
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.forget()
        elif self._is_character(event):
            self._add(event.text().encode())
        else:
            event.ignore()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802 (Qt's name)
        """Take nothing from an input method: it would remember."""
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        """Show no menu."""
        event.accept()

    def _add(self, encoded: bytes) -> None:
        end = self._length + len(encoded)
        if end > LONGEST:
            return
        self._typed[self._length : end] = encoded
        self._length = end
        self._tell()

    def _is_character(self, event: QKeyEvent) -> bool:
        commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        return bool(event.text()) and event.text().isprintable() and not event.modifiers() & commands

    def _tell(self) -> None:
        words = _EMPTY if self.empty else _TYPED
        self.setPlaceholderText(words)
        self.setAccessibleDescription(words)
