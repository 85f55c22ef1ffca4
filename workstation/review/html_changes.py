"""The changes of a release diff on its page: each member with its facts and rows, folded until opened."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import RowKind
from workstation.review.html_parts import safe, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import FileChange, Member, ReleaseDiff, TextRow

_SIGNS: Final = {
    RowKind.ADDED: "+",
    RowKind.REMOVED: "\N{MINUS SIGN}",
    RowKind.CONTEXT: "",
    RowKind.SKIPPED: "…",
}
_OPEN_AT_MOST: Final = 12  # changes; with more, one opens what one wants to see


def changes_of(diff: ReleaseDiff) -> Iterator[str]:
    """Yield the part of the page about what changed."""
    yield f"<h2>{'What is in it' if diff.baseline else 'What changed'}</h2>\n"
    if not diff.changes:
        yield '<p class="soft">Nothing changed.</p>\n'
    opened = " open" if len(diff.changes) <= _OPEN_AT_MOST else ""
    for change in diff.changes:
        named = f"{safe(change.kind.value)} · {safe(change.path)}"
        yield f'<details{opened}><summary class="change">{named}</summary>\n'
        yield from table(list(_members(change)), "")
        yield from table(list(_facts(change)), "")
        yield from table([_row(row) for row in change.rows], "")
        yield "</details>\n"


def _members(change: FileChange) -> Iterator[str]:
    """Say what differs between the two members, one line for each fact."""
    before, now = _described(change.old), _described(change.new)
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name, ""), now.get(name, "")
        if old != new:
            yield _beside(name, old, new)


def _facts(change: FileChange) -> Iterator[str]:
    return (_beside(one.name, one.old, one.new) for one in change.facts)


def _beside(name: str, old: str, new: str) -> str:
    cells = "".join(f"<td><code>{safe(value)}</code></td>" for value in (old, new))
    return f"<tr><td>{safe(name)}</td>{cells}</tr>\n"


def _described(member: Member | None) -> dict[str, str]:
    if member is None:
        return {}
    return {
        "path": member.path,
        "kind": member.kind.value,
        "size": str(member.size),
        "mode": f"{member.mode:04o}",
        "owner": member.owner,
        "target": member.target,
        "digest": member.digest,
        "attributes": member.attributes,
    }


def _row(row: TextRow) -> str:
    numbers = "".join(f'<td class="number">{number or ""}</td>' for number in (row.old, row.new))
    text = f'<td class="text">{_marked(row)}</td>'
    return f'<tr class="{row.kind.value}">{numbers}<td>{_SIGNS[row.kind]}</td>{text}</tr>\n'


def _marked(row: TextRow) -> str:
    """Return a row's text with its changed words marked; it is inert already."""
    parts, done = list[str](), 0
    for start, stop in row.marks:
        parts += [html.escape(row.text[done:start]), f"<mark>{html.escape(row.text[start:stop])}</mark>"]
        done = stop
    return "".join((*parts, html.escape(row.text[done:])))
