"""Pairing what is there now with what was there before: artifacts first, then their members.

A member is paired by its path, then by its path without the version; what is left over with the
same bytes elsewhere has moved.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from workstation.core.release_diff import Member, MemberKind
from workstation.review.versions import versioned, without_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Thing = TypeVar("Thing")


def pair_artifacts(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Return the artifact of before for each artifact of now that has one."""
    pairs = {name: name for name in new if name in set(old)}
    rest_old = [name for name in old if name not in pairs]
    rest_new = [name for name in new if name not in pairs]
    by_stem = _unique(rest_old, lambda name: versioned(name).stem)
    for stem, name in _unique(rest_new, lambda name: versioned(name).stem).items():
        if stem in by_stem:
            pairs[name] = by_stem[stem]
    if len(old) == len(new) == 1:
        pairs[new[0]] = old[0]
    return pairs


def pair_members(
    old: Iterable[Member], new: Iterable[Member], artifacts: dict[str, str]
) -> Iterator[tuple[Member | None, Member | None]]:
    """Yield every member of before with its counterpart of now; None where there is none."""
    before = _by_artifact(old)
    for name, members in _by_artifact(new).items():
        old_name = artifacts.get(name, "")
        yield from _pair_within(before.pop(old_name, []), members, old_name, name)
    for members in before.values():
        yield from ((member, None) for member in members)


def pair_moved(removed: Iterable[Member], added: Iterable[Member]) -> Iterator[tuple[Member, Member]]:
    """Yield files gone from one path and come up at another with the same bytes, if no others have them."""
    gone = _unique(filter(_has_content, removed), lambda member: member.digest)
    come = _unique(filter(_has_content, added), lambda member: member.digest)
    for digest, member in come.items():
        if digest in gone:
            yield gone[digest], member


def _pair_within(
    old: list[Member], new: list[Member], old_name: str, new_name: str
) -> Iterator[tuple[Member | None, Member | None]]:
    left = {_inside(member): member for member in old}
    waiting: list[Member] = []
    for member in new:
        counterpart = left.pop(_inside(member), None)
        if counterpart:
            yield counterpart, member
        else:
            waiting.append(member)
    old_version, new_version = versioned(old_name).version, versioned(new_name).version
    bare = _unique(left.values(), lambda member: without_version(_inside(member), old_version))
    bare_new = Counter(without_version(_inside(member), new_version) for member in waiting)
    for member in waiting:
        key = without_version(_inside(member), new_version)
        counterpart = bare.get(key) if bare_new[key] == 1 else None
        if counterpart:
            del left[_inside(counterpart)]
        yield counterpart, member
    yield from ((member, None) for member in left.values())


def _by_artifact(members: Iterable[Member]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(member.path.partition("!/")[0], []).append(member)
    return found


def _inside(member: Member) -> str:
    return member.path.partition("!/")[2]


def _has_content(member: Member) -> bool:
    return member.kind is MemberKind.FILE and member.size > 0


def _unique(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, Thing]:
    """Return those things whose key no other has."""
    found: dict[str, list[Thing]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return {name: same[0] for name, same in found.items() if len(same) == 1}
