"""Reading a release diff back from its JSON, strictly.

What is computed (the verdict and the lists of paths) has to be what the changes and findings give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.release_diff import (
    ChangeKind,
    Evidence,
    Fact,
    FileChange,
    Finding,
    Member,
    MemberKind,
    NotInspected,
    ReleaseDiff,
    RowKind,
    TextRow,
)
from workstation.core.release_diff_writer import computed
from workstation.core.shape import Fields, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.core.strict_json import JsonObject

_MOST: Final = 1_000_000
_LONGEST: Final = 256 * 1024 * 1024
_PATH: Final = 40_000
_SENTENCE: Final = 100_000
_ATTRIBUTES: Final = 30_000
_LISTS: Final = ("added", "removed", "content_changed", "mode_changed", "owner_changed", "link_changed")


def from_json(
    document: JsonObject, *, where: str = "release diff", before: Sequence[FileChange] = ()
) -> ReleaseDiff:
    """Return the release diff in `document`; raises Malformed, also when its lists do not fit.

    `before` are changes that were read already and stand before its own.
    """
    wanted = ("verdict", *_LISTS, "findings", "not_inspected", "changes")
    top = Shape(document, where).fields(*wanted, optional=("baseline",))
    if baseline := top.get("baseline"):
        baseline.constant(wanted=True)
    found = ReleaseDiff(
        baseline=baseline is not None,
        changes=(*before, *read_changes(top["changes"])),
        findings=tuple(_finding(item) for item in top["findings"].items(at_most=_MOST)),
        not_inspected=tuple(_not_inspected(item) for item in top["not_inspected"].items(at_most=_MOST)),
    )
    for name, value in computed(found).items():
        if document[name] != value:
            raise Malformed(f"{where}.{name}", "another value found, the one its changes give wanted")
    return found


def read_changes(listed: Shape) -> Iterator[FileChange]:
    """Yield the changes in an array; raises Malformed."""
    return map(_change, listed.items(at_most=_MOST))


def _change(item: Shape) -> FileChange:
    fields = item.fields("kind", "old", "new", "rows", optional=("facts",))
    kind = fields["kind"].choice(ChangeKind)
    old, new = _member_or_none(fields["old"]), _member_or_none(fields["new"])
    if (old is None, new is None) != (kind is ChangeKind.ADDED, kind is ChangeKind.REMOVED):
        raise item.wanted("an old member unless added, a new one unless removed")
    rows = tuple(_row(row) for row in fields["rows"].items(at_most=_MOST))
    return FileChange(kind=kind, old=old, new=new, rows=rows, facts=tuple(map(_fact, _some(fields, "facts"))))


def _some(fields: Fields, name: str) -> Iterator[Shape]:
    """Return the items of an array that is left out when empty."""
    found = fields.get(name)
    return iter(()) if found is None else found.items(at_least=1, at_most=_MOST)


def _fact(item: Shape) -> Fact:
    fields = item.fields("name", "old", "new")
    name, old, new = (fields[one].text(at_most=_SENTENCE) for one in ("name", "old", "new"))
    return Fact(name=name, old=old, new=new)


def _member_or_none(item: Shape) -> Member | None:
    if item.value is None:
        return None
    fields = item.fields(
        "path", "kind", "size", "mode", "owner", "target", "digest", optional=("attributes",)
    )
    digest, attributes = fields["digest"], fields.get("attributes")
    return Member(
        path=fields["path"].text(at_most=_PATH),
        kind=fields["kind"].choice(MemberKind),
        size=fields["size"].integer(0, 1 << 50),
        mode=fields["mode"].integer(0, 0o7777),
        owner=fields["owner"].text(at_most=200),
        target=fields["target"].text(at_most=_PATH),
        digest=digest.digest() if digest.value else digest.text(at_most=0),
        attributes="" if attributes is None else attributes.text(at_most=_ATTRIBUTES),
    )


def _row(item: Shape) -> TextRow:
    fields = item.fields("kind", "old", "new", "text", optional=("marks",))
    text = fields["text"].text(at_most=_LONGEST)
    return TextRow(
        kind=fields["kind"].choice(RowKind),
        old=_line_number(fields["old"]),
        new=_line_number(fields["new"]),
        text=text,
        marks=tuple(_marks(_some(fields, "marks"), len(text))),
    )


def _marks(items: Iterator[Shape], end: int) -> Iterator[tuple[int, int]]:
    """Yield marks that increase, hold something and lie within the text."""
    least = 0
    for item in items:
        start, stop = item.items(at_least=2, at_most=2)
        mark = start.integer(least, end), stop.integer(least + 1, end)
        if mark[0] >= mark[1]:
            raise item.wanted("a mark that holds something")
        yield mark
        least = mark[1]


def _line_number(item: Shape) -> int | None:
    return None if item.value is None else item.integer(1, 1 << 40)


def _finding(item: Shape) -> Finding:
    fields = item.fields("rule", "rank", "path", "sentence", optional=("paths", "evidence"))
    return Finding(
        rule=fields["rule"].identifier(),
        rank=fields["rank"].integer(0, 100),
        path=fields["path"].text(at_most=_PATH),
        sentence=fields["sentence"].text(at_most=_SENTENCE),
        paths=tuple(one.text(at_most=_PATH) for one in _some(fields, "paths")),
        evidence=tuple(_evidence(one) for one in _some(fields, "evidence")),
    )


def _evidence(item: Shape) -> Evidence:
    fields = item.fields("path", "where", "shown")
    return Evidence(
        path=fields["path"].text(at_most=_PATH),
        where=fields["where"].text(at_most=_SENTENCE),
        shown=fields["shown"].text(at_most=_SENTENCE),
    )


def _not_inspected(item: Shape) -> NotInspected:
    fields = item.fields("path", "why")
    return NotInspected(path=fields["path"].text(at_most=_PATH), why=fields["why"].text(at_most=_SENTENCE))
