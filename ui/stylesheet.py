"""The stylesheet over Fusion: one type scale, few borders, one accent, a focus ring that is seen."""

from __future__ import annotations

from enum import StrEnum
from string import Template
from typing import Final

from ui.theme import Theme

BASE_POINTS: Final = 10.0


class Type(StrEnum):
    """The type scale; `POINTS` gives each step's size relative to the body's."""

    CAPTION = "caption"
    BODY = "body"
    STRONG = "strong"
    LEAD = "lead"
    HEADING = "heading"
    TITLE = "title"
    DISPLAY = "display"
    FIXED = "fixed"


POINTS: Final = {
    Type.CAPTION: 0.9,
    Type.BODY: 1.0,
    Type.STRONG: 1.0,
    Type.LEAD: 1.15,
    Type.HEADING: 1.15,
    Type.TITLE: 1.7,
    Type.DISPLAY: 3.2,
    Type.FIXED: 1.0,
}

_SHEET: Final = Template("""
QLabel { background: transparent; }
QLabel[type="caption"] { font-size: ${caption}pt; color: $secondary; }
QLabel[type="strong"] { font-weight: 600; }
QLabel[type="lead"] { font-size: ${lead}pt; }
QLabel[type="heading"] { font-size: ${heading}pt; font-weight: 600; }
QLabel[type="title"] { font-size: ${title}pt; font-weight: 600; }
QLabel[type="display"] { font-size: ${display}pt; font-weight: 700; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="plain"] { color: $secondary; }

QFrame[surface="bar"] { background: $base; border: 0; border-bottom: 1px solid $line; }
QFrame[surface="rail"] { background: $rail; border: 0; border-right: 1px solid $line; }
QFrame[surface="made"] { background: $added; border: 0; border-radius: 6px; }
QFrame[surface="wanting"] { background: transparent; border: 1px dashed $secondary; border-radius: 6px; }
QFrame[surface="soft"] { background: $soft; border: 0; border-radius: 8px; }
QFrame[surface="touch"] { background: $accent; border: 0; border-radius: 8px; }
QFrame[surface="touch"] QLabel { color: $on_accent; }
QToolButton[rail="true"] { background: transparent; color: $on_rail; border: 2px solid transparent;
  border-radius: 8px; padding: 5px 0; font-size: ${caption}pt; }
QToolButton[rail="true"]:hover { background: $rail_chosen; color: $on_rail_chosen; }
QToolButton[rail="true"]:checked { background: $rail_chosen; color: $on_rail_chosen; font-weight: 600; }
QToolButton[rail="true"]:focus { border: 2px solid $on_rail; }
QToolButton[rail="true"]:checked:focus { border: 2px solid $on_rail_chosen; }
QFrame[surface="foot"] { background: $base; border: 0; border-top: 1px solid $line; }
QFrame[surface="panel"] { background: $base; border: 1px solid $line; border-radius: 8px; }
QFrame[surface="problem"] { background: $base; border: 2px solid $warn; border-radius: 8px; }
QFrame[surface="refused"] { background: $refused; border: 0; border-radius: 8px; }
QFrame[surface="refused"] QLabel { color: $on_refused; }

QPushButton { background: $base; color: $text; border: 1px solid $secondary; border-radius: 6px;
  margin: 1px; padding: 6px 16px; }
QPushButton:hover { background: $raised; }
QPushButton:focus { border: 3px solid $accent; margin: 0; padding: 5px 15px; }
QPushButton[main="true"] { background: $accent; color: $on_accent; border-color: $accent;
  font-weight: 600; }
QPushButton[main="true"]:focus { border: 3px solid $text; }
QPushButton[safe="true"] { border: 2px solid $text; padding: 5px 15px; }
QPushButton[safe="true"]:focus { border: 3px solid $accent; }
QPushButton[flat="true"] { border: 1px solid transparent; background: transparent; padding: 6px 8px;
  text-align: left; }
QPushButton[flat="true"]:focus { border: 3px solid $accent; padding: 5px 7px; }
QPushButton:disabled { color: $secondary; border-color: $line; background: $window; }

QLineEdit { background: $base; color: $text; border: 1px solid $secondary; border-radius: 6px;
  margin: 1px; padding: 5px 8px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit { placeholder-text-color: $secondary; }
QLineEdit:focus { border: 3px solid $accent; margin: 0; padding: 4px 7px; }
QLineEdit:disabled { color: $secondary; border-color: $line; background: $window; }

QAbstractItemView, QPlainTextEdit { background: $base; color: $text; border: 1px solid $line;
  border-radius: 6px; margin: 1px; outline: 0; selection-background-color: $raised;
  selection-color: $text; }
QAbstractItemView:focus, QPlainTextEdit:focus { border: 2px solid $accent; margin: 0; }
QAbstractItemView[bare="true"] { border: 1px solid transparent; }
QAbstractItemView[bare="true"]:focus { border: 2px solid $accent; }
QTableView::item { padding: 0 7px; border: 0; }
QTableView::item:selected { background: $raised; color: $text; }
QHeaderView { background: $base; border: 0; margin: 0; }
QHeaderView::section { background: $base; color: $secondary; border: 0;
  border-bottom: 1px solid $line; padding: 6px 10px; font-size: ${caption}pt; }

QTabWidget::pane { border: 0; border-top: 1px solid $line; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $secondary; border: 2px solid transparent;
  border-bottom: 3px solid transparent; padding: 6px 10px; margin-right: 2px; }
QTabBar { outline: 0; }
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom: 3px solid $accent; }
QTabBar::tab:selected:focus { border: 2px solid $accent;
  border-bottom: 3px solid $accent; border-radius: 4px; }

QCheckBox { spacing: 8px; padding: 4px; border: 2px solid transparent; border-radius: 6px; }
QCheckBox::indicator { width: 13px; height: 13px; border: 2px solid $text; border-radius: 4px;
  background: $base; }
QCheckBox::indicator:checked { background: $accent; }
QCheckBox:focus { border: 2px solid $accent; }
QProgressBar { background: $raised; border: 1px solid $line; border-radius: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 5px; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: 0; }
QScrollArea:focus { border: 2px solid $accent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $secondary; border-radius: 4px; min-height: 28px; min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
""")


def points(step: Type, percent: int) -> float:
    """Return the size of a step of the type scale in points, at `percent` of the usual size."""
    return round(BASE_POINTS * POINTS[step] * percent / 100, 2)


def stylesheet(theme: Theme, percent: int) -> str:
    """Return the stylesheet for a theme and a text size."""
    sizes = {step.value: f"{points(step, percent):g}" for step in Type}
    colours = {name: getattr(theme, name) for name in theme.__slots__ if name != "name"}
    return _SHEET.substitute(sizes, **colours)
