"""What every part of the page is made of; every value is made inert, then escaped."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.core.inert_text import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page that stands before the diff: a title, and rows of cells."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    otherwise: str = ""


def section(part: Section) -> Iterator[str]:
    """Yield a section."""
    yield f"<h2>{safe(part.title)}</h2>\n"
    rows = ["<tr>" + "".join(f"<td>{safe(cell)}</td>" for cell in row) + "</tr>\n" for row in part.rows]
    yield from table(rows, safe(part.otherwise))


def table(rows: Sequence[str], otherwise: str) -> Iterator[str]:
    """Yield rows as a table, or `otherwise` (already safe) where there are none."""
    if rows:
        yield "<table>\n"
        yield from rows
        yield "</table>\n"
    elif otherwise:
        yield f'<p class="soft">{otherwise}</p>\n'


def safe(text: str) -> str:
    """Return a value as text of the page."""
    return html.escape(inert(text))
