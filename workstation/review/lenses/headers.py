"""Header fields as core metadata, deb control files and wheels have them (RFC 822 form)."""

from __future__ import annotations

import re
from typing import Final

_FIELD: Final = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9-]*):[ \t]*(?P<value>[^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE
)


def header_fields(text: str) -> list[tuple[str, str]]:
    """Return the fields before the first empty line, in order; a continued line belongs to its field."""
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    found = (_FIELD.match(part) for part in re.split(r"\n(?![ \t])", head))
    return [(one["name"], one["value"].strip()) for one in found if one]


def header_values(text: str, name: str) -> list[str]:
    """Return the values of one field, in order."""
    return [value for field, value in header_fields(text) if field.casefold() == name.casefold()]
