"""The release diff: what changed between the last released artifacts and these, as one value.

The lists of paths are computed from the changes, so they can never disagree with them. Paths name a
member inside its containers, joined with `!/`, from the artifact's name on. A path may hold any
character; `inert_text` is for showing it. Row texts are inert already.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workstation.core import release_diff_writer
from workstation.core.canonical import canonical
from workstation.core.identity import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from workstation.core.strict_json import JsonObject

REFUSE: Final = 100
"""A finding of this rank means the release cannot be reviewed, and so is refused."""


class MemberKind(StrEnum):
    """What a member is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    HARD_LINK = "hard link"
    SPECIAL = "special"


class RowKind(StrEnum):
    """What a row of changed text is; a skipped row stands for the unchanged lines left out there."""

    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"


class ChangeKind(StrEnum):
    """What happened to a member.

    A moved one has the same bytes under another path. A replaced one is an artifact that came in place
    of one with another version in its name; what is in the two is compared.
    """

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    REPLACED = "replaced"


NEW_PATH: Final = frozenset({ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.REPLACED})
OLD_PATH: Final = frozenset({ChangeKind.REMOVED, ChangeKind.MOVED, ChangeKind.REPLACED})
"""The kinds by which a path came, and by which one went."""


class ReviewVerdict(StrEnum):
    """Whether a person can be asked to review this at all."""

    REVIEWABLE = "reviewable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One thing in a release: its path, and what it is.

    `size` in bytes, `mode` the twelve permission bits, `owner` as "uid:gid" ("" where the format
    has none), `target` of a link, `digest` SHA-256 of a file's bytes ("" for anything else),
    `attributes` extended attributes as lines of inert text.
    """

    path: str
    kind: MemberKind
    size: int = 0
    mode: int = 0
    owner: str = ""
    target: str = ""
    digest: str = ""
    attributes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One row of changed text: line numbers from one (None where there is none) and inert text.

    `marks` are the changed words of a line that has a counterpart: places in `text`, from and up to.
    """

    kind: RowKind
    old: int | None = None
    new: int | None = None
    text: str = ""
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The bytes a finding rests on: in which member, where in it ("line 12"), and made inert."""

    path: str
    where: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing worth a look: the rule that found it, its rank (100 refuses), where, and a sentence.

    One rule often finds the same in many members; then `path` is what they have in common and
    `paths` are all of them.
    """

    rule: str
    rank: int
    path: str
    sentence: str
    paths: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """The path of every member this is about."""
        return self.paths or (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInspected:
    """A member nobody could look into, compared by digest only, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing a member says about itself, parsed: what it was and what it is, "" where there is none."""

    name: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One changed member, as it was and as it is; its changed text and facts where it has any."""

    kind: ChangeKind
    old: Member | None = None
    new: Member | None = None
    rows: tuple[TextRow, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def path(self) -> str:
        """The path now, or the one it had when it is gone."""
        member = self.new or self.old
        return member.path if member else ""

    def differs(self, value: Callable[[Member], object]) -> bool:
        """Whether `value` of this member was one thing and is another."""
        return self.old is not None and self.new is not None and value(self.old) != value(self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDiff:
    """Everything that changed: changes by path, findings by rank, and what could not be inspected.

    A baseline has nothing before it: all of it is new, and ranked for what it is, not for being new.
    """

    changes: tuple[FileChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_inspected: tuple[NotInspected, ...] = ()
    baseline: bool = False

    @property
    def verdict(self) -> ReviewVerdict:
        """Refused when any finding says so."""
        refused = any(finding.rank >= REFUSE for finding in self.findings)
        return ReviewVerdict.REFUSED if refused else ReviewVerdict.REVIEWABLE

    @property
    def added(self) -> tuple[str, ...]:
        """Paths that were not there before; a moved member's new path is one of them."""
        return tuple(sorted(one.path for one in self.changes if one.kind in NEW_PATH))

    @property
    def removed(self) -> tuple[str, ...]:
        """Paths that are not there any more; a moved member's old path is one of them."""
        return tuple(sorted(one.old.path for one in self.changes if one.kind in OLD_PATH and one.old))

    @property
    def content_changed(self) -> tuple[str, ...]:
        """Paths whose bytes, or whose kind, are others than before."""
        return self._paths_where(lambda member: (member.kind, member.digest))

    @property
    def mode_changed(self) -> tuple[str, ...]:
        """Paths whose permission bits changed."""
        return self._paths_where(lambda member: member.mode)

    @property
    def owner_changed(self) -> tuple[str, ...]:
        """Paths whose owner or group changed."""
        return self._paths_where(lambda member: member.owner)

    @property
    def link_changed(self) -> tuple[str, ...]:
        """Paths of links that point elsewhere than before."""
        return self._paths_where(lambda member: member.target)

    def to_json(self) -> JsonObject:
        """Return the document of the `diff` command, with the changes beside the lists."""
        return release_diff_writer.document(self)

    def digest(self) -> Digest:
        """SHA-256 over the canonical JSON: the same releases give the same digest on any machine."""
        return digest_of(canonical(self.to_json(), where="release diff"))

    def _paths_where(self, value: Callable[[Member], object]) -> tuple[str, ...]:
        changed = (one for one in self.changes if one.kind is ChangeKind.CHANGED)
        return tuple(sorted(one.path for one in changed if one.differs(value)))
