"""Where PySide6's stubs say less than Qt does: one function for each gap, so that each is excused once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QKeyCombination, QPointF, QRect
from PySide6.QtGui import QFont, QKeySequence, QPainter, QStandardItem, QStandardItemModel, QTextLayout
from PySide6.QtWidgets import QApplication, QSplitter, QStyle, QStyleOptionViewItem, QWidget

WidgetT = TypeVar("WidgetT", bound=QWidget)

# The stubs lack the fields of style options, and name some types they do not define.
# pyright: reportAttributeAccessIssue=false, reportUnknownMemberType=false, reportIndexIssue=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false


def area_of(option: QStyleOptionViewItem) -> QRect:
    """Return where an item is painted."""
    return QRect(option.rect)  # type: ignore[attr-defined]  # missing in the stubs


def is_selected(option: QStyleOptionViewItem) -> bool:
    """Whether the item is the selected one."""
    return bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]  # as above


def set_painter_font(painter: QPainter, font: QFont) -> None:
    """Set the font of a painter."""
    painter.setFont(font)


def set_application_font(app: QApplication, font: QFont) -> None:
    """Set the font of the application."""
    app.setFont(font)


def set_sizes(splitter: QSplitter, sizes: Sequence[int]) -> None:
    """Set the widths of a splitter's parts, in pixels."""
    splitter.setSizes(list(sizes))


def set_headers(model: QStandardItemModel, headers: Sequence[str]) -> None:
    """Set the headings of a model's columns."""
    model.setHorizontalHeaderLabels(list(headers))


def append_row(model: QStandardItemModel, cells: Sequence[QStandardItem]) -> None:
    """Append a row of cells to a model."""
    model.appendRow(list(cells))


def draw_layout(painter: QPainter, layout: QTextLayout, place: QPointF) -> None:
    """Paint a laid out text."""
    layout.draw(painter, place)


def children_of(widget: QWidget, kind: type[WidgetT]) -> tuple[WidgetT, ...]:
    """Return the widgets of a kind below a widget."""
    return tuple(widget.findChildren(kind))


def combinations(sequence: QKeySequence) -> tuple[QKeyCombination, ...]:
    """Return the key combinations of a sequence, in order."""
    return tuple(sequence[number] for number in range(sequence.count()))  # type: ignore[index]  # as above
