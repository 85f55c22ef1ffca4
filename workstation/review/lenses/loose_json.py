"""JSON of other people's formats: numbers of any kind, but still no key twice and no nesting without end."""

from __future__ import annotations

import json
from typing import cast


def loose_json(text: bytes | None) -> dict[str, object] | None:
    """Return the object a text holds; None when it is none, cannot be read, or says something twice."""
    try:
        found: object = json.loads(text or b"null", object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError):
        return None
    return as_object(found)


def as_object(value: object) -> dict[str, object] | None:
    """Return a value that is an object."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def objects(document: dict[str, object] | None, name: str) -> list[dict[str, object]]:
    """Return the objects in an array of a document; what is none is passed over."""
    found = (document or {}).get(name)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return [one for item in items if (one := as_object(item)) is not None]


def word(document: dict[str, object] | None, name: str) -> str:
    """Return a string of a document, "" when it has none of this name."""
    found = (document or {}).get(name)
    return found if isinstance(found, str) else ""


def _unambiguous(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found
