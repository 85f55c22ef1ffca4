"""Findings in package metadata: dependencies and programs gained, scripts on installation, who stands for it.

Metadata is parsed, not compared as text: a respelled dependency is the same dependency.
Sources: core metadata 2.4 and entry points (PyPA specifications), npm package.json, deb-control(5).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.review.lenses.descriptions import ENTRY_POINTS, PACKAGE_JSON, Description, describe
from workstation.review.lenses.loose_json import as_object, loose_json
from workstation.review.lenses.near_names import near

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.lenses.requirements import Requirement
    from workstation.review.pair import Pair

_CONTROL_FILE: Final = re.compile(
    r".*!/control\.tar[^/]*!/(?:content!/)?(?:conffiles|shlibs|symbols|templates)", re.DOTALL
)
_SECTION: Final = re.compile(r"\[(?P<name>[^\]]+)\]")
_ON_INSTALL: Final = ("preinstall", "install", "postinstall")
_PYTHON_PROGRAMS: Final = ("python", "python3", "pip", "pip3")
_SHELL_PROGRAMS: Final = ("sh", "bash", "sudo", "su", "ssh", "scp", "git", "gpg", "curl", "wget", "ls")
_OTHER_PROGRAMS: Final = ("npm", "node", "docker", "apt", "dpkg")
_SYSTEM_PROGRAMS: Final = frozenset((*_PYTHON_PROGRAMS, *_SHELL_PROGRAMS, *_OTHER_PROGRAMS))
_FIELDS: Final = {
    "License": ("DIFF-LICENCE", 45),
    "License-Expression": ("DIFF-LICENCE", 45),
    "license": ("DIFF-LICENCE", 45),
    "Maintainer": ("DIFF-PUBLISHER", 48),
    "Maintainer-email": ("DIFF-PUBLISHER", 48),
    "Author": ("DIFF-PUBLISHER", 46),
    "Author-email": ("DIFF-PUBLISHER", 46),
    "author": ("DIFF-PUBLISHER", 46),
    "maintainers": ("DIFF-PUBLISHER", 48),
    "Packager": ("DIFF-PUBLISHER", 48),
    "Vendor": ("DIFF-PUBLISHER", 48),
    "Essential": ("DIFF-METADATA-FIELD", 44),
    "Replaces": ("DIFF-METADATA-FIELD", 40),
    "Conflicts": ("DIFF-METADATA-FIELD", 40),
    "Provides": ("DIFF-METADATA-FIELD", 40),
    "Breaks": ("DIFF-METADATA-FIELD", 40),
    "bin": ("DIFF-METADATA-FIELD", 44),
    "main": ("DIFF-METADATA-FIELD", 42),
    "exports": ("DIFF-METADATA-FIELD", 42),
    "Requires-Python": ("DIFF-METADATA-FIELD", 28),
    "Tag": ("DIFF-METADATA-FIELD", 28),
    "Root-Is-Purelib": ("DIFF-METADATA-FIELD", 40),
}
_OTHER_FIELD: Final = ("DIFF-METADATA-FIELD", 12)


def package_findings(pair: Pair) -> Iterator[Finding]:
    """Yield what is worth a look in a package's own description of itself."""
    if pair.new_text is None or not pair.bytes_changed:
        return
    if ENTRY_POINTS.fullmatch(pair.name):
        yield from _entry_points(pair)
    if _CONTROL_FILE.fullmatch(pair.path):
        yield pair.found(
            "DIFF-CONTROL-FILE", 34, f"what the package tells the package manager {pair.came_or_changed}"
        )
    new = describe(pair, pair.new_text)
    if new is not None:
        old = describe(pair, pair.old_text) or Description()
        yield from _requirements(pair, old, new)
        yield from _fields(pair, old, new)
    if PACKAGE_JSON.fullmatch(pair.name):
        yield from _npm_scripts(pair)


