"""How the screen looks at this moment: the theme, the text size and the typefaces."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

from ui.fonts import letter_by_letter, typefaces
from ui.qt_gaps import set_application_font
from ui.stylesheet import Type, points, stylesheet
from ui.theme import THEMES, Theme, ThemeName, Tone

SMALLEST: Final = 80
LARGEST: Final = 250
_STEP: Final = 10


class Look(QObject):
    """Applies a theme and a text size (percent of the usual) to the application, and says so."""

    changed = Signal()

    def __init__(self, app: QApplication, theme: ThemeName, percent: int) -> None:
        super().__init__(app)
        self._app = app
        self._faces = typefaces()
        self._theme = THEMES[theme]
        self._percent = min(LARGEST, max(SMALLEST, percent))
        app.setStyle("Fusion")
        app.setCursorFlashTime(0)
        self._apply()

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        return self._theme

    @property
    def percent(self) -> int:
        """The text size, percent of the usual."""
        return self._percent

    def font(self, step: Type) -> QFont:
        """Return the font of a step of the type scale."""
        font = QFont(self._faces.fixed if step is Type.FIXED else self._faces.words)
        font.setPointSizeF(points(step, self._percent))
        if step in (Type.STRONG, Type.HEADING, Type.TITLE):
            font.setWeight(QFont.Weight.DemiBold)
        return letter_by_letter(font)

    def named(self, colour: str) -> QColor:
        """Return a colour of the theme by the name of its field."""
        return QColor(getattr(self._theme, colour))

    def colour(self, tone: Tone) -> QColor:
        """Return the colour of a mark."""
        return self._theme.tone(tone)

    def next_theme(self) -> None:
        """Go to the next theme."""
        names = list(THEMES)
        following = names[(names.index(self._theme.name) + 1) % len(names)]
        self._theme = THEMES[following]
        self._apply()

    def larger(self) -> None:
        """Make the text one step larger."""
        self._resize(self._percent + _STEP)

    def smaller(self) -> None:
        """Make the text one step smaller."""
        self._resize(self._percent - _STEP)

    def usual_size(self) -> None:
        """Go back to the usual text size."""
        self._resize(100)

    def _resize(self, percent: int) -> None:
        self._percent = min(LARGEST, max(SMALLEST, percent))
        self._apply()

    def _apply(self) -> None:
        self._app.setPalette(self._theme.palette())
        set_application_font(self._app, self.font(Type.BODY))
        self._app.setStyleSheet(stylesheet(self._theme, self._percent))
        self.changed.emit()
