"""A few shapes on A4: headings, facts, tables, text. The fonts are embedded: all is the same anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from workstation.core.inert_text import inert
from workstation.core.shape import time_text

_FONTS: Final = Path(__file__).parent / "fonts"
_TEXT, _MONO = "DejaVuSans", "DejaVuSansMono"
_INK: Final = (28, 32, 38)
_QUIET: Final = (104, 112, 122)
_RULE: Final = (206, 211, 217)
_BAND: Final = (241, 243, 246)
_ALARM: Final = (164, 28, 28)
_GOOD: Final = (22, 102, 62)
_MARGIN: Final = 18.0
_LINE: Final = 5.0


class _Sheet(FPDF):
    """A page with a foot: the title, and how many pages there are."""

    def __init__(self, title: str, made: datetime) -> None:
        super().__init__(format="A4")
        self._foot = f"{title} · {time_text(made)}"
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self.add_font(_TEXT, fname=_FONTS / "DejaVuSans.ttf")
        self.add_font(_TEXT, "B", fname=_FONTS / "DejaVuSans-Bold.ttf")
        self.add_font(_MONO, fname=_FONTS / "DejaVuSansMono.ttf")
        self.set_title(title)
        self.set_creator("Countersign")
        # The time of the last entry, and not of the printing: equal journals give equal bytes.
        self.set_creation_date(made)

    def letters(self) -> frozenset[str]:
        """Return the characters the text font can draw."""
        font = self.fonts[_TEXT.lower()]
        return frozenset(chr(code) for code in font.cmap) if isinstance(font, TTFFont) else frozenset()

    def footer(self) -> None:
        """Draw the foot of a page."""
        self.set_y(-14)
        self.set_font(_TEXT, size=7.5)
        self.set_text_color(*_QUIET)
        self.cell(0, 5, self._foot)
        self.set_x(_MARGIN)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")


class Paper:
    """A report being written, from the top down."""

    def __init__(self, *, title: str, made: datetime) -> None:
        """Begin with an empty page."""
        self._sheet = _Sheet(title, made)
        self._sheet.add_page()
        self._known = self._sheet.letters()

    def title(self, text: str, below: str) -> None:
        """Write what this is, large, and about what."""
        self._write(text, size=22, style="B", height=11)
        self._write(below, size=11, colour=_QUIET, height=7)
        self._gap(4)

    def heading(self, text: str) -> None:
        """Begin a part; never at the very foot of a page."""
        self._room(40)
        self._gap(6)
        self._write(text, size=14, style="B", height=8)
        sheet = self._sheet
        sheet.set_draw_color(*_RULE)
        sheet.line(_MARGIN, sheet.get_y(), sheet.w - _MARGIN, sheet.get_y())
        self._gap(2.5)

    def subheading(self, text: str) -> None:
        """Begin a part of a part."""
        self._room(45)
        self._gap(3)
        self._write(text, size=10.5, style="B", height=6)

    def paragraph(self, text: str) -> None:
        """Write text."""
        self._write(text, size=9)
        self._gap(1.5)

    def lines(self, texts: Iterable[str]) -> None:
        """Write lines, each one inert."""
        for text in texts:
            self._write(f"· {inert(text)}", size=9)

    def alarm(self, text: str) -> None:
        """Write what must not be overlooked."""
        self._write(f"■ {text}", size=9, style="B", colour=_ALARM)
        self._gap(1)

    def good(self, text: str) -> None:
        """Write that something is as it should be."""
        self._write(f"✓ {text}", size=9, style="B", colour=_GOOD)
        self._gap(1)

    def mono(self, text: str) -> None:
        """Write text letter under letter."""
        self._sheet.set_fill_color(*_BAND)
        self._write(text.rstrip("\n"), size=7.5, font=_MONO, height=4.2, fill=True)
        self._gap(2)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write names and values beside each other."""
        sheet = self._sheet
        for name, value in rows:
            self._room(_LINE)
            top = sheet.get_y()
            self._write(name, size=8.5, colour=_QUIET)
            sheet.set_y(top)
            sheet.set_left_margin(_MARGIN + 32)
            sheet.set_x(_MARGIN + 32)
            self._write(value, size=8.5)
            sheet.set_left_margin(_MARGIN)
        sheet.set_x(_MARGIN)
        self._gap(1.5)

    def table(self, names: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]]) -> None:
        """Write a table that goes on over pages, its head repeated on each."""
        sheet = self._sheet
        self._pen(_TEXT, 8, "", _INK)
        sheet.set_draw_color(*_RULE)
        sheet.set_fill_color(255)
        with sheet.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(widths),
            headings_style=FontFace(emphasis="BOLD", color=_QUIET, fill_color=_BAND),
            line_height=4.4,
            padding=(1.1, 1.5),
            text_align="LEFT",
            v_align="TOP",
            width=sum(widths),
        ) as table:
            for row in (names, *rows):
                table.row([self._printable(cell) for cell in row])
        self._gap(2)

    def to_bytes(self) -> bytes:
        """Return the PDF."""
        return bytes(self._sheet.output())

    def _write(
        self,
        text: str,
        *,
        size: float,
        style: str = "",
        font: str = _TEXT,
        colour: tuple[int, int, int] = _INK,
        height: float = _LINE,
        fill: bool = False,
    ) -> None:
        self._pen(font, size, style, colour)
        self._sheet.multi_cell(
            0, height, self._printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L", fill=fill
        )

    def _pen(self, font: str, size: float, style: str, colour: tuple[int, int, int]) -> None:
        self._sheet.set_font(font, style, size)
        self._sheet.set_text_color(*colour)

    def _printable(self, text: str) -> str:
        """Return the text with what our fonts cannot draw spelled out, so that nothing vanishes."""
        return "\n".join(self._spelled(line) for line in text.split("\n"))

    def _spelled(self, line: str) -> str:
        return "".join(each if each in self._known else inert(each) for each in line)

    def _gap(self, millimetres: float) -> None:
        self._sheet.ln(millimetres)

    def _room(self, millimetres: float) -> None:
        if self._sheet.will_page_break(millimetres):
            self._sheet.add_page()
