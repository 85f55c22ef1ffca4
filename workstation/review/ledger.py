"""What a walk through a release writes down, and the two ways it can end early."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.release_diff import REFUSE, Finding, Member, NotInspected
from workstation.review.index import FILE, NO_TEXT, MemberIndex, joined, member_from
from workstation.review.memo import Memo
from workstation.review.texts import Texts, TextStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workstation.review.earlier import Earlier
    from workstation.review.index import Facts
    from workstation.review.lenses.looking import Looked
    from workstation.review.limits import Limits

STRUCTURE: Final = "DIFF-STRUCTURE"
LIMIT: Final = "DIFF-LIMIT"
NAME: Final = "DIFF-NAME"
ODDITY: Final = "DIFF-ODDITY"
OPAQUE: Final = "DIFF-OPAQUE"


class Lie(Malformed):
    """A container's structure contradicts itself, and reading on would be guessing."""


class Closed(Lie):
    """A container of a form this review cannot read; it may be whole all the same."""


class TooMuch(Malformed):
    """A limit of the review was crossed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How much was written down at one moment."""

    folders: int
    sets: tuple[int, ...]
    findings: int
    not_inspected: int
    memo: int
    entries: int
    unpacked: int


class Paths:
    """A set of paths that remembers in which order they came, so that the last ones can be struck out."""

    def __init__(self) -> None:
        self._paths: dict[str, None] = {}

    def add(self, path: str) -> None:
        """Put a path in."""
        self._paths[path] = None

    def discard(self, path: str) -> None:
        """Take a path out, if it is there."""
        self._paths.pop(path, None)

    def cut(self, count: int) -> None:
        """Take out all but the first `count`."""
        while len(self._paths) > count:
            self._paths.popitem()

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


class Ledger:
    """The members of one side of a release, their texts, and what was odd about them.

    `opened` are the containers looked into, `envelopes` those of them that only wrap what gets
    installed, `dense` the files that look compressed or encrypted, `artifacts` the outermost paths.
    `on_member` is told of every member as it comes. What did not change from `beside`, the other side
    of a comparison, is looked into once and its text held once; `earlier` finds it there.
    """

    def __init__(self, limits: Limits, beside: Ledger | None = None, earlier: Earlier | None = None) -> None:
        self.limits = limits
        self.looked: dict[str, Looked] = {} if beside is None else beside.looked  # by digest
        self._hex_held = 0
        self.members = MemberIndex()
        self.text_store: TextStore = TextStore() if beside is None else beside.text_store
        self._earlier = earlier
        self._text_held = 0
        self.texts = Texts(self.members, self.text_store)
        self.artifacts: list[str] = []
        self.opened, self.envelopes, self.dense = Paths(), Paths(), Paths()
        self.sets = self.opened, self.envelopes, self.dense
        self.memo: Memo = Memo(None if beside is None else beside.memo)
        self.findings: list[Finding] = []
        self.not_inspected: list[NotInspected] = []
        self.entries = 0
        self.unpacked = 0
        self.on_member: Callable[[str, Facts], None] | None = None

    def count_entry(self, where: str, count: int = 1) -> None:
        """Count entries of any container; raises TooMuch."""
        self.entries += count
        if self.entries > self.limits.entries:
            raise TooMuch(where, f"more than {self.limits.entries} entries found")

    def count_unpacked(self, where: str, count: int) -> None:
        """Count bytes that came out of a container; raises TooMuch."""
        self.unpacked += count
        if self.unpacked > self.limits.unpacked_total:
            raise TooMuch(where, f"more than {self.limits.unpacked_total} unpacked bytes found")

    def lie(self, path: str, sentence: str, *, rule: str = STRUCTURE) -> None:
        """Write down a contradiction one can read past: the release is refused."""
        self.findings.append(Finding(rule=rule, rank=REFUSE, path=path, sentence=sentence))

    def odd(self, rank: int, path: str, sentence: str, *, rule: str = ODDITY) -> None:
        """Write down something worth a look."""
        self.findings.append(Finding(rule=rule, rank=rank, path=path, sentence=sentence))

    def cannot_inspect(self, path: str, why: str) -> None:
        """Write down a member compared by digest only."""
        self.not_inspected.append(NotInspected(path=path, why=why))

    def add(self, path: str, facts: Facts) -> None:
        """Write down a member; a second of its path does not replace it."""
        self.members.put(path, facts)
        if self.on_member is not None:
            self.on_member(path, facts)

    def hold(self, path: str, text: bytes, digest: bytes) -> int:
        """Keep a member's text if there is room; return where it is."""
        if not self._has_room(path, len(text)):
            return NO_TEXT
        was = None if self._earlier is None else self._earlier.facts(path)
        if was is not None and was.digest == digest and was.text != NO_TEXT:
            return was.text
        return self.text_store.keep(text)

    def hold_again(self, path: str, facts: Facts) -> int:
        """Keep a text that is held already, of another member with the same bytes, if there is room."""
        return facts.text if self._has_room(path, facts.size) else NO_TEXT

    def _has_room(self, path: str, size: int) -> bool:
        if self._text_held + size > self.limits.text_held:
            self.cannot_inspect(path, "more text than this review holds")
            return False
        self._text_held += size
        return True

    def keeping(self, looked: Looked) -> Looked:
        """Return what was seen in a binary, its bytes kept when they are few and there is room."""
        size = len(looked.data or b"")
        self._hex_held += size if size <= self.limits.hex_member else 0
        few = size <= self.limits.hex_member and self._hex_held <= self.limits.hex_held
        return looked if few else replace(looked, data=None)

    def mark(self) -> Mark:
        """Return how much is written down now; to be taken before a nested container is looked into."""
        return Mark(
            folders=self.members.mark(),
            sets=tuple(len(paths) for paths in self.sets),
            findings=len(self.findings),
            not_inspected=len(self.not_inspected),
            memo=len(self.memo),
            entries=self.entries,
            unpacked=self.unpacked,
        )

    def first_lie(self, since: Mark) -> Finding | None:
        """Return the first contradiction written down since `since`."""
        later = islice(self.findings, since.findings, None)
        return next((one for one in later if one.rank >= REFUSE), None)

    def forget(self, since: Mark) -> None:
        """Strike out everything written down since `since`, which stands in one nested container."""
        self.members.forget(since.folders)
        for paths, count in zip(self.sets, since.sets, strict=True):
            paths.cut(count)
        self.memo.cut(since.memo)
        del self.findings[since.findings :]
        del self.not_inspected[since.not_inspected :]

    def files_below(self, path: str) -> dict[str, Member]:
        """Return the files directly in a container, by their name within it."""
        return {
            name: member_from(f"{path}!/{name}", facts)
            for name, facts in self.entries_below(path)
            if facts.kind == FILE
        }

    def entries_below(self, path: str) -> Iterator[tuple[str, Facts]]:
        """Yield what is directly in a container, by its name within it."""
        top = path + "!"
        for folder in self.members.folders():
            inner = folder[len(top) + 1 :]
            if folder == top or (folder.startswith(top + "/") and "!/" not in inner and inner[-1:] != "!"):
                yield from ((joined(inner, name), facts) for name, facts in self.members.within(folder))
