"""The small parts pages are made of: each is born with its name, its words and its place in the type scale.

Object names are `<screen>.<part>.<kind>`. A label shows plain text, whatever stands in it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.stylesheet import Type
from ui.theme import Tone


def label(name: str, text: str = "", *, step: Type = Type.BODY, wrap: bool = False) -> QLabel:
    """Return a label of plain text."""
    made = QLabel()
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    made.setProperty("type", step.value)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def set_tone(widget: QWidget, tone: Tone | None) -> None:
    """Colour a label by its tone, or take the colour away."""
    widget.setProperty("tone", tone.value if tone else None)
    repolish(widget)


def repolish(widget: QWidget) -> None:
    """Let the stylesheet see a property that changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def button(name: str, text: str, *, kind: str = "") -> QPushButton:
    """Return a push button; `kind` is main, safe (the one Enter presses), flat or nothing."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text.replace("&", "").rstrip("…"))
    made.setAutoDefault(False)
    if kind:
        made.setProperty(kind, "true")
    return made


def line_edit(name: str, accessible: str, placeholder: str = "") -> QLineEdit:
    """Return a field for one line of text."""
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(accessible)
    made.setPlaceholderText(placeholder)
    return made


def panel(name: str, surface: str) -> QFrame:
    """Return a frame on one of the stylesheet's surfaces."""
    made = QFrame()
    made.setObjectName(name)
    made.setProperty("surface", surface)
    return made


def column(parent: QWidget | None = None, *, margin: int = 0, gap: int = 8) -> QVBoxLayout:
    """Return a column, the layout of `parent` if given; distances in pixels."""
    made = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    _space(made, margin, gap)
    return made


def row(parent: QWidget | None = None, *, margin: int = 0, gap: int = 8) -> QHBoxLayout:
    """Return a row, the layout of `parent` if given; distances in pixels."""
    made = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    _space(made, margin, gap)
    return made


def _space(layout: QLayout, margin: int, gap: int) -> None:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
