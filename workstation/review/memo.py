"""Containers looked into once: what one wrote down is written down again wherever the same bytes come back.

On both sides of a comparison, and in one release many times over. The same bytes count as the same only
under the same name, as deep, and installed alike: then a walk says the same of them, path by path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from workstation.core.release_diff import Finding, NotInspected
from workstation.review.index import NO_TEXT, MemberIndex, joined

if TYPE_CHECKING:
    from workstation.review.ledger import Ledger, Mark


class Same(NamedTuple):
    """What makes a container say the same again: its bytes, and what its reading depends on besides."""

    digest: bytes
    name: str
    depth: int
    installed: bool
    rooted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a walk through one container wrote down, and which folders of which side hold its members."""

    members: MemberIndex
    path: str
    folders: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_inspected: tuple[NotInspected, ...]
    sets: tuple[tuple[str, ...], ...]
    entries: int
    unpacked: int


def told(ledger: Ledger, path: str, since: Mark) -> Told:
    """Return what was written down about the container at `path`, which began at `since`."""
    return Told(
        members=ledger.members,
        path=path,
        folders=tuple(ledger.members.folders(since.folders)),
        findings=tuple(ledger.findings[since.findings :]),
        not_inspected=tuple(ledger.not_inspected[since.not_inspected :]),
        sets=tuple(
            tuple(islice(paths, count, None)) for paths, count in zip(ledger.sets, since.sets, strict=True)
        ),
        entries=ledger.entries - since.entries,
        unpacked=ledger.unpacked - since.unpacked,
    )


def tell_again(known: Told, path: str, ledger: Ledger) -> None:
    """Write the same down about the container at `path`; raises TooMuch, as walking through it would."""
    ledger.count_entry(path, known.entries)
    ledger.count_unpacked(path, known.unpacked)
    for folder in known.folders:
        here = _moved(folder, known.path, path)
        for name, facts in known.members.within(folder):
            member = joined(here, name)
            held = NO_TEXT if facts.text == NO_TEXT else ledger.hold_again(member, facts)
            ledger.add(member, facts._replace(text=held))
    for paths, again in zip(ledger.sets, known.sets, strict=True):
        for one in again:
            paths.add(_moved(one, known.path, path))
    ledger.findings += [replace(one, path=_moved(one.path, known.path, path)) for one in known.findings]
    ledger.not_inspected += [
        replace(one, path=_moved(one.path, known.path, path)) for one in known.not_inspected
    ]


def _moved(one: str, there: str, here: str) -> str:
    return here + one.removeprefix(there) if one.startswith(there) else one


class Memo:
    """What is known of containers on this side, in the order it came to be known, and on the side before."""

    def __init__(self, beside: Memo | None = None) -> None:
        self._known: dict[Same, Told] = {}
        self._beside = beside

    def find(self, same: Same) -> Told | None:
        """Return what such a container said, or None when none came yet."""
        found = self._known.get(same)
        return self._beside.find(same) if found is None and self._beside is not None else found

    def keep(self, same: Same, told: Told) -> None:
        """Remember what a container said."""
        self._known.setdefault(same, told)

    def cut(self, count: int) -> None:
        """Forget all but the first `count`: what they wrote down was struck out."""
        while len(self._known) > count:
            self._known.popitem()

    def __len__(self) -> int:
        return len(self._known)
