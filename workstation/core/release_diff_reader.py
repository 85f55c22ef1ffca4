"""Reading a release diff back from its JSON, strictly.

What is computed (the verdict and the lists of paths) has to be what the changes and findings give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.release_diff import (
    ChangeKind,
    FileChange,
    Finding,
    Member,
    MemberKind,
    NotInspected,
    ReleaseDiff,
    RowKind,
    TextRow,
)
from workstation.core.shape import Shape

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject

_MOST: Final = 1_000_000
_LONGEST: Final = 256 * 1024 * 1024
_PATH: Final = 40_000
_SENTENCE: Final = 100_000
_LISTS: Final = ("added", "removed", "content_changed", "mode_changed", "owner_changed", "link_changed")


def from_json(document: JsonObject, *, where: str = "release diff") -> ReleaseDiff:
    """Return the release diff in `document`; raises Malformed, also when its lists do not fit."""
    top = Shape(document, where).fields("verdict", *_LISTS, "findings", "not_inspected", "changes")
    found = ReleaseDiff(
        changes=tuple(_change(item) for item in top["changes"].items(at_most=_MOST)),
        findings=tuple(_finding(item) for item in top["findings"].items(at_most=_MOST)),
        not_inspected=tuple(_not_inspected(item) for item in top["not_inspected"].items(at_most=_MOST)),
    )
    computed = found.to_json()
    for name in ("verdict", *_LISTS):
        if document[name] != computed[name]:
            raise Malformed(f"{where}.{name}", "another value found, the one its changes give wanted")
    return found


def _change(item: Shape) -> FileChange:
    fields = item.fields("kind", "old", "new", "rows")
    kind = fields["kind"].choice(ChangeKind)
    old, new = _member_or_none(fields["old"]), _member_or_none(fields["new"])
    if (old is None, new is None) != (kind is ChangeKind.ADDED, kind is ChangeKind.REMOVED):
        raise item.wanted("an old member unless added, a new one unless removed")
    rows = tuple(_row(row) for row in fields["rows"].items(at_most=_MOST))
    return FileChange(kind=kind, old=old, new=new, rows=rows)


def _member_or_none(item: Shape) -> Member | None:
    if item.value is None:
        return None
    fields = item.fields("path", "kind", "size", "mode", "owner", "target", "digest")
    digest = fields["digest"]
    return Member(
        path=fields["path"].text(at_most=_PATH),
        kind=fields["kind"].choice(MemberKind),
        size=fields["size"].integer(0, 1 << 50),
        mode=fields["mode"].integer(0, 0o7777),
        owner=fields["owner"].text(at_most=200),
        target=fields["target"].text(at_most=_PATH),
        digest=digest.digest() if digest.value else digest.text(at_most=0),
    )


def _row(item: Shape) -> TextRow:
    fields = item.fields("kind", "old", "new", "text")
    return TextRow(
        kind=fields["kind"].choice(RowKind),
        old=_line_number(fields["old"]),
        new=_line_number(fields["new"]),
        text=fields["text"].text(at_most=_LONGEST),
    )


def _line_number(item: Shape) -> int | None:
    return None if item.value is None else item.integer(1, 1 << 40)


def _finding(item: Shape) -> Finding:
    fields = item.fields("rule", "rank", "path", "sentence")
    return Finding(
        rule=fields["rule"].identifier(),
        rank=fields["rank"].integer(0, 100),
        path=fields["path"].text(at_most=_PATH),
        sentence=fields["sentence"].text(at_most=_SENTENCE),
    )


def _not_inspected(item: Shape) -> NotInspected:
    fields = item.fields("path", "why")
    return NotInspected(path=fields["path"].text(at_most=_PATH), why=fields["why"].text(at_most=_SENTENCE))
