"""Inert text: hostile text spelled so that nothing in it can act, hide or look like something else.

Printable ASCII stands as it is, a tab is →, each space at the end is ·, and every other character
is spelled U+XXXX between angle quotation marks (bytes that are not UTF-8 as the surrogates of
PEP 383). Two different texts never come out alike: `original` is the way back.
"""

from __future__ import annotations

import re
from typing import Final

TAB: Final = "\N{RIGHTWARDS ARROW}"
TRAILING_SPACE: Final = "\N{MIDDLE DOT}"
_OPEN: Final = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
_CLOSE: Final = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_NOT_PRINTABLE_ASCII: Final = re.compile(r"[^\x20-\x7e]")
_ACTING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SPELLED: Final = re.compile(f"{_OPEN}U\\+([0-9A-F]{{4,6}}){_CLOSE}|{TAB}|{TRAILING_SPACE}")


def inert(text: str) -> str:
    """Return one line of text made inert; a line break in it is spelled like any control."""
    body = text.rstrip(" ")
    return _NOT_PRINTABLE_ASCII.sub(_spell, body) + TRAILING_SPACE * (len(text) - len(body))


def inert_bytes(line: bytes) -> str:
    """Return one line of a file made inert, whatever its bytes."""
    return inert(line.decode("utf-8", "surrogateescape"))


def tame(text: str) -> str:
    """Return words for a terminal: letters of every script stay, and what acts or hides in them is spelled.

    Lines may break and tabs stand; other controls, reordering and invisible characters do neither.
    """
    return _ACTING.sub(_spell_out, text)


def original(shown: str) -> str:
    """Return the text that `inert` made `shown` of."""
    return _SPELLED.sub(_unspell, shown)


def _spell(found: re.Match[str]) -> str:
    return TAB if found[0] == "\t" else _spell_out(found)


def _spell_out(found: re.Match[str]) -> str:
    return f"{_OPEN}U+{ord(found[0]):04X}{_CLOSE}"


def _unspell(found: re.Match[str]) -> str:
    if found[1] is not None:
        return chr(int(found[1], 16))
    return "\t" if found[0] == TAB else " "
