"""A checkpoint on paper: its text and a QR code of it in one SVG, for a safe or a wall."""

from __future__ import annotations

from typing import Final

import segno

_MODULE: Final = 4
_LINE: Final = 14
_MARGIN: Final = 24
_WIDE: Final = 760


def slip(note: bytes) -> bytes:
    """Return the note as an SVG document: the QR code holds exactly its bytes, the text is for people."""
    code = segno.make(note, micro=False, error="m", mode="byte", boost_error=False)
    side = code.symbol_size(border=4)[0] * _MODULE
    lines = [part for line in note.decode().split("\n") for part in _wrapped(line)]
    height = side + _LINE * len(lines) + 3 * _MARGIN
    drawn = "".join(
        f'<rect x="{_MARGIN + (4 + column) * _MODULE}" y="{_MARGIN + (4 + row) * _MODULE}"'
        f' width="{_MODULE}" height="{_MODULE}"/>'
        for row, modules in enumerate(code.matrix)
        for column, dark in enumerate(modules)
        if dark
    )
    text = "".join(
        f'<text x="{_MARGIN}" y="{side + 2 * _MARGIN + _LINE * index}">{_escaped(line)}</text>'
        for index, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{height}"'
        f' font-family="monospace" font-size="11"><rect width="100%" height="100%" fill="white"/>'
        f"{drawn}{text}</svg>\n"
    ).encode()


def _wrapped(line: str) -> list[str]:
    return [line[at : at + 100] for at in range(0, max(len(line), 1), 100)]


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
