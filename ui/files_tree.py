"""Changed files as a tree: folders and archives hold what changed in them, riskiest first on each level.

Nothing is looked at before it is asked for. Paths are held sorted, so that a folder is a stretch of them, and
what is in it is found by bisection; a million files cost one sort.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import commonprefix
from typing import Final, Self

from ui.risk import RankedChange

_END: Final = "\0"
"""Ends a part of a key. Nothing sorts before it, so what is in a folder stands right after the folder."""
_AFTER: Final = "\1"
_ARCHIVE: Final = "\1\3"
"""Begins a part that lies in an archive, not in a folder."""
_SPELLED: Final = (("\1", "\1\2"), ("\0", "\1\4"), ("!/", _END + _ARCHIVE), ("/", _END))
_READ: Final = ((_END + _ARCHIVE, "!/"), (_ARCHIVE, ""), (_END, "/"), ("\1\4", "\0"), ("\1\2", "\1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A file, folder or archive of the tree: the stretch of sorted paths that it is.

    `label` is its path from what it lies in; folders that hold nothing but one folder are one branch with it.
    `best` is the place, in risk order, of the riskiest change in it, `own` of the change of itself.
    """

    label: str
    start: int
    stop: int
    within: int
    best: int
    own: int | None

    @property
    def inside(self) -> int:
        """How many changes lie in it, its own not counted."""
        return self.stop - self.start - (self.own is not None)


class FilesTree:
    """A tree over changes in risk order; places are those in that order."""

    def __init__(self, changes: Sequence[RankedChange], keys: list[str], places: array[int]) -> None:
        self.changes = changes
        self._keys = keys
        self._places = places
        self._depths = array("I", (key.count(_END) for key in keys))
        self._index = array("q", bytes(8 * len(changes)))
        for number, place in enumerate(places, start=1):
            self._index[place] = number

    @classmethod
    def of(cls, changes: Sequence[RankedChange]) -> Self:
        """Return the tree over all of `changes`."""
        keys = _told_apart([_key(one.change.path) for one in changes])
        places = array("q", sorted(range(len(keys)), key=keys.__getitem__))
        return cls(changes, [keys[place] for place in places], places)

    def only(self, wanted: Sequence[bool]) -> FilesTree:
        """Return the tree over those changes whose place is `wanted`."""
        kept = [number for number, place in enumerate(self._places) if wanted[place]]
        places = array("q", (self._places[number] for number in kept))
        return FilesTree(self.changes, [self._keys[number] for number in kept], places)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, place: int) -> bool:
        return 0 <= place < len(self._index) and self._index[place] > 0

    @property
    def in_order(self) -> Sequence[int]:
        """The places of all changes in the tree, riskiest first."""
        whole = len(self._places) == len(self.changes)
        return range(len(self.changes)) if whole else sorted(self._places)

    def root(self) -> Branch:
        """Return what everything lies in."""
        stop = len(self._keys)
        return Branch(label="", start=0, stop=stop, within=0, best=min(self._places, default=0), own=None)

    def children(self, branch: Branch) -> Sequence[int]:
        """Return the best place of each branch that lies in this one, riskiest first."""
        start, stop = branch.start + (branch.own is not None), branch.stop
        found: list[int] = []
        if self._holds_files_alone(branch, start):
            return sorted(self._places[start:stop])
        while start < stop:
            after = self._after(start, stop, branch.within)
            found.append(self._best(branch, start, after))
            start = after
        return sorted(found)

    def child(self, branch: Branch, best: int) -> Branch:
        """Return the branch within another one that a best place stands for."""
        low, high = branch.start + (branch.own is not None), branch.stop
        at = self._index[best] - 1
        part = _part(self._keys[at], branch.within)
        start = bisect_left(self._keys, part, low, at + 1)
        stop = self._after(start, high, branch.within)
        if self._keys[start] == part:
            return self._branch(branch, start, stop, len(part), best, own=self._places[start])
        # Letter by letter is what is wanted here: where a part ends is looked for below.
        common = commonprefix((self._keys[start], self._keys[stop - 1]))  # noqa: RUF071
        # Down to where paths part; what holds one file only is told in that file's name.
        ends = len(common) if stop - start == 1 else self._parting(common, self._keys[stop - 1])
        own = self._places[start] if self._keys[start] == common[:ends] else None
        return self._branch(branch, start, stop, ends, best, own=own)

    def find(self, path: str) -> int | None:
        """Return the place of the member at `path`, or of the innermost container of it that changed."""
        while path:
            key = _key(path)
            at = bisect_left(self._keys, key)
            if at < len(self._keys) and self._keys[at] == key:
                return self._places[at]
            path = path.rpartition("!/")[0]
        return None

    def way_to(self, place: int) -> tuple[int, ...]:
        """Return the best place of each branch from the root down to the change at a place."""
        branch, way, at = self.root(), list[int](), self._index[place] - 1
        while branch.own != place:
            start = branch.start + (branch.own is not None)
            part = _part(self._keys[at], branch.within)
            low = bisect_left(self._keys, part, start, at + 1)
            way.append(self._best(branch, low, self._after(low, branch.stop, branch.within)))
            branch = self.child(branch, way[-1])
        return tuple(way)

    def _holds_files_alone(self, branch: Branch, start: int) -> bool:
        """Whether nothing but files lies in a branch: there may be a million."""
        if start >= branch.stop:
            return True
        depth = self._keys[start].count(_END, 0, branch.within)
        ends = self._depths[start] == depth == self._depths[branch.stop - 1]
        return ends and max(self._depths[start : branch.stop]) == depth

    def _best(self, branch: Branch, start: int, stop: int) -> int:
        """Return the best place in a stretch of a branch."""
        whole = (start, stop) == (branch.start, branch.stop)
        return branch.best if whole else min(self._places[start:stop])

    def _branch(
        self, above: Branch, start: int, stop: int, ends: int, best: int, *, own: int | None
    ) -> Branch:
        label = _label(self._keys[start][above.within : ends])
        return Branch(label=label, start=start, stop=stop, within=ends + 1, best=best, own=own)

    def _parting(self, common: str, last: str) -> int:
        """Return where the last part ends that all keys with this beginning have whole."""
        return len(common) if last.startswith(common + _END) else common.rindex(_END)

    def _after(self, start: int, stop: int, within: int) -> int:
        """Return where the branch ends that begins at `start`."""
        following, part = start + 1, _part(self._keys[start], within)
        if following == stop or not self._keys[following].startswith(part + _END):
            return following
        return bisect_left(self._keys, part + _AFTER, following, stop)


def _part(key: str, within: int) -> str:
    """Return the key up to the end of the part that begins at `within`."""
    end = key.find(_END, within)
    return key if end < 0 else key[:end]


def _key(path: str) -> str:
    for found, spelled in _SPELLED:
        path = path.replace(found, spelled)
    return path


def _label(key: str) -> str:
    for spelled, found in _READ:
        key = key.replace(spelled, found)
    return key


def _told_apart(keys: list[str]) -> list[str]:
    """Return the keys, every further one of the same path put below the first, so that none is lost."""
    if len(set(keys)) == len(keys):
        return keys
    counted: Counter[str] = Counter()
    found: list[str] = []
    for key in keys:
        found.append(f"{key}{_END}{counted[key]}" if counted[key] else key)
        counted[key] += 1
    return found
