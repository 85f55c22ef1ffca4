"""Findings in package metadata: dependencies and programs gained, and scripts that run on installation.

Metadata is parsed, not compared as text: a respelled dependency is the same dependency.
Sources: core metadata 2.4 and entry points (PyPA specifications), npm package.json, deb-control(5).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast

from workstation.core.release_diff import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.pair import Pair

_METADATA: Final = re.compile(r"(?:[^/]+\.dist-info/METADATA|(?:[^/]+/)?PKG-INFO)")
_ENTRY_POINTS: Final = re.compile(r"(?:.*/)?entry_points\.txt")
_PACKAGE_JSON: Final = re.compile(r"(?:[^/]+/)?package\.json")
_DEB_CONTROL: Final = re.compile(r".*!/control\.tar[^/]*!/control", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SECTION: Final = re.compile(r"\[(?P<name>[^\]]+)\]")
_ON_INSTALL: Final = ("preinstall", "install", "postinstall")
_NPM_DEPENDENCIES: Final = ("dependencies", "optionalDependencies", "peerDependencies")
_PYTHON_PROGRAMS: Final = ("python", "python3", "pip", "pip3")
_SHELL_PROGRAMS: Final = ("sh", "bash", "sudo", "su", "ssh", "scp", "git", "gpg", "curl", "wget", "ls")
_OTHER_PROGRAMS: Final = ("npm", "node", "docker", "apt", "dpkg")
_SYSTEM_PROGRAMS: Final = frozenset((*_PYTHON_PROGRAMS, *_SHELL_PROGRAMS, *_OTHER_PROGRAMS))


def package_findings(pair: Pair) -> Iterator[Finding]:
    """Yield what is worth a look in a package's own description of itself."""
    if pair.new_text is None or not pair.bytes_changed:
        return
    old = (pair.old_text or b"").decode("utf-8", "replace")
    new = pair.new_text.decode("utf-8", "replace")
    if _METADATA.fullmatch(pair.name):
        yield from _python_dependencies(pair, old, new)
    elif _ENTRY_POINTS.fullmatch(pair.name):
        yield from _entry_points(pair, old, new)
    elif _PACKAGE_JSON.fullmatch(pair.name):
        yield from _npm(pair)
    elif _DEB_CONTROL.fullmatch(pair.path):
        yield from _deb_dependencies(pair, old, new)


def header_values(text: str, name: str) -> list[str]:
    """Return the values of a header field of core metadata (RFC 822 form), in order."""
    head = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    found = re.findall(rf"^{re.escape(name)}:[ \t]*(.*)$", head, re.MULTILINE | re.IGNORECASE)
    return [str(value).strip() for value in found]


def normal_name(name: str) -> str:
    """Return a Python package name in its one normal spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).casefold()


def _python_dependencies(pair: Pair, old: str, new: str) -> Iterator[Finding]:
    before = {normal_name(name) for name, _ in _requirements(old)}
    optional: dict[str, bool] = {}
    for name, marker in _requirements(new):
        optional[normal_name(name)] = optional.get(normal_name(name), True) and "extra" in marker
    for name, only_extra in sorted(optional.items()):
        if name not in before:
            what = "a new optional dependency" if only_extra else "a new dependency"
            yield _found("DIFF-DEPENDENCY", 70 if only_extra else 74, pair, f"{what}: {name}")


def _requirements(text: str) -> Iterator[tuple[str, str]]:
    for value in header_values(text, "Requires-Dist"):
        name = _NAME.match(value)
        yield (name[0] if name else value), value.partition(";")[2]


def _entry_points(pair: Pair, old: str, new: str) -> Iterator[Finding]:
    for section, name, target in sorted(set(_points(new)) - set(_points(old))):
        shadows = section.endswith("_scripts") and name in _SYSTEM_PROGRAMS
        sentence = f"an entry point was added or changed in {section}: {name} = {target}"
        if shadows:
            sentence += "; it takes the name of a system program"
        yield _found("DIFF-ENTRY-POINT", 93 if shadows else 90, pair, sentence)


def _points(text: str) -> Iterator[tuple[str, str, str]]:
    section = ""
    for line in text.splitlines():
        if header := _SECTION.fullmatch(line.strip()):
            section = header["name"]
        elif "=" in line and not line.lstrip().startswith(("#", ";")):
            name, _, target = line.partition("=")
            yield section, name.strip(), target.strip()


def _npm(pair: Pair) -> Iterator[Finding]:
    old, new = _package_json(pair.old_text), _package_json(pair.new_text)
    if new is None:
        yield _found("DIFF-METADATA", 70, pair, "package.json cannot be read, or says something twice")
        return
    old = old or {}
    yield from _npm_scripts(pair, _strings(old, "scripts"), _strings(new, "scripts"))
    for section in _NPM_DEPENDENCIES:
        for name in sorted(_strings(new, section).keys() - _strings(old, section).keys()):
            yield _found("DIFF-DEPENDENCY", 74, pair, f"a new dependency in {section}: {name}")


def _package_json(text: bytes | None) -> dict[str, object] | None:
    """Return an npm package.json; not strict JSON of ours, but still no key twice."""
    try:
        found: object = json.loads(text or b"{}", object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, object]", found) if isinstance(found, dict) else None


def _unambiguous(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _npm_scripts(pair: Pair, old: dict[str, str], new: dict[str, str]) -> Iterator[Finding]:
    for name, command in sorted(new.items()):
        if old.get(name) != command:
            rank = 93 if name in _ON_INSTALL else 30
            yield _found("DIFF-INSTALL-SCRIPT", rank, pair, f"the script {name} is now: {command}")


def _strings(document: dict[str, object], name: str) -> dict[str, str]:
    section = document.get(name)
    if not isinstance(section, dict):
        return {}
    items = cast("dict[str, object]", section).items()
    return {key: value for key, value in items if isinstance(value, str)}


def _deb_dependencies(pair: Pair, old: str, new: str) -> Iterator[Finding]:
    for field in ("Pre-Depends", "Depends"):
        for name in sorted(_deb_names(new, field) - _deb_names(old, field)):
            yield _found("DIFF-DEPENDENCY", 74, pair, f"a new dependency in {field}: {name}")


def _deb_names(text: str, field: str) -> set[str]:
    values = ",".join(header_values(text, field))
    return {found[0] for part in re.split(r"[,|]", values) if (found := re.match(r"[^ (]+", part.strip()))}


def _found(rule: str, rank: int, pair: Pair, sentence: str) -> Finding:
    return Finding(rule=rule, rank=rank, path=pair.path, sentence=sentence)
