"""Findings grouped by rule and folder, so that the first ten tell the story and nothing is left out.

One rule in one folder is one finding; one that finds the same all over a release is one finding too. The
highest rank of its parts is the group's, and every member it stands for is named in `paths`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from workstation.core.release_diff import REFUSE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Key: TypeAlias = tuple[str, int]

_MOST_FOLDERS: Final = 2  # a rule that finds something in more is one finding for all of them
_BANDS: Final = (REFUSE, 80, 40, 0)  # refused, high, worth a look, low: a group never mixes them
_MOST_SENTENCES: Final = 24
_MOST_NAMES: Final = 40
_MOST_EVIDENCE: Final = 12
_PLAIN: Final = re.compile(r"[\w./@+!=-]+", re.ASCII)


def grouped(findings: Iterable[Finding], same: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Return the findings in groups, the highest rank first, in one order on every machine.

    `same` names the artifact of now for one of before: what went from a folder and what came to it are
    in one folder.
    """
    by_rule: dict[Key, list[Finding]] = {}
    for one in sorted(set(findings), key=lambda one: (-one.rank, one.path, one.sentence)):
        by_rule.setdefault((one.rule, _band(one.rank)), []).append(one)
    groups = (_group(part) for found in by_rule.values() for part in _by_folder(found, same or {}))
    return tuple(sorted(groups, key=lambda one: (-one.rank, one.path, one.rule, one.sentence)))


def _band(rank: int) -> int:
    return next(least for least in _BANDS if rank >= least)


def _by_folder(findings: list[Finding], same: Mapping[str, str]) -> Iterable[list[Finding]]:
    folders: dict[str, list[Finding]] = {}
    for one in findings:
        artifact, inside, rest = one.path.partition("!/")
        path = same.get(artifact, artifact) + inside + rest
        folders.setdefault(path.rpartition("/")[0], []).append(one)
    return [findings] if len(folders) > _MOST_FOLDERS else folders.values()


def _group(findings: list[Finding]) -> Finding:
    if len(findings) == 1:
        return findings[0]
    paths = sorted({one.path for one in findings})
    common = paths[0] if len(paths) == 1 else _common(paths)
    return Finding(
        rule=findings[0].rule,
        rank=findings[0].rank,
        path=common,
        sentence=_sentence(findings, paths, common),
        paths=tuple(paths) if len(paths) > 1 else (),
        evidence=tuple(item for one in findings for item in one.evidence)[:_MOST_EVIDENCE],
    )


def _common(paths: Sequence[str]) -> str:
    """Return the folder or container all the paths are in, "" where it is the whole release."""
    first, last = paths[0].split("/"), paths[-1].split("/")
    differing = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    same = next(differing, min(len(first), len(last)))
    return "/".join(first[:same]).removesuffix("!")


def _sentence(findings: list[Finding], paths: Sequence[str], common: str) -> str:
    said: dict[str, list[str]] = {}
    for one in findings:
        said.setdefault(one.sentence, []).append(one.path)
    if len(paths) == 1:
        return "; ".join(_first(list(said), _MOST_SENTENCES, "more"))
    parts = [_part(sentence, sorted(set(where)), common) for sentence, where in said.items()]
    return f"{len(paths)} files: " + "; ".join(_first(parts, _MOST_SENTENCES, "more of other kinds"))


def _part(sentence: str, where: list[str], common: str) -> str:
    count = f", {len(where)} times" if len(where) > 1 else ""
    names = _first([_named(path, common) for path in where], _MOST_NAMES, "more")
    return f"{sentence}{count} ({', '.join(names)})"


def _named(path: str, common: str) -> str:
    """Return a path from the common folder on; one with unusual characters is quoted."""
    rest = path.removeprefix(common).removeprefix("!").removeprefix("/")
    return rest if _PLAIN.fullmatch(rest) else ascii(rest)


def _first(items: list[str], most: int, more: str) -> Iterator[str]:
    yield from items[:most]
    if len(items) > most:
        yield f"and {len(items) - most} {more}"
