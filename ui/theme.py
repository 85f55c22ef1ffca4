"""Three themes: light, dark and high contrast. Every colour of the screen is named here, once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtGui import QColor, QPalette


class ThemeName(StrEnum):
    """The themes, in the order Ctrl+T goes through them."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Tone(StrEnum):
    """What a mark beside a text says; there is always a sign or a word too, never colour alone."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    DANGER = "danger"
    ACCENT = "accent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme: colours as #rrggbb, `accent` the only one that is decoration."""

    name: ThemeName
    window: str
    base: str
    raised: str
    text: str
    secondary: str
    line: str
    accent: str
    on_accent: str
    good: str
    warn: str
    danger: str
    added: str
    removed: str
    refused: str
    on_refused: str

    def tone(self, tone: Tone) -> QColor:
        """Return the colour of a mark."""
        match tone:
            case Tone.PLAIN:
                return QColor(self.secondary)
            case Tone.GOOD:
                return QColor(self.good)
            case Tone.WARN:
                return QColor(self.warn)
            case Tone.DANGER:
                return QColor(self.danger)
            case Tone.ACCENT:
                return QColor(self.accent)

    def palette(self) -> QPalette:
        """Return the Qt palette, the same whether the window is active or not."""
        palette = QPalette()
        for role, colour in self._roles().items():
            palette.setColor(role, QColor(colour))
        for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(self.secondary))
        return palette

    def _roles(self) -> dict[QPalette.ColorRole, str]:
        return {
            _Role.Window: self.window,
            _Role.Base: self.base,
            _Role.AlternateBase: self.raised,
            _Role.Button: self.base,
            _Role.ToolTipBase: self.base,
            _Role.WindowText: self.text,
            _Role.Text: self.text,
            _Role.ButtonText: self.text,
            _Role.ToolTipText: self.text,
            _Role.BrightText: self.text,
            _Role.PlaceholderText: self.secondary,
            _Role.Highlight: self.accent,
            _Role.HighlightedText: self.on_accent,
            _Role.Mid: self.line,
        }


_Role = QPalette.ColorRole

LIGHT: Final = Theme(
    name=ThemeName.LIGHT,
    window="#f3f4f6",
    base="#ffffff",
    raised="#e9edf3",
    text="#15181c",
    secondary="#545c66",
    line="#d5dae0",
    accent="#1b4f8f",
    on_accent="#ffffff",
    good="#1c6a39",
    warn="#855300",
    danger="#a3142a",
    added="#e0f3e4",
    removed="#fbe3e4",
    refused="#7a0d20",
    on_refused="#ffffff",
)
DARK: Final = Theme(
    name=ThemeName.DARK,
    window="#16181b",
    base="#1d2024",
    raised="#2a2f36",
    text="#e9ebee",
    secondary="#a2abb6",
    line="#383f47",
    accent="#86b7f3",
    on_accent="#0b1420",
    good="#82d19a",
    warn="#e9b75c",
    danger="#ff929b",
    added="#17372a",
    removed="#432329",
    refused="#8c1427",
    on_refused="#ffffff",
)
CONTRAST: Final = Theme(
    name=ThemeName.CONTRAST,
    window="#000000",
    base="#000000",
    raised="#262626",
    text="#ffffff",
    secondary="#ffffff",
    line="#ffffff",
    accent="#ffe100",
    on_accent="#000000",
    good="#7dff9c",
    warn="#ffe100",
    danger="#ffa3aa",
    added="#003a12",
    removed="#4d000b",
    refused="#ffffff",
    on_refused="#000000",
)

THEMES: Final = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}
