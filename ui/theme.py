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
    word_added: str
    word_removed: str
    soft: str
    rail: str
    on_rail: str
    rail_chosen: str
    on_rail_chosen: str
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
    window="#f1f3f6",
    base="#ffffff",
    raised="#e5ecf6",
    text="#121821",
    secondary="#4e5967",
    line="#d8dee6",
    accent="#1c54b2",
    on_accent="#ffffff",
    good="#146b3a",
    warn="#8a4b00",
    danger="#b0122b",
    added="#e3f4e8",
    removed="#fce6e8",
    word_added="#a9dfbb",
    word_removed="#f5b5bc",
    soft="#eef3fb",
    rail="#0e1b2e",
    on_rail="#b4c1d3",
    rail_chosen="#24406b",
    on_rail_chosen="#ffffff",
    refused="#7a0d20",
    on_refused="#ffffff",
)
DARK: Final = Theme(
    name=ThemeName.DARK,
    window="#12161c",
    base="#1a1f27",
    raised="#27303d",
    text="#e8ecf2",
    secondary="#a3afbf",
    line="#333d4b",
    accent="#8ab6ff",
    on_accent="#0a1526",
    good="#7fd79d",
    warn="#f0b85a",
    danger="#ff949f",
    added="#163526",
    removed="#41222a",
    word_added="#1f5f3e",
    word_removed="#7a2c3a",
    soft="#1f2733",
    rail="#0b0f14",
    on_rail="#9fadbf",
    rail_chosen="#263a5a",
    on_rail_chosen="#ffffff",
    refused="#8c1427",
    on_refused="#ffffff",
)
CONTRAST: Final = Theme(
    name=ThemeName.CONTRAST,
    window="#000000",
    base="#000000",
    raised="#2b2b2b",
    text="#ffffff",
    secondary="#ffffff",
    line="#ffffff",
    accent="#ffe100",
    on_accent="#000000",
    good="#7dff9c",
    warn="#ffe100",
    danger="#ffa3aa",
    added="#003212",
    removed="#43000a",
    word_added="#005c22",
    word_removed="#7d0013",
    soft="#000000",
    rail="#000000",
    on_rail="#ffffff",
    rail_chosen="#ffe100",
    on_rail_chosen="#000000",
    refused="#ffffff",
    on_refused="#000000",
)

THEMES: Final = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}
