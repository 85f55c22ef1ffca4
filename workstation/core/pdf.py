"""A printed page as PDF (ISO 32000-1), written by hand: three of the standard typefaces, and rectangles.

Distances are points from the lower left corner. The same page always gives the same bytes. No
typeface is embedded and nothing is compressed, so a slip can be read with any viewer, or with `strings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 595
HEIGHT: Final = 842
"""A4."""

_ASCII_FOR: Final = str.maketrans(
    {"\u2190": "<-", "\u2192": "->", "\u25a0": "", "\u2026": "...", "\u2212": "-"}
)


class Face(Enum):
    """The typefaces, by their standard names (ISO 32000-1, 9.6.2.2)."""

    WORDS = "Helvetica"
    STRONG = "Helvetica-Bold"
    FIXED = "Courier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text whose baseline begins at (x, y); `light` prints it white."""

    x: float
    y: float
    size: float
    text: str
    face: Face = Face.WORDS
    light: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A black rectangle with its lower left corner at (x, y)."""

    x: float
    y: float
    width: float
    height: float


def document(pages: Sequence[Sequence[Text | Box]]) -> bytes:
    """Return the PDF of some pages."""
    first = 3 + len(Face)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    fonts = " ".join(f"/{face.name} {3 + number} 0 R" for number, face in enumerate(Face))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 {WIDTH} {HEIGHT}]"
        f" /Resources << /Font << {fonts} >> >> >>".encode(),
        *(_font(face) for face in Face),
    ]
    for number, page in enumerate(pages):
        content = b"\n".join(_drawn(item) for item in page)
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {first + 2 * number + 1} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _file(objects)


def _font(face: Face) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{face.value} /Encoding /WinAnsiEncoding >>".encode()


def _drawn(item: Text | Box) -> bytes:
    match item:
        case Box():
            return f"{item.x:g} {item.y:g} {item.width:g} {item.height:g} re f".encode()
        case Text():
            grey = 1 if item.light else 0
            begun = f"{grey} g BT /{item.face.name} {item.size:g} Tf {item.x:g} {item.y:g} Td (".encode()
            return begun + _literal(item.text) + b") Tj ET 0 g"


def _literal(text: str) -> bytes:
    """Return a text as the inside of a PDF string; letters WinAnsi has not become question marks."""
    encoded = text.translate(_ASCII_FOR).encode("cp1252", "replace")
    return b"".join(b"\\" + bytes([one]) if one in b"()\\" else bytes([one]) for one in encoded)


def _file(objects: Sequence[bytes]) -> bytes:
    found = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, content in enumerate(objects, start=1):
        places.append(len(found))
        found += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(found)
    found += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    found += b"".join(b"%010d 00000 n \n" % place for place in places)
    found += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(found)
