"""Which texts on a screen are cut off, by the measures of their fonts rather than by eye."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QTableView,
    QWidget,
)

from ui.entries import EntryList
from ui.qt_gaps import children_of

_ROUNDING = 1


def cut_off(window: QWidget) -> list[str]:
    """Return what is cut off: the name of the widget, and the text."""
    seen = (widget for widget in children_of(window, QWidget) if widget.isVisible())
    return [f"{widget.objectName()}: {text}" for widget in seen for text in _cut(widget)]


def _cut(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() if widget.text() and not _label_fits(widget):
            yield widget.text()
        case QPushButton() | QCheckBox() if widget.text() and not _button_fits(widget):
            yield widget.text()
        case QLineEdit() if widget.placeholderText() and not _fits(widget, widget.placeholderText()):
            yield widget.placeholderText()
        case QTabBar():
            yield from _cut_tabs(widget)
        case EntryList():
            yield from _cut_entries(widget)
        case QTableView():
            yield from _cut_headers(widget)
        case _:
            return


def _label_fits(label: QLabel) -> bool:
    room = label.contentsRect()
    metrics = label.fontMetrics()
    if not label.wordWrap():
        return max(map(metrics.horizontalAdvance, label.text().split("\n"))) <= room.width() + _ROUNDING
    everywhere = QRect(0, 0, room.width(), 1 << 20)
    needed = metrics.boundingRect(everywhere, Qt.TextFlag.TextWordWrap, label.text())
    return needed.height() <= room.height() + _ROUNDING and needed.width() <= room.width() + _ROUNDING


def _button_fits(button: QAbstractButton) -> bool:
    return button.sizeHint().width() <= button.width() + _ROUNDING


def _fits(edit: QLineEdit, text: str) -> bool:
    # Qt keeps two pixels on each side of a line edit's text.
    return edit.fontMetrics().horizontalAdvance(text) <= edit.contentsRect().width() - 4


def _cut_tabs(bar: QTabBar) -> Iterator[str]:
    for place in range(bar.count()):
        if QFontMetrics(bar.font()).horizontalAdvance(bar.tabText(place)) > bar.tabRect(place).width():
            yield bar.tabText(place)


def _cut_entries(entries: EntryList) -> Iterator[str]:
    """Yield entries without the height their wrapped words take in the width there is."""
    model = entries.model()
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        room, needed = entries.visualRect(index), entries.sizeHintForIndex(index)
        if needed.height() > room.height() or room.width() > entries.viewport().width():
            yield str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def _cut_headers(table: QTableView) -> Iterator[str]:
    header = table.horizontalHeader()
    for place in range(header.count()):
        if header.sectionSizeHint(place) > header.sectionSize(place) + _ROUNDING:
            yield str(table.model().headerData(place, Qt.Orientation.Horizontal))
