"""A review as one page: no script, no link, nothing fetched, every value made inert."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import REFUSE, ReviewVerdict
from workstation.review.html_changes import changes_of
from workstation.review.html_parts import Section, safe, section, table
from workstation.review.html_style import HEAD, TAIL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.core.release_diff import Finding, NotInspected, ReleaseDiff

_FOLDED: Final = 20  # findings up to this rank are counted, and opened by whoever wants to
_HIGH, _LOOK = 80, 40


def page(diff: ReleaseDiff, about: Sequence[Section] = ()) -> str:
    """Return the whole page, with `about` the request before the diff; the same values give the same page."""
    before = (piece for part in about for piece in section(part))
    parts = (_summary(diff), before, _findings(diff), _unseen(diff), changes_of(diff))
    return "".join((HEAD, *(piece for part in parts for piece in part), TAIL))


def _summary(diff: ReleaseDiff) -> Iterator[str]:
    refused = diff.verdict is ReviewVerdict.REFUSED
    named = "A first release: nothing was there before" if diff.baseline else "Release diff"
    words = "■ Refused: this release cannot be reviewed" if refused else named
    kind = ' class="refused"' if refused else ""
    yield f"<h1{kind}>{words}</h1>\n"
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
    shown = [one for one in diff.findings if one.rank > _FOLDED]
    folded = [one for one in diff.findings if one.rank <= _FOLDED]
    yield "<h2>Worth a look</h2>\n"
    yield from table([_finding(one) for one in shown], "Nothing was found by rule.")
    if folded:
        members = sum(len(one.members) for one in folded)
        yield f"<details><summary>Folded: {len(folded)} kinds of noise, in {members} places</summary>\n"
        yield from table([_finding(one) for one in folded], "")
        yield "</details>\n"


def _finding(finding: Finding) -> str:
    sign, kind = _class(finding.rank)
    rank = f'<td class="rank">{sign} {finding.rank}</td><td><code>{safe(finding.rule)}</code></td>'
    said = f"{safe(finding.sentence)}<br><code>{safe(finding.path)}</code>"
    return f'<tr class="{kind}">{rank}<td>{said}{"".join(_more(finding))}</td></tr>\n'


def _class(rank: int) -> tuple[str, str]:
    if rank >= REFUSE:
        return "■", "high"
    if rank >= _HIGH:
        return "▲", "high"
    return ("●", "look") if rank >= _LOOK else ("○", "low")


def _more(finding: Finding) -> Iterator[str]:
    """Yield what a finding rests on, and every member it is about, to be opened."""
    if finding.evidence:
        yield "<details><summary>evidence</summary><table>"
        for one in finding.evidence:
            # The bytes are inert already; spelling them again would show what is not there.
            shown = f'<td class="text">{html.escape(one.shown)}</td>'
            yield f"<tr><td><code>{safe(one.path)}</code></td><td>{safe(one.where)}</td>{shown}</tr>"
        yield "</table></details>"
    if finding.paths:
        yield f"<details><summary>{len(finding.paths)} members</summary><table>"
        yield from (f"<tr><td><code>{safe(path)}</code></td></tr>" for path in finding.paths)
        yield "</table></details>"


def _unseen(diff: ReleaseDiff) -> Iterator[str]:
    yield '<div class="box"><h2>What could not be inspected</h2>\n'
    yield from table([_not_inspected(one) for one in diff.not_inspected], "Everything was inspected.")
    yield "</div>\n"


def _not_inspected(one: NotInspected) -> str:
    return f"<tr><td><code>{safe(one.path)}</code></td><td>{safe(one.why)}</td></tr>\n"
