"""The two typefaces of the screen: one for words, one of fixed pitch for bytes and digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

_WORDS: Final = ("DejaVu Sans", "Noto Sans", "Liberation Sans")
_FIXED: Final = ("DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typefaces:
    """The families this machine has of those we know."""

    words: str
    fixed: str


def typefaces() -> Typefaces:
    """Return the typefaces to use; raises RuntimeError when the machine has none of fixed pitch.

    In a typeface of varying pitch a digest is not aligned and rn looks like m.
    """
    installed = set(QFontDatabase.families())
    words = next((name for name in _WORDS if name in installed), QFont().defaultFamily())
    usual = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    for name in (*(name for name in _FIXED if name in installed), usual):
        if QFontInfo(QFont(name)).fixedPitch():
            return Typefaces(words=words, fixed=name)
    raise RuntimeError("no typeface of fixed pitch is installed; fonts-dejavu-core has one")
