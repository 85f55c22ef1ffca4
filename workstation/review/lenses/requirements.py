"""What packages ask for, parsed: so that a requirement spelled otherwise is the same requirement.

Sources: PyPA dependency specifiers (PEP 508) and names (PEP 503), npm package.json, deb-control(5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workstation.review.lenses.loose_json import as_object
from workstation.review.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PYTHON: Final = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?P<extras>\[[^\]]*\])?(?P<rest>.*)"
)
_DEBIAN: Final = re.compile(r"(?P<name>[^ (:\[<]+)(?P<rest>.*)")
_DEBIAN_FIELDS: Final = ("Pre-Depends", "Depends", "Recommends")
_OPTIONAL: Final = words(
    "Recommends Suggests Supplements Enhances Conflicts Obsoletes optionalDependencies peerDependencies"
)
_NPM_FIELDS: Final = ("dependencies", "optionalDependencies", "peerDependencies", "bundledDependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing asked for: its name in normal spelling, which versions, and when ("" always).

    `spelled` is how it was written, which has no part in whether two mean the same.
    """

    name: str
    versions: str = ""
    when: str = ""
    spelled: str = field(default="", compare=False)

    @property
    def optional(self) -> bool:
        """Whether it is asked for only with an extra, or not at all costs."""
        return "extra" in self.when or self.when in _OPTIONAL

    def shown(self) -> str:
        """Return it in one line."""
        return " ".join(part for part in (self.name, self.versions, self.when and f"({self.when})") if part)


def normal_name(name: str) -> str:
    """Return a Python package name in its one normal spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).casefold()


def python_requirements(values: Iterable[str]) -> Iterator[Requirement]:
    """Yield the requirements in Requires-Dist fields."""
    for value in values:
        asked, _, marker = value.partition(";")
        found = _PYTHON.match(asked.strip())
        rest = found["rest"] if found else ""
        parts = sorted("".join(part.split()) for part in rest.strip().strip("()").split(",") if part.strip())
        extras = "".join((found["extras"] or "").split()) if found else ""
        name = normal_name(found["name"]) if found else asked.strip()
        yield Requirement(name=name + extras, versions=",".join(parts), when=_marker(marker), spelled=value)


def _marker(marker: str) -> str:
    """Return an environment marker with one kind of quotes and spaces, its extra in normal spelling."""
    spaced = " ".join(marker.replace('"', "'").split())
    return re.sub(r"(extra == ')([^']*)", lambda found: found[1] + normal_name(found[2]), spaced)


def debian_requirements(fields: dict[str, str]) -> Iterator[Requirement]:
    """Yield the packages a control file depends on; an alternative is one of them."""
    for name in _DEBIAN_FIELDS:
        for part in re.split(r"[,|]", fields.get(name, "")):
            if found := _DEBIAN.match(part.strip()):
                versions = "".join(found["rest"].split()).strip("()")
                when = "" if name == "Depends" else name
                yield Requirement(name=found["name"], versions=versions, when=when, spelled=part.strip())


def npm_requirements(document: dict[str, object]) -> Iterator[Requirement]:
    """Yield the packages a package.json depends on."""
    for section in _NPM_FIELDS:
        for name, versions in (as_object(document.get(section)) or {}).items():
            when = "" if section == "dependencies" else section
            yield Requirement(name=name, versions=versions if isinstance(versions, str) else "?", when=when)
