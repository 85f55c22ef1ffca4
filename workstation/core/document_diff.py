"""What changed between two JSON documents, field by field; for documents whose meaning others know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workstation.core import strict_json
from workstation.core.strict_json import JsonValue


class FieldChange(NamedTuple):
    """One field that reads differently; None where it was not, or is no more."""

    path: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        """Read as a line: rules[release].approvals.atLeast: 2 → 1."""
        return f"{self.path}: {self.old or 'nothing'} → {self.new or 'nothing'}"


def field_changes(old: bytes | None, new: bytes, *, where: str) -> tuple[FieldChange, ...]:
    """Return every field that differs, by path; raises Malformed. Values are shown as compact JSON."""
    before = {} if old is None else _leaves_of(old, where)
    after = _leaves_of(new, where)
    return tuple(
        FieldChange(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )


def _leaves_of(data: bytes, where: str) -> dict[str, str]:
    return dict(_leaves(strict_json.parse_object(data, where=where), ""))


def _leaves(value: JsonValue, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict() if value:
            for name, item in value.items():
                yield from _leaves(item, f"{path}.{name}" if path else name)
        case list() if any(isinstance(item, dict | list) for item in value):
            for index, item in enumerate(value):
                yield from _leaves(item, f"{path}[{_label(item, index)}]")
        case _:
            yield path, strict_json.dump(value).decode("ascii")


def _label(item: JsonValue, index: int) -> str:
    """Name an item by its own id where it has one, so that a changed order is not a changed rule."""
    found = item.get("id") if isinstance(item, dict) else None
    return found if isinstance(found, str) else str(index)
