"""Both sides of a release side by side: every member of before with its counterpart of now.

Folder by folder, so that what is the same on both sides costs a look and no memory. A folder has
its counterpart by path, then by path without the version; what is still alone afterwards finds its
counterpart by the whole path without the version, where that is unambiguous.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Member
from workstation.review.index import MemberIndex, joined, member_from
from workstation.review.pairing import unique
from workstation.review.versions import versioned, without_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.index import Facts

NOBODY: Final = "\0"


@dataclass(frozen=True, slots=True)
class Counterparts:
    """What differs on the two sides, and for any path of now the member it was before.

    `differing` are members that are there on both sides and not the same; what is the same is not
    listed anywhere.
    """

    differing: tuple[tuple[Member, Member], ...]
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    _old: MemberIndex
    _folders: Mapping[str, str]
    _renamed: Mapping[str, str]

    def before(self, path: str) -> Member | None:
        """Return what the member at a path of now was before, or None where it was not."""
        if path in self._renamed:
            return self._old[self._renamed[path]]
        folder, _, name = path.rpartition("/")
        old_folder = self._folders.get(folder)
        return None if old_folder is None else self._old.get(joined(old_folder, name))


def counterparts(old: MemberIndex, new: MemberIndex, artifacts: Mapping[str, str]) -> Counterparts:
    """Hold two sides against each other; `artifacts` names the artifact of before for one of now."""
    return _Matching(old, new, artifacts).counterparts()


class _Matching:
    def __init__(self, old: MemberIndex, new: MemberIndex, artifacts: Mapping[str, str]) -> None:
        self._old, self._new, self._artifacts = old, new, artifacts
        self._differing: list[tuple[Member, Member]] = []
        self._renamed: dict[str, str] = {}
        self._folders = self._paired_folders()

    def counterparts(self) -> Counterparts:
        gone, come = self._left_alone()
        added, removed = self._by_bare_path(gone, come)
        return Counterparts(
            differing=tuple(self._differing),
            added=tuple(added),
            removed=tuple(removed),
            _old=self._old,
            _folders=self._folders,
            _renamed=self._renamed,
        )

    def _paired_folders(self) -> dict[str, str]:
        """Return the folder of before for each folder of now that has one."""
        known = set(self._old.folders())
        pairs = {path: was for path in self._new.folders() if (was := self._was(path)) in known}
        taken = set(pairs.values())
        bare = unique((path for path in known if path not in taken), self._bare_old)
        left = [path for path in self._new.folders() if path not in pairs]
        for key, path in unique(left, self._bare_new).items():
            if key in bare:
                pairs[path] = bare[key]
        return pairs

    def _was(self, folder: str) -> str | None:
        """Return a folder of now with the artifact's name of before; None where that has no counterpart."""
        top, inside = _split(folder)
        if inside is None:
            return folder
        before = self._artifacts.get(top)
        return None if before is None else f"{before}!{inside}"

    def _bare_old(self, path: str) -> str:
        top, inside = _split(path)
        return path if inside is None else f"{top}!{without_version(inside, versioned(top).version)}"

    def _bare_new(self, path: str) -> str:
        """Return a path without the version of now, its artifact named as before, so that they meet."""
        top, inside = _split(path)
        if inside is None:
            return path
        return f"{self._artifacts.get(top, NOBODY)}!{without_version(inside, versioned(top).version)}"

    def _left_alone(self) -> tuple[list[Member], list[Member]]:
        """Match folder by folder; return what has no counterpart of its own name, gone and come."""
        gone, come = list[Member](), list[Member]()
        taken = set(self._folders.values())
        for folder in self._new.folders():
            before = self._folders.get(folder)
            if before is None:
                come.extend(_members(self._new, folder))
            else:
                self._match(before, folder, gone, come)
        for folder in self._old.folders():
            if folder not in taken:
                gone.extend(_members(self._old, folder))
        return gone, come

    def _match(self, before: str, folder: str, gone: list[Member], come: list[Member]) -> None:
        """Walk two folders in step, by name."""
        for name, was, now in _in_step(self._old.within(before), self._new.within(folder)):
            if was is not None and now is not None:
                if was.seen != now.seen:
                    self._differ(
                        member_from(joined(before, name), was), member_from(joined(folder, name), now)
                    )
            elif was is not None:
                gone.append(member_from(joined(before, name), was))
            elif now is not None:
                come.append(member_from(joined(folder, name), now))

    def _by_bare_path(self, gone: list[Member], come: list[Member]) -> tuple[list[Member], list[Member]]:
        """Match what was left alone by its path without the version; return what was added and removed."""
        bare = unique(gone, lambda member: self._bare_member(member, old=True))
        often = Counter(self._bare_member(member, old=False) for member in come)
        added, matched = list[Member](), set[str]()
        for member in come:
            key = self._bare_member(member, old=False)
            was = bare.get(key) if often[key] == 1 else None
            if was is None:
                added.append(member)
                continue
            matched.add(was.path)
            self._renamed[member.path] = was.path
            self._differ(was, member)
        return added, [member for member in gone if member.path not in matched]

    def _bare_member(self, member: Member, *, old: bool) -> str:
        """Return a key of a member; an artifact of now has the name of its counterpart."""
        if old:
            return self._bare_old(member.path)
        if "!/" in member.path:
            return self._bare_new(member.path)
        return self._artifacts.get(member.path, NOBODY)

    def _differ(self, was: Member, now: Member) -> None:
        was = self._retargeted(was, now)
        if replace(was, path=now.path) != now:
            self._differing.append((was, now))

    def _retargeted(self, was: Member, now: Member) -> Member:
        """Return `was` with the target of now, where the two differ only by the release's version."""
        if was.target == now.target:
            return was
        name = now.path.partition("!/")[0]
        old_version, new_version = versioned(self._artifacts[name]).version, versioned(name).version
        same = without_version(was.target, old_version) == without_version(now.target, new_version)
        return replace(was, target=now.target) if same else was


def _split(path: str) -> tuple[str, str | None]:
    """Return the artifact a path begins with, and what follows its `!`; None for an artifact's own path."""
    top, separator, inside = f"{path}/".partition("!/")
    return (top, f"/{inside}".removesuffix("/")) if separator else (path, None)


def _members(index: MemberIndex, folder: str) -> Iterator[Member]:
    return (member_from(joined(folder, name), facts) for name, facts in index.within(folder))


def _in_step(
    old: Iterator[tuple[str, Facts]], new: Iterator[tuple[str, Facts]]
) -> Iterator[tuple[str, Facts | None, Facts | None]]:
    """Yield the names of two sorted lists in order, with what each list has under it."""
    was, now = next(old, None), next(new, None)
    while was or now:
        before = was is not None and (now is None or was[0] <= now[0])
        after = now is not None and (was is None or now[0] <= was[0])
        if before and after and was and now:
            yield was[0], was[1], now[1]
        elif before and was:
            yield was[0], was[1], None
        elif now:
            yield now[0], None, now[1]
        was = next(old, None) if before else was
        now = next(new, None) if after else now
