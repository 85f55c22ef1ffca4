"""Pairing by what is unambiguous: artifacts by their names, moved files by their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from workstation.core.release_diff import Member, MemberKind
from workstation.review.versions import versioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Thing = TypeVar("Thing")


def pair_artifacts(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Return the artifact of before for each artifact of now that has one."""
    pairs = {name: name for name in new if name in set(old)}
    rest_old = [name for name in old if name not in pairs]
    rest_new = [name for name in new if name not in pairs]
    by_stem = unique(rest_old, lambda name: versioned(name).stem)
    for stem, name in unique(rest_new, lambda name: versioned(name).stem).items():
        if stem in by_stem:
            pairs[name] = by_stem[stem]
    if len(old) == len(new) == 1:
        pairs[new[0]] = old[0]
    return pairs


def pair_moved(removed: Iterable[Member], added: Iterable[Member]) -> Iterator[tuple[Member, Member]]:
    """Yield files gone from one path and come up at another with the same bytes, if no others have them."""
    gone = unique(filter(_has_content, removed), lambda member: member.digest)
    come = unique(filter(_has_content, added), lambda member: member.digest)
    for digest, member in come.items():
        if digest in gone:
            yield gone[digest], member


def _has_content(member: Member) -> bool:
    return member.kind is MemberKind.FILE and member.size > 0


def unique(things: Iterable[Thing], key: Callable[[Thing], str]) -> dict[str, Thing]:
    """Return those things whose key no other has, by that key."""
    found: dict[str, list[Thing]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return {name: same[0] for name, same in found.items() if len(same) == 1}
