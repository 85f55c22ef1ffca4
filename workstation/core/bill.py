"""A bill of materials by what it says of components, and what changed between two of them.

The format it was written in (CycloneDX or SPDX, JSON, XML or tag-value) has no part in it. Components go
by their package URL without the version, so that a respelled one is the same component.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packageurl import PackageURL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NUMBER: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component: its name as written, version, package URL ("" without one) and licences, sorted."""

    name: str
    version: str = ""
    purl: str = ""
    licences: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What the same component of another version has too."""
        try:
            found = PackageURL.from_string(self.purl)
        except ValueError:
            return self.name.casefold()
        return PackageURL(type=found.type, namespace=found.namespace, name=found.name).to_string()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A known vulnerability: its severity in a word, whether it was answered (VEX), and what it is in."""

    id: str
    severity: str = ""
    answered: bool = False
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A bill of materials: its format for people, its components, and the vulnerabilities it names."""

    format: str
    components: tuple[Component, ...] = ()
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One component before and now: its versions and licences, empty where it was not there."""

    name: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    old_licences: tuple[str, ...] = ()
    new_licences: tuple[str, ...] = ()

    @property
    def back(self) -> bool:
        """Whether the version went back."""
        return len(self.old) == len(self.new) == 1 and _numbers(self.new[0]) < _numbers(self.old[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class BillDiff:
    """What changed: components come, gone, of another version, under another licence; vulnerabilities."""

    added: tuple[Shift, ...] = ()
    removed: tuple[Shift, ...] = ()
    moved: tuple[Shift, ...] = ()
    relicensed: tuple[Shift, ...] = ()
    open_now: tuple[Known, ...] = ()
    closed_now: tuple[Known, ...] = ()


def bill_diff(old: Bill, new: Bill, *, answered: frozenset[str] = frozenset()) -> BillDiff:
    """Return what changed; vulnerabilities in `answered` (by VEX documents beside it) count as closed."""
    found = shifts(old.components, new.components)
    both = [one for one in found if one.old and one.new]
    was, is_now = _open(old.known, frozenset()), _open(new.known, answered)
    return BillDiff(
        added=tuple(one for one in found if not one.old),
        removed=tuple(one for one in found if not one.new),
        moved=tuple(one for one in both if one.old != one.new),
        relicensed=tuple(one for one in both if one.old_licences != one.new_licences),
        open_now=tuple(is_now[name] for name in sorted(is_now.keys() - was.keys())),
        closed_now=tuple(was[name] for name in sorted(was.keys() - is_now.keys())),
    )


def shifts(old: Iterable[Component], new: Iterable[Component]) -> tuple[Shift, ...]:
    """Return every component of either side as it was and as it is, also those that stayed the same."""
    before, now = _by_key(old), _by_key(new)
    return tuple(_shift(before.get(key, []), now.get(key, [])) for key in sorted(before.keys() | now.keys()))


def _open(known: Iterable[Known], answered: frozenset[str]) -> dict[str, Known]:
    return {one.id: one for one in known if not one.answered and one.id not in answered}


def _by_key(components: Iterable[Component]) -> dict[str, list[Component]]:
    found: dict[str, list[Component]] = {}
    for one in components:
        found.setdefault(one.key, []).append(one)
    return found


def _shift(old: list[Component], new: list[Component]) -> Shift:
    return Shift(
        name=(new or old)[0].name,
        old=tuple(sorted({one.version for one in old})),
        new=tuple(sorted({one.version for one in new})),
        old_licences=tuple(sorted(set(_licences(old)))),
        new_licences=tuple(sorted(set(_licences(new)))),
    )


def _licences(components: Iterable[Component]) -> Iterator[str]:
    return (licence for one in components for licence in one.licences)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(version)[:8] if len(number) <= 18]  # noqa: PLR2004 (64 bits)