def _requirements(pair: Pair, old: Description, new: Description) -> Iterator[Finding]:
    before, now = _by_name(old.requirements), _by_name(new.requirements)
    for name in sorted(now.keys() - before.keys()):
        yield _new_dependency(pair, name, now[name])
    both = sorted(now.keys() & before.keys())
    if moved := [name for name in both if {*before[name]} != {*now[name]}]:
        said = (f"{_shown(before[name])} before, {_shown(now[name])} now" for name in moved)
        yield pair.found("DIFF-DEPENDENCY-VERSION", 28, "depends: " + "; ".join(said))
    spelled = [name for name in both if name not in moved and _spelled(before[name]) != _spelled(now[name])]
    if spelled:
        sentence = f"dependencies mean what they meant and are spelled otherwise: {', '.join(spelled)}"
        yield pair.found("DIFF-RESPELLED", 8, sentence)
    if gone := sorted(before.keys() - now.keys()):
        yield pair.found("DIFF-DEPENDENCY-GONE", 24, f"it no longer depends on {', '.join(gone)}")


def _new_dependency(pair: Pair, name: str, asked: list[Requirement]) -> Finding:
    optional = all(one.optional for one in asked)
    what = "a new optional dependency" if optional else "a new dependency"
    alike = near(name.partition("[")[0].rpartition("/")[2])
    warning = f"; its name is one letter away from {alike}" if alike else ""
    rank = (70 if optional else 74) + (20 if alike else 0)
    evidence = pair.shown(f"requirement {name}", asked[0].shown())
    return pair.found("DIFF-DEPENDENCY", rank, f"{what}: {name}{warning}", evidence)


def _by_name(requirements: tuple[Requirement, ...]) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for one in requirements:
        found.setdefault(one.name, []).append(one)
    return found


def _spelled(asked: list[Requirement]) -> set[str]:
    return {one.spelled for one in asked}


def _shown(asked: list[Requirement]) -> str:
    return " and ".join(sorted({one.shown() for one in asked}))


def _fields(pair: Pair, old: Description, new: Description) -> Iterator[Finding]:
    if pair.old_text is None:
        return
    for name in sorted(old.fields.keys() | new.fields.keys()):
        was, now = old.fields.get(name, ()), new.fields.get(name, ())
        if was != now:
            rule, rank = _FIELDS.get(name, _OTHER_FIELD)
            gone = ", ".join(one for one in was if one not in now) or "nothing"
            come = ", ".join(one for one in now if one not in was) or "nothing"
            yield pair.found(rule, rank, f"{name}: {gone[:300]} before, {come[:300]} now")


def _entry_points(pair: Pair) -> Iterator[Finding]:
    old, new = ((text or b"").decode("utf-8", "replace") for text in (pair.old_text, pair.new_text))
    for section, name, target in sorted(set(_points(new)) - set(_points(old))):
        shadows = section.endswith("_scripts") and name in _SYSTEM_PROGRAMS
        sentence = f"an entry point was added or changed in {section}: {name} = {target}"
        if shadows:
            sentence += "; it takes the name of a system program"
        yield pair.found("DIFF-ENTRY-POINT", 93 if shadows else 90, sentence)


def _points(text: str) -> Iterator[tuple[str, str, str]]:
    section = ""
    for line in text.splitlines():
        if header := _SECTION.fullmatch(line.strip()):
            section = header["name"]
        elif "=" in line and not line.lstrip().startswith(("#", ";")):
            name, _, target = line.partition("=")
            yield section, name.strip(), target.strip()


def _npm_scripts(pair: Pair) -> Iterator[Finding]:
    new = loose_json(pair.new_text)
    if new is None:
        yield pair.found("DIFF-METADATA", 70, "package.json cannot be read, or says something twice")
        return
    old = as_object((loose_json(pair.old_text) or {}).get("scripts")) or {}
    scripts = as_object(new.get("scripts")) or {}
    for name in sorted(old.keys() - scripts.keys()):
        yield pair.found("DIFF-SCRIPT", 30, f"the script {name} is gone")
    for name, command in sorted(scripts.items()):
        if isinstance(command, str) and old.get(name) != command:
            rule, rank = ("DIFF-INSTALL-SCRIPT", 93) if name in _ON_INSTALL else ("DIFF-SCRIPT", 30)
            yield pair.found(rule, rank, f"the script {name} is now: {command}")
