"""The two typefaces of the screen, shipped with it: Inter for words, Hack of fixed pitch for bytes.

Their licences stand beside them in `ui/type`. Shipped, a screen looks the same on every machine, and
a picture of it can be compared with another exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

FOLDER: Final = Path(__file__).parent / "type"
_FILES: Final = ("Inter-Regular.otf", "Inter-SemiBold.otf", "Hack-Regular.ttf")
_WORDS: Final = "Inter"
_FIXED: Final = "Hack"
_JOINING: Final = ("calt", "liga", "clig", "dlig")
"""OpenType features that draw several letters as another sign: -> would become an arrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typefaces:
    """The families of the screen."""

    words: str
    fixed: str


def typefaces() -> Typefaces:
    """Load the shipped typefaces; raises RuntimeError when one is missing or not of fixed pitch.

    In a typeface of varying pitch a digest is not aligned and rn looks like m.
    """
    missing = {_WORDS, _FIXED} - set(QFontDatabase.families())
    if missing:
        for name in _FILES:
            QFontDatabase.addApplicationFont(str(FOLDER / name))
    if not {_WORDS, _FIXED} <= set(QFontDatabase.families()) or not QFontInfo(QFont(_FIXED)).fixedPitch():
        raise RuntimeError(f"the typefaces in {FOLDER} cannot be loaded")
    return Typefaces(words=_WORDS, fixed=_FIXED)


def letter_by_letter(font: QFont) -> QFont:
    """Return a font that draws every letter as itself."""
    for feature in _JOINING:
        font.setFeature(QFont.Tag(feature), 0)
    return font
