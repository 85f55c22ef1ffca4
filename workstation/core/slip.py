"""A slip: a printed page with a band, what it says in sections, and a QR code that says it to a machine."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import segno

from workstation.core.inert_text import inert
from workstation.core.pdf import HEIGHT, WIDTH, Box, Face, Text, document

_MARGIN: Final = 48.0
_BAND: Final = 76.0
_QR_SIDE: Final = 132.0
_QUIET: Final = 4
"""The empty border of a QR code, in modules (ISO/IEC 18004, 9.1)."""
_WORDS_WIDE: Final = 88
_FIXED_WIDE: Final = 72
_LARGE_WIDE: Final = 46
_DRAFT: Final = (
    "Printed by a Countersign workstation. It proves nothing by itself: compare it with the machine."
)
_TYPOGRAPHY: Final = "\u2190\u2192\u25a0\u2026\u2212"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and lines; `fixed` for digests, `large` for what people type or read aloud."""

    heading: str
    lines: tuple[str, ...]
    fixed: bool = False
    large: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSlip:
    """What stands on a slip; `code` is what the QR code holds."""

    title: str
    band: str
    sections: tuple[Section, ...]
    code: str

    def to_pdf(self) -> bytes:
        """Return the slip as PDF, over as many pages as it takes; the same slip gives the same bytes."""
        pages: list[list[Text | Box]] = [[*self._head()]]
        top = HEIGHT - _MARGIN - _BAND - _QR_SIDE - 30
        for line in self._lines():
            if top - line.height < _MARGIN + 20:
                pages.append([])
                top = HEIGHT - _MARGIN
            top -= line.height
            pages[-1].append(Text(x=_MARGIN, y=top, size=line.size, text=line.text, face=line.face))
        for number, page in enumerate(pages, start=1):
            foot = f"{_DRAFT}  {number}/{len(pages)}"
            page.append(Text(x=_MARGIN, y=_MARGIN - 14, size=7.5, text=foot))
        return document(pages)

    def _head(self) -> Iterator[Text | Box]:
        bottom = HEIGHT - _MARGIN - _BAND
        yield Box(x=_MARGIN, y=bottom, width=WIDTH - 2 * _MARGIN, height=_BAND)
        yield Text(
            x=_MARGIN + 18, y=bottom + 28, size=28, text=_said(self.band), face=Face.STRONG, light=True
        )
        for place, line in enumerate(textwrap.wrap(_said(self.title), 44)[:6]):
            yield Text(x=_MARGIN, y=bottom - 34 - 20 * place, size=15, text=line, face=Face.STRONG)
        yield from _qr(self.code, WIDTH - _MARGIN - _QR_SIDE, bottom - 10 - _QR_SIDE)

    def _lines(self) -> Iterator[_Line]:
        for section in self.sections:
            yield _Line(text=_said(section.heading), size=11, face=Face.STRONG, height=26)
            face = Face.FIXED if section.fixed else Face.WORDS
            size, wide = (
                (16, _LARGE_WIDE) if section.large else (9.5, _FIXED_WIDE if section.fixed else _WORDS_WIDE)
            )
            for line in section.lines:
                for part in textwrap.wrap(_said(line), wide) or [""]:
                    yield _Line(text=part, size=size, face=face, height=size * 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str
    size: float
    face: Face
    height: float


def _qr(code: str, x: float, y: float) -> Iterator[Box]:
    # Level M repairs 15 % of a code that was folded or smudged (ISO/IEC 18004, 7.5.1).
    rows = [tuple(row) for row in segno.make_qr(code, error="m").matrix]
    side = _QR_SIDE / (len(rows) + 2 * _QUIET)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                left, low = x + (across + _QUIET) * side, y + (len(rows) - 1 - down + _QUIET) * side
                # A hair more than its place, so that neighbours leave no white line between them.
                yield Box(x=round(left, 3), y=round(low, 3), width=side + 0.02, height=side + 0.02)


def _said(text: str) -> str:
    """Return a text fit to be printed: our arrows stay, whatever else is not plain is spelled."""
    return "".join(one if one in _TYPOGRAPHY else inert(one) if one != " " else one for one in text)
