"""What a walk through a release writes down, and the two ways it can end early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.release_diff import REFUSE, Finding, Member, MemberKind, NotInspected

if TYPE_CHECKING:
    from workstation.review.limits import Limits

STRUCTURE: Final = "DIFF-STRUCTURE"
LIMIT: Final = "DIFF-LIMIT"
NAME: Final = "DIFF-NAME"
ODDITY: Final = "DIFF-ODDITY"
OPAQUE: Final = "DIFF-OPAQUE"


class Lie(Malformed):
    """A container's structure contradicts itself, and reading on would be guessing."""


class TooMuch(Malformed):
    """A limit of the review was crossed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How much was written down at one moment."""

    members: int
    findings: int
    not_inspected: int


class Ledger:
    """The members of one side of a release, their texts, and what was odd about them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.members: dict[str, Member] = {}
        self.texts: dict[str, bytes] = {}
        self.opened: set[str] = set()
        self.envelopes: set[str] = set()
        self.dense: set[str] = set()
        self.findings: list[Finding] = []
        self.not_inspected: list[NotInspected] = []
        self._entries = 0
        self._unpacked = 0
        self._held = 0

    def count_entry(self, where: str) -> None:
        """Count one entry of any container; raises TooMuch."""
        self._entries += 1
        if self._entries > self.limits.entries:
            raise TooMuch(where, f"more than {self.limits.entries} entries found")

    def count_unpacked(self, where: str, count: int) -> None:
        """Count bytes that came out of a container; raises TooMuch."""
        self._unpacked += count
        if self._unpacked > self.limits.unpacked_total:
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

    def add(self, member: Member) -> None:
        """Write down a member; a second one of the same path does not replace the first."""
        self.members.setdefault(member.path, member)

    def hold(self, path: str, text: bytes) -> None:
        """Keep a member's text for comparison, as long as there is room."""
        self._held += len(text)
        if self._held > self.limits.text_held:
            self.cannot_inspect(path, "more text than this review holds")
        else:
            self.texts.setdefault(path, text)

    def mark(self) -> Mark:
        """Return how much is written down now."""
        return Mark(len(self.members), len(self.findings), len(self.not_inspected))

    def first_lie(self, since: Mark) -> Finding | None:
        """Return the first contradiction written down since `since`."""
        return next((one for one in self.findings[since.findings :] if one.rank >= REFUSE), None)

    def forget(self, since: Mark) -> None:
        """Strike out everything written down since `since`."""
        while len(self.members) > since.members:
            path, _ = self.members.popitem()
            self.texts.pop(path, None)
            self.opened.discard(path)
            self.envelopes.discard(path)
            self.dense.discard(path)
        del self.findings[since.findings :]
        del self.not_inspected[since.not_inspected :]

    def files_below(self, path: str) -> dict[str, Member]:
        """Return the files directly in a container, by their name within it."""
        prefix = path + "!/"
        return {
            name.removeprefix(prefix): member
            for name, member in self.members.items()
            if name.startswith(prefix) and "!/" not in name[len(prefix) :] and member.kind is MemberKind.FILE
        }
