"""The release diff: what changed between the last released artifacts and these, as one value.

The lists of paths are computed from the changes, so they can never disagree with them. Paths name a
member inside its containers, joined with `!/`, from the artifact's name on. A path may hold any
character; `inert_text` is for showing it. Row texts are inert already.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workstation.core.canonical import canonical
from workstation.core.identity import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from workstation.core.strict_json import JsonObject, JsonValue

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
    """What happened to a member; a moved one has the same bytes under another path."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class ReviewVerdict(StrEnum):
    """Whether a person can be asked to review this at all."""

    REVIEWABLE = "reviewable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One thing in a release: its path, and what it is.

    `size` in bytes, `mode` the twelve permission bits, `owner` as "uid:gid" ("" where the format
    has none), `target` of a link, `digest` SHA-256 of a file's bytes ("" for anything else).
    """

    path: str
    kind: MemberKind
    size: int = 0
    mode: int = 0
    owner: str = ""
    target: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One row of changed text: line numbers from one (None where there is none) and inert text."""

    kind: RowKind
    old: int | None = None
    new: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing worth a look: the rule that found it, its rank (100 refuses), where, and a sentence."""

    rule: str
    rank: int
    path: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInspected:
    """A member nobody could look into, compared by digest only, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One changed member, as it was and as it is, and its changed text where it has any."""

    kind: ChangeKind
    old: Member | None = None
    new: Member | None = None
    rows: tuple[TextRow, ...] = ()

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
    """Everything that changed: changes by path, findings by rank, and what could not be inspected."""

    changes: tuple[FileChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_inspected: tuple[NotInspected, ...] = ()

    @property
    def verdict(self) -> ReviewVerdict:
        """Refused when any finding says so."""
        refused = any(finding.rank >= REFUSE for finding in self.findings)
        return ReviewVerdict.REFUSED if refused else ReviewVerdict.REVIEWABLE

    @property
    def added(self) -> tuple[str, ...]:
        """Paths that were not there before; a moved member's new path is one of them."""
        return self._paths_new(ChangeKind.ADDED, ChangeKind.MOVED)

    @property
    def removed(self) -> tuple[str, ...]:
        """Paths that are not there any more; a moved member's old path is one of them."""
        gone = (ChangeKind.REMOVED, ChangeKind.MOVED)
        return tuple(sorted(one.old.path for one in self.changes if one.kind in gone and one.old))

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
        return {
            "verdict": self.verdict.value,
            "added": list(self.added),
            "removed": list(self.removed),
            "content_changed": list(self.content_changed),
            "mode_changed": list(self.mode_changed),
            "owner_changed": list(self.owner_changed),
            "link_changed": list(self.link_changed),
            "findings": [_finding(finding) for finding in self.findings],
            "not_inspected": [{"path": one.path, "why": one.why} for one in self.not_inspected],
            "changes": [_change(change) for change in self.changes],
        }

    def digest(self) -> Digest:
        """SHA-256 over the canonical JSON: the same releases give the same digest on any machine."""
        return digest_of(canonical(self.to_json(), where="release diff"))

    def _paths_new(self, *kinds: ChangeKind) -> tuple[str, ...]:
        return tuple(sorted(one.path for one in self.changes if one.kind in kinds))

    def _paths_where(self, value: Callable[[Member], object]) -> tuple[str, ...]:
        changed = (one for one in self.changes if one.kind is ChangeKind.CHANGED)
        return tuple(sorted(one.path for one in changed if one.differs(value)))


def _finding(finding: Finding) -> JsonValue:
    return {
        "rule": finding.rule,
        "rank": finding.rank,
        "path": finding.path,
        "sentence": finding.sentence,
    }


def _change(change: FileChange) -> JsonValue:
    return {
        "kind": change.kind.value,
        "old": _member(change.old),
        "new": _member(change.new),
        "rows": [_row(row) for row in change.rows],
    }


def _row(row: TextRow) -> JsonValue:
    return {"kind": row.kind.value, "old": row.old, "new": row.new, "text": row.text}


def _member(member: Member | None) -> JsonValue:
    if member is None:
        return None
    return {
        "path": member.path,
        "kind": member.kind.value,
        "size": member.size,
        "mode": member.mode,
        "owner": member.owner,
        "target": member.target,
        "digest": member.digest,
    }
