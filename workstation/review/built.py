"""What was built, held against its source: within a release when both are there, and within one package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Finding, MemberKind
from workstation.review.lenses.requirements import normal_name
from workstation.review.versions import versioned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workstation.core.release_diff import Member
    from workstation.review.ledger import Ledger

_SDIST: Final = re.compile(r"(?P<name>.+)-(?P<version>[0-9][^-]*)\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)")
_RANK: Final = 64
_BUILT: Final = re.compile(r"(?:.*/)?(?:dist|build|umd|lib)/.*\.(?:js|mjs|cjs)")
_SOURCE: Final = re.compile(r"(?:.*/)?src/.*")


def built_findings(old: Ledger, new: Ledger) -> Iterator[Finding]:
    """Yield built files that are not what their source says, or that changed while no source did."""
    known = {_member(one.path) for one in _wheels_against_sources(old)}
    yield from (one for one in _wheels_against_sources(new) if _member(one.path) not in known)
    yield from _built_alone(old, new)


def _member(path: str) -> str:
    return path.partition("!/")[2]


def _wheels_against_sources(ledger: Ledger) -> Iterator[Finding]:
    names = ledger.artifacts
    sources = {_project(name): name for name in names if _SDIST.fullmatch(name.rpartition("/")[2])}
    for wheel in (name for name in names if name.endswith(".whl")):
        source = sources.get(_project(wheel))
        if source:
            yield from _against(wheel, ledger.files_below(wheel), source, ledger.files_below(source))


def _project(path: str) -> tuple[str, str]:
    """Return the project and version in the file name of a wheel or sdist."""
    name = path.rpartition("/")[2]
    found = _SDIST.fullmatch(name)
    parts = (found["name"], found["version"]) if found else (*name.split("-"), "")[:2]
    return normal_name(parts[0]), parts[1]


def _against(
    wheel: str, built: Mapping[str, Member], source: str, sources: Mapping[str, Member]
) -> Iterator[Finding]:
    inside = {name.partition("/")[2]: member for name, member in sources.items()}
    for name, member in sorted(built.items()):
        if not name.endswith((".py", ".pth", ".js")) or ".dist-info/" in name:
            continue
        beside = next(
            (inside[where] for where in (name, f"src/{name}", f"lib/{name}") if where in inside), None
        )
        if beside is None:
            # Build tools write version files; whatever else is in no source is what to ask about.
            yield _found(f"{wheel}!/{name}", f"it is built, and {source} has no source of it")
        elif beside.digest != member.digest:
            yield _found(f"{wheel}!/{name}", f"it is another file than {source} has as its source")


def _built_alone(old: Ledger, new: Ledger) -> Iterator[Finding]:
    """Yield files built from a `src` folder beside them that changed while nothing in that folder did."""
    for name in new.artifacts:
        before = next((path for path in old.artifacts if _same(path, name)), None)
        if before is None:
            continue
        was, now = old.files_below(before), new.files_below(name)
        sources = [path for path in now if _SOURCE.fullmatch(path)]
        if not sources or any(_differs(was, now, path) for path in sources):
            continue
        for path in sorted(path for path in now if _BUILT.fullmatch(path) and _differs(was, now, path)):
            yield _found(f"{name}!/{path}", "a built file changed, and nothing in its source did")


def _same(one: str, other: str) -> bool:
    return versioned(one).stem == versioned(other).stem


def _differs(was: Mapping[str, Member], now: Mapping[str, Member], path: str) -> bool:
    before = was.get(path)
    return now[path].kind is MemberKind.FILE and (before is None or before.digest != now[path].digest)


def _found(path: str, sentence: str) -> Finding:
    return Finding(rule="DIFF-BUILT-ALONE", rank=_RANK, path=path, sentence=sentence)
