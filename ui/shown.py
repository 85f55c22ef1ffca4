"""What may be painted: every text on its way to a widget goes through one of these.

Values from a release are spelled by `inert`. Our own sentences may also hold typographic signs, and
names of people letters of other scripts; controls, bidi marks and combining marks stand in neither.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from workstation.core.inert_text import inert

_INERT: Final = re.compile("[\x20-\x7e\u2192\u00b7\u2039\u203a]*")
_TYPOGRAPHY: Final = (
    "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00b7\u2190\u2192\u2194\u2212\u00d7"
    "\u2264\u2265\u2039\u203a\u25a0\u25b2\u25cf\u25cb\u2713"
)
_NOT_PROSE: Final = re.compile(f"[^\x20-\x7e{_TYPOGRAPHY}]+")
_LETTERS: Final = ("Lu", "Ll", "Lt", "Lo", "Nd")
_GROUP: Final = 4
_THOUSAND: Final = 1000


def value_text(text: str) -> str:
    """Return a value of a release, such as a path, made inert."""
    return inert(text)


def row_text(text: str) -> str:
    """Return a row of changed text; it comes inert, and is made so if it does not."""
    return text if _INERT.fullmatch(text) else inert(text)


def prose(text: str) -> str:
    """Return a sentence of the desk's: plain text with typographic signs, the rest spelled."""
    return _NOT_PROSE.sub(lambda found: inert(found[0]), text)


def paragraphs(text: str) -> str:
    """Return a text of several sentences or lines, the line breaks kept."""
    return "\n".join(prose(line) for line in text.split("\n"))


def person_text(name: str) -> str:
    """Return a person's name: letters written from left to right as they are, the rest spelled."""
    normal = unicodedata.normalize("NFC", name)
    return "".join(letter if _is_letter(letter) else prose(letter) for letter in normal)


def grouped(digest: str, *, per_line: int = 8) -> str:
    """Return a digest in groups of four, `per_line` groups on a line, for the eye to follow."""
    groups = [digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP)]
    lines = [groups[start : start + per_line] for start in range(0, len(groups), per_line)]
    return "\n".join(" ".join(line) for line in lines)


def time_shown(text: str) -> str:
    """Return a time of our documents the way people read it: 2026-11-20 09:00 UTC."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ", text, re.ASCII)
    return f"{found[1]} {found[2]} UTC" if found else value_text(text)


def size_shown(size: int) -> str:
    """Return a size in bytes with its digits in threes."""
    return f"{size:,} bytes".replace(",", "\u2009") if size != 1 else "1 byte"


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter) in _LETTERS and unicodedata.bidirectional(letter) in ("L", "EN")


def room_shown(size: int) -> str:
    """Return room on a medium in the largest unit that leaves a number before the point: 1.5 GB."""
    amount, units = float(size), ("bytes", "kB", "MB", "GB", "TB")
    for unit in units[:-1]:
        if amount < _THOUSAND:
            return f"{amount:.0f} {unit}" if unit == units[0] else f"{amount:.1f} {unit}"
        amount /= _THOUSAND
    return f"{amount:.1f} {units[-1]}"
