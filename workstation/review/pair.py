"""One member before and now, with its texts and what was seen in it: what the findings look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from workstation.core.inert_text import inert, inert_bytes
from workstation.core.release_diff import Evidence, Finding, Member
from workstation.review.lenses.looking import Looked, Made
from workstation.review.rows import added_lines, lines_of

_SHOWN: Final = 160
_MOST_LINES: Final = 3
_PACKED: Final = re.compile(r"(.+)\.(?:gz|bz2|xz|lzma|zst)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is known of a member's content: its text, or what was seen in a binary; neither when too large."""

    text: bytes | None = None
    looked: Looked | None = None

    @property
    def made(self) -> Made:
        """What the binary is made of, when that is something we read."""
        return self.looked.made if self.looked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A member that is there now, its counterpart of before if it had one, and what is in them.

    One that `moved` has the bytes of its counterpart, under another path.
    """

    old: Member | None
    new: Member
    before: Side
    now: Side
    dense: bool = False
    moved: bool = False
    added: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])

    @property
    def path(self) -> str:
        """The path now."""
        return self.new.path

    @property
    def name(self) -> str:
        """The path within the innermost container; what is in a compressed file goes by the file's name."""
        outer, _, inner = self.new.path.rpartition("!/")
        if inner == "content" and (packed := _PACKED.fullmatch(outer.rpartition("!/")[2])):
            return packed[1]
        return inner

    @property
    def bytes_changed(self) -> bool:
        """Whether its bytes are new or others than before."""
        return self.old is None or self.old.digest != self.new.digest

    @property
    def old_text(self) -> bytes | None:
        """The text of before, if it was one."""
        return self.before.text

    @property
    def new_text(self) -> bytes | None:
        """The text now, if it is one."""
        return self.now.text

    @property
    def came_or_changed(self) -> str:
        """What happened, as a verb."""
        return "was added" if self.old is None else "was moved here" if self.moved else "changed"

    def found(self, rule: str, rank: int, sentence: str, *evidence: Evidence) -> Finding:
        """Return a finding about this member."""
        return Finding(rule=rule, rank=rank, path=self.path, sentence=sentence, evidence=evidence)

    def lines(self, numbers: list[int]) -> tuple[Evidence, ...]:
        """Return the first of these lines of the new text as evidence."""
        text = dict(self.added)
        return tuple(self.shown(f"line {number}", text[number]) for number in numbers[:_MOST_LINES])

    def shown(self, where: str, what: bytes | str) -> Evidence:
        """Return some bytes or words of the new member as evidence, made inert."""
        text = inert_bytes(what[:_SHOWN]) if isinstance(what, bytes) else inert(what[:_SHOWN])
        return Evidence(path=self.path, where=where, shown=text)


def pair_of(
    old: Member | None, new: Member, before: Side, now: Side, *, dense: bool, moved: bool = False
) -> Pair:
    """Return the pair with its added lines; without a counterpart every line is added."""
    text = now.text if now.text != before.text else None
    added = added_lines(lines_of(before.text or b""), lines_of(text)) if text else []
    return Pair(old=old, new=new, before=before, now=now, dense=dense, moved=moved, added=added)
