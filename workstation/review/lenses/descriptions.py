"""A package's description of itself, parsed: what it asks for, and its fields, however they are spelled.

Sources: core metadata 2.4 and the WHEEL file (PyPA specifications), npm package.json, deb-control(5).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Fact
from workstation.review.lenses.headers import header_fields
from workstation.review.lenses.loose_json import loose_json
from workstation.review.lenses.requirements import (
    Requirement,
    debian_requirements,
    npm_requirements,
    python_requirements,
)
from workstation.review.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.pair import Pair

ENTRY_POINTS: Final = re.compile(r"(?:.*/)?entry_points\.txt")
PACKAGE_JSON: Final = re.compile(r"(?:[^/]+/)?package\.json")
DEB_CONTROL: Final = re.compile(r".*!/control\.tar[^/]*!/(?:content!/)?control", re.DOTALL)
_RPM: Final = re.compile(r".*\.rpm!/about/(info|requires)", re.DOTALL | re.IGNORECASE)
_METADATA: Final = re.compile(r"(?:[^/]+\.dist-info/METADATA|(?:[^/]+/)?PKG-INFO)")
_WHEEL: Final = re.compile(r"[^/]+\.dist-info/WHEEL")
_APART: Final = words(
    "requires-dist version description summary keywords classifier requires provides obsoletes "
    "dynamic metadata-version description-content-type platform installed-size depends pre-depends "
    "recommends"
)
"""Fields that are looked at as what they mean, that have to change, or that nobody acts on."""
_RPM_FIELDS: Final = ("License", "Packager", "Vendor", "URL", "Architecture", "Distribution", "Epoch")
_NPM_FIELDS: Final = (
    "author",
    "maintainers",
    "license",
    "bin",
    "main",
    "module",
    "exports",
    "type",
    "engines",
    "repository",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a package says of itself: what it asks for, and its other fields."""

    requirements: tuple[Requirement, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def describe(pair: Pair, text: bytes | None) -> Description | None:
    """Return what one side of a pair says of a package; None when it says nothing of one, or is not there."""
    if text is None:
        return None
    if PACKAGE_JSON.fullmatch(pair.name):
        return _npm(text)
    if _METADATA.fullmatch(pair.name) or _WHEEL.fullmatch(pair.name):
        return _python(text.decode("utf-8", "replace"))
    if found := _RPM.fullmatch(pair.path):
        return _rpm(found[1], text.decode("utf-8", "replace"))
    return _debian(text.decode("utf-8", "replace")) if DEB_CONTROL.fullmatch(pair.path) else None


def description_facts(pair: Pair) -> Iterator[Fact]:
    """Yield each requirement and field that is other than it was."""
    new = describe(pair, pair.new_text) if pair.bytes_changed else None
    if new is None:
        return
    old = describe(pair, pair.old_text) or Description()
    was, now = ({one.shown() for one in side.requirements} for side in (old, new))
    yield from (Fact(name="requires", old=one) for one in sorted(was - now))
    yield from (Fact(name="requires", new=one) for one in sorted(now - was))
    for name in sorted(old.fields.keys() | new.fields.keys()):
        values = tuple("; ".join(side.fields.get(name, ())) for side in (old, new))
        if values[0] != values[1]:
            yield Fact(name=name, old=values[0], new=values[1])


def _python(text: str) -> Description:
    fields = header_fields(text)
    asked = (value for name, value in fields if name.casefold() == "requires-dist")
    return Description(requirements=tuple(python_requirements(asked)), fields=_grouped(fields))


def _debian(text: str) -> Description:
    fields = header_fields(text)
    return Description(requirements=tuple(debian_requirements(dict(fields))), fields=_grouped(fields))


def _rpm(part: str, text: str) -> Description:
    """Return what an RPM says about itself, in the texts its reader writes: a field or relation a line."""
    lines = [(name, value) for name, _, value in (line.partition(": ") for line in text.splitlines())]
    if part == "requires":
        asked = {value: "" if name == "Requires" else name for name, value in lines}
        relations = (
            Requirement(name=one.partition(" ")[0], versions=one.partition(" ")[2], when=when)
            for one, when in asked.items()
        )
        return Description(requirements=tuple(relations))
    return Description(fields=_grouped([one for one in lines if one[0] in _RPM_FIELDS]))


def _npm(text: bytes) -> Description | None:
    document = loose_json(text)
    if document is None:
        return None
    return Description(
        requirements=tuple(npm_requirements(document)),
        fields={name: (_value(document[name]),) for name in _NPM_FIELDS if name in document},
    )


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _grouped(fields: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in fields:
        if name.casefold() not in _APART:
            found[name] = (*found.get(name, ()), value)
    return {name: tuple(sorted(values)) for name, values in found.items()}
