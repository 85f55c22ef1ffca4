"""A release diff as one page: no script, no link, nothing fetched, every value made inert."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from workstation.core.inert_text import inert
from workstation.core.release_diff import ReviewVerdict, RowKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.core.release_diff import FileChange, Finding, Member, NotInspected, ReleaseDiff, TextRow

_HEAD: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Release diff</title>
<style>
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --high: #b3261e }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem }
h3 { font: 600 .95rem ui-monospace, monospace; margin: 2rem 0 .4rem; overflow-wrap: anywhere }
code, td.text, td.number { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
td, th { padding: .15rem .6rem; text-align: left; vertical-align: top }
tr { border-bottom: 1px solid var(--soft) }
td.text { white-space: pre-wrap }
td.number { color: #888; text-align: right }
tr.added { background: #2e7d3222 }
tr.removed { background: #b3261e22 }
tr.skipped, p.soft { color: #888 }
td.rank { font-variant-numeric: tabular-nums; width: 3rem }
.refused { color: var(--high) }
.box { border: 1px solid var(--line); border-radius: .4rem; padding: .2rem 1rem 1rem; margin-top: 2rem }
</style></head><body>
"""
_TAIL: Final = "</body></html>\n"
_SIGNS: Final = {
    RowKind.ADDED: "+",
    RowKind.REMOVED: "\N{MINUS SIGN}",
    RowKind.CONTEXT: "",
    RowKind.SKIPPED: "…",
}


def page(diff: ReleaseDiff) -> str:
    """Return the whole page; the same diff gives the same page."""
    return "".join((_HEAD, *_summary(diff), *_findings(diff), *_unseen(diff), *_changes(diff), _TAIL))


def _summary(diff: ReleaseDiff) -> Iterator[str]:
    refused = diff.verdict is ReviewVerdict.REFUSED
    words = "■ Refused: this release cannot be reviewed" if refused else "Release diff"
    yield f"<h1{' class=refused' if refused else ''}>{words}</h1>\n"
    yield f'<p class="soft">digest <code>{diff.digest()}</code></p>\n<table><tr>'
    counts = (
        ("added", diff.added),
        ("removed", diff.removed),
        ("content changed", diff.content_changed),
        ("mode changed", diff.mode_changed),
        ("owner changed", diff.owner_changed),
        ("link changed", diff.link_changed),
        ("not inspected", diff.not_inspected),
    )
    yield from (f"<th>{len(paths)}</th>" for _, paths in counts)
    yield "</tr><tr>"
    yield from (f"<td>{name}</td>" for name, _ in counts)
    yield "</tr></table>\n"


def _findings(diff: ReleaseDiff) -> Iterator[str]:
    yield "<h2>Worth a look</h2>\n"
    yield from _table([_finding(one) for one in diff.findings], "Nothing was found by rule.")


def _finding(finding: Finding) -> str:
    cells = f"<td>{_safe(finding.sentence)}<br><code>{_safe(finding.path)}</code></td>"
    return (
        f'<tr><td class="rank">{finding.rank}</td><td><code>{_safe(finding.rule)}</code></td>{cells}</tr>\n'
    )


def _unseen(diff: ReleaseDiff) -> Iterator[str]:
    yield '<div class="box"><h2>What could not be inspected</h2>\n'
    yield from _table([_not_inspected(one) for one in diff.not_inspected], "Everything was inspected.")
    yield "</div>\n"


def _not_inspected(one: NotInspected) -> str:
    return f"<tr><td><code>{_safe(one.path)}</code></td><td>{_safe(one.why)}</td></tr>\n"


def _changes(diff: ReleaseDiff) -> Iterator[str]:
    yield "<h2>What changed</h2>\n"
    if not diff.changes:
        yield '<p class="soft">Nothing changed.</p>\n'
    for change in diff.changes:
        yield f"<h3>{_safe(change.kind.value)} · {_safe(change.path)}</h3>\n"
        yield from _table(list(_facts(change)), "")
        yield from _table([_row(row) for row in change.rows], "")


def _facts(change: FileChange) -> Iterator[str]:
    """Say what differs between the two members, one line for each fact."""
    before, now = _described(change.old), _described(change.new)
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name, ""), now.get(name, "")
        if old != new:
            cells = "".join(f"<td><code>{_safe(value)}</code></td>" for value in (old, new))
            yield f"<tr><td>{name}</td>{cells}</tr>\n"


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
    }


def _row(row: TextRow) -> str:
    numbers = "".join(f'<td class="number">{number or ""}</td>' for number in (row.old, row.new))
    # The text of a row is inert already; spelling it again would show what is not there.
    text = f'<td class="text">{html.escape(row.text)}</td>'
    return f'<tr class="{row.kind.value}">{numbers}<td>{_SIGNS[row.kind]}</td>{text}</tr>\n'


def _table(rows: Sequence[str], otherwise: str) -> Iterator[str]:
    if rows:
        yield "<table>\n"
        yield from rows
        yield "</table>\n"
    elif otherwise:
        yield f'<p class="soft">{otherwise}</p>\n'


def _safe(text: str) -> str:
    return html.escape(inert(text))
