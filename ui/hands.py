"""A person's hands at the screen: keys and clicks on the real pages, and eyes that wait for what comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QAbstractListModel, QElapsedTimer, QModelIndex, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QWidget

from ui.link import DeskLink
from ui.qt_gaps import children_of, combinations
from ui.window import Window

PATIENCE_S: Final = 60.0
_GLANCE_MS: Final = 5


class NotThere(Exception):
    """Something did not appear on the screen, or not in time."""


class Hands:
    """Drives one window by keyboard and mouse."""

    def __init__(self, app: QApplication, window: Window, link: DeskLink, seconds: float) -> None:
        self._app = app
        self._window = window
        self._link = link
        self._seconds = seconds

    @property
    def window(self) -> Window:
        """The window these hands are at."""
        return self._window

    def wait_for(self, what: str, there: Callable[[], bool]) -> None:
        """Wait until something is there and the desk has answered; raises NotThere."""
        timer = QElapsedTimer()
        timer.start()
        while not there() or self._link.asked is not None:
            if timer.elapsed() > self._seconds * 1000:
                page = self._window.page().name
                raise NotThere(
                    f"{what} did not appear within {self._seconds:g} s; the page in front is {page}"
                )
            QTest.qWait(_GLANCE_MS)
        # The layouts of what has come are done when its events are.
        QTest.qWait(_GLANCE_MS)

    def settle(self) -> None:
        """Wait until nothing is asked any more and what has come is laid out; raises NotThere."""
        # A button that is pressed by its letter is down for a tenth of a second before it acts.
        self.wait_for("an answer", lambda: not any(one.isDown() for one in self._buttons()))
        QTest.qWait(_GLANCE_MS)

    def wait_for_page(self, name: str) -> None:
        """Wait until a page is in front; raises NotThere."""
        self.wait_for(f"the page {name}", lambda: self._window.page().name == name)

    def press(self, keys: str) -> None:
        """Press keys where the keyboard is; raises NotThere for a name of no key."""
        sequence = QKeySequence(keys)
        if sequence.isEmpty():
            raise NotThere(f"there is no key named {keys}")
        for combination in combinations(sequence):
            QTest.keyClick(self._focus(), combination.key(), combination.keyboardModifiers())

    def press_letter_of(self, name: str) -> None:
        """Press the letter of the button with this object name, in any language; raises NotThere."""
        button = self.find(name)
        if not isinstance(button, QAbstractButton):
            raise NotThere(f"{name} is no button")
        self.press(QKeySequence.mnemonic(button.text()).toString())

    def type(self, text: str) -> None:
        """Type a text where the keyboard is."""
        QTest.keyClicks(self._focus(), text)

    def tab_to(self, name: str) -> None:
        """Press Tab until the keyboard is at the widget with this object name; raises NotThere."""
        for _ in range(200):
            if self._focus().objectName() == name:
                return
            QTest.keyClick(self._focus(), Qt.Key.Key_Tab)
        raise NotThere(f"Tab does not lead to {name}")

    def choose(self, name: str, text: str) -> None:
        """Go down a list or table until its row holds a text; raises NotThere."""
        view = self.find(name)
        if not isinstance(view, QAbstractItemView):
            raise NotThere(f"{name} has no rows")
        self.tab_to(name)
        QTest.keyClick(view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
        for _ in range(view.model().rowCount()):
            if text.casefold() in _row_words(view.currentIndex()).casefold():
                return
            QTest.keyClick(view, Qt.Key.Key_Down)
        raise NotThere(f"no row of {name} holds {text!r}")

    def click(self, name: str) -> None:
        """Click the middle of a widget; raises NotThere."""
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def find(self, name: str) -> QWidget:
        """Return the visible widget with this object name; raises NotThere."""
        for widget in children_of(self._window, QWidget):
            if widget.objectName() == name and widget.isVisible():
                return widget
        raise NotThere(f"{name} is not on the page {self._window.page().name}")

    def _buttons(self) -> tuple[QAbstractButton, ...]:
        return children_of(self._window, QAbstractButton)

    def _focus(self) -> QWidget:
        return self._app.focusWidget() or self._window


def _row_words(index: QModelIndex) -> str:
    """Return everything a row says, and the identity behind it."""
    cells = (index.siblingAtColumn(place) for place in range(_columns(index)))
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.UserRole)
    return " ".join(str(cell.data(role)) for cell in cells for role in roles)


def _columns(index: QModelIndex) -> int:
    model = index.model() if index.isValid() else None
    # A list's model has one column and cannot be asked.
    return 0 if model is None else 1 if isinstance(model, QAbstractListModel) else model.columnCount()
