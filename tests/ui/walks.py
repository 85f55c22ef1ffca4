"""Ways through the screen that several tests go, and questions about what is on it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QAbstractTableModel,
    QModelIndex,
    Qt,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from sample_release import PIN, REQUEST

from ui.hands import Hands
from ui.looking import look_through
from ui.pages.review import ReviewScreen
from ui.qt_gaps import children_of
from ui.start import Screen
from workstation.core.release_words import release_words


def to_opening(hands: Hands) -> None:
    hands.choose("home.queue.table", "urllib3")
    hands.press("Return")
    hands.wait_for_page("opening")
    hands.settle()


def to_review(hands: Hands, card: str = "alice") -> None:
    """Open the review with a card, by keyboard."""
    open_with(hands, card)
    hands.wait_for_page("review")


def open_with(hands: Hands, card: str) -> None:
    to_opening(hands)
    hands.choose("opening.cards.list", card)
    hands.tab_to("opening.pin.edit")
    hands.type(PIN)
    hands.press("Return")
    hands.settle()


def review_of(hands: Hands) -> ReviewScreen:
    (found,) = children_of(hands.window, ReviewScreen)
    return found


def to_words(hands: Hands) -> None:
    """Come to the signing page, before the words are typed."""
    to_review(hands)
    from_review_to_words(hands)


def from_review_to_words(hands: Hands) -> None:
    look_through(hands, review_of(hands))
    hands.press_letter_of("review.countersign.button")
    hands.wait_for_page("sign")
    hands.settle()


def from_review_to_sign(hands: Hands) -> None:
    from_review_to_words(hands)
    type_words(hands)


def to_sign(hands: Hands) -> None:
    """Come to the signing page, the words of the sheet typed."""
    to_words(hands)
    type_words(hands)


def type_words(hands: Hands) -> None:
    hands.tab_to("sign.words.edit")
    hands.type(" ".join(release_words(REQUEST)))


def sign_with(hands: Hands, card: str, pin: str) -> None:
    """On the signing page, do everything it takes, by keyboard."""
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")
    hands.choose("sign.cards.list", card)
    hands.tab_to("sign.pin.edit")
    hands.type(pin)
    hands.press_letter_of("sign.countersign.button")
    hands.settle()


def visible(screen: Screen) -> list[QWidget]:
    return [widget for widget in children_of(screen.window, QWidget) if widget.isVisible()]


def focusable(screen: Screen) -> list[QWidget]:
    return [
        widget
        for widget in visible(screen)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isEnabled()
        and not widget.objectName().startswith("qt_")
    ]


def words_on(widget: QWidget) -> str:
    """Every text a person, or a screen reader, gets from a widget."""
    found = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
    if isinstance(widget, QLabel | QLineEdit):
        found.append(widget.text())
    if isinstance(widget, QLineEdit):
        found += [widget.placeholderText(), widget.displayText()]
    if isinstance(widget, QPlainTextEdit):
        found.append(widget.toPlainText())
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        found += list(cells_of(widget))
    return "\n".join(found)


def cells_of(view: QAbstractItemView) -> list[str]:
    model = view.model()
    return [
        str(index.siblingAtColumn(column).data(role) or "")
        for index in _rows(model, QModelIndex())
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
    ]


def _rows(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[QModelIndex]:
    """Every row of a model, and in a tree those that lie in it."""
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield index
        if not isinstance(model, QAbstractListModel | QAbstractTableModel):
            yield from _rows(model, index)


def all_words(screen: Screen) -> str:
    return "\n".join(words_on(widget) for widget in children_of(screen.window, QWidget))


def shown_words(screen: Screen) -> str:
    return "\n".join(words_on(widget) for widget in visible(screen))


def focused_name() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget else ""
