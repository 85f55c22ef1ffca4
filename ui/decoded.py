"""A signed statement laid out for reading: one value a line, nothing left out, the order kept."""

from __future__ import annotations

from collections.abc import Iterator

from ui.shown import value_text
from workstation.core.errors import Malformed
from workstation.core.strict_json import JsonValue, parse

_STEP = "  "


def decoded(statement: str) -> str:
    """Return a JSON statement as indented lines; a text that is no JSON comes back as it is, inert."""
    try:
        value = parse(statement.encode(), where="statement")
    except Malformed:
        return value_text(statement)
    return "\n".join(_lines(value, ""))


def _lines(value: JsonValue, indent: str) -> Iterator[str]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _field(f"{indent}{value_text(key)}:", item, indent)
        case list():
            for item in value:
                yield from _field(f"{indent}-", item, indent)
        case _:
            yield f"{indent}{_plain(value)}"


def _field(label: str, value: JsonValue, indent: str) -> Iterator[str]:
    match value:
        case dict() | list() if value:
            yield label
            yield from _lines(value, indent + _STEP)
        case _:
            yield f"{label} {_plain(value)}"


def _plain(value: JsonValue) -> str:
    match value:
        case str():
            return value_text(value) or "(empty)"
        case None:
            return "(nothing)"
        case dict() | list():
            return "(none)"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
