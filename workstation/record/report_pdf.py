"""The auditor's report on paper: the same report, the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workstation.core.audit_controls import CONTROLS
from workstation.core.audit_report import AuditReport, Completeness, ReleaseEvidence
from workstation.core.shape import time_text
from workstation.core.story import Deed, sentence, words_of
from workstation.core.story_filter import StoryFilter
from workstation.record.paper import Paper

_NONE = "None in this period."
_UNKNOWN = "nobody known"
_WHOLE = (
    "Every entry from the first to the last is there, in order, and leads to the root the checkpoint signs."
    " The report leaves out no refusal, failure or unknown end of the period."
)
_SEALED = "The seals were verified with K_0: nobody who held every key of the machine rewrote or cut history."
_UNSEALED = (
    "The seals were NOT verified: K_0 was not at hand. Someone who held every key of the machine could have"
    " rewritten history consistently; `journal verify --seal` tells."
)
_OUTSIDE = (
    "That a whole disk was not put back to an earlier day is told only by a checkpoint kept elsewhere: in a"
    " release, a receipt, a witness's hands. Compare the checkpoint below with the newest you hold."
)


def report_pdf(report: AuditReport) -> bytes:
    """Return the report as PDF; equal reports give equal bytes."""
    paper = Paper(title=f"Audit report: {report.completeness.origin}", made=report.made)
    _front(paper, report)
    _separation(paper, report)
    _deeds(
        paper,
        "Refusals",
        "What the workstation said no to, with every rule that did not agree.",
        report.refusals,
        report,
    )
    _deeds(
        paper,
        "Exceptions",
        "Failures, ends nobody knows, broken glass still to be reviewed, loss, clocks and locked cards.",
        report.exceptions,
        report,
    )
    _deeds(
        paper,
        "Ceremonies",
        "Beginnings, trust roots, policy and roster changes, recovery.",
        report.ceremonies,
        report,
    )
    _deeds(
        paper, "Access to the journal", "Who opened, read, verified or exported it.", report.access, report
    )
    _controls(paper, report)
    _how_to_verify(paper, report.completeness)
    return paper.to_bytes()


def _front(paper: Paper, report: AuditReport) -> None:
    said, (first, last) = report.completeness, report.span
    released = sum(one.is_released for one in report.releases)
    paper.title("Audit report", said.origin)
    paper.facts([
        ("Made", time_text(report.made)),
        ("Period", _period(report.period)),
        ("Entries", f"{said.size}, written {first} to {last}"),
        ("Releases", f"{released}, of {len(report.releases)} requests"),
        ("Refusals", str(len(report.refusals))),
        ("Exceptions", str(len(report.exceptions))),
    ])  # fmt: skip
    paper.heading("Completeness")
    if said.findings:
        paper.alarm("The journal does NOT verify. What follows cannot be relied on.")
        paper.lines(said.findings)
    else:
        paper.paragraph(_WHOLE)
    paper.paragraph(_SEALED if said.sealed else _UNSEALED)
    paper.paragraph(_OUTSIDE)
    paper.mono(said.checkpoint)


def _period(period: StoryFilter) -> str:
    since = "the beginning" if period.since is None else time_text(period.since)
    return f"{since} to {'the end' if period.until is None else time_text(period.until)}"


def _separation(paper: Paper, report: AuditReport) -> None:
    paper.heading("Separation of duties, release by release")
    if not report.releases:
        paper.paragraph(_NONE)
    for one in report.releases:
        _release(paper, one, report)


def _release(paper: Paper, one: ReleaseEvidence, report: AuditReport) -> None:
    paper.subheading(f"{one.product}, channel {one.channel}")
    paper.facts([
        ("Built by", ", ".join(one.builders) or _UNKNOWN),
        ("Approved by", ", ".join(one.approvers) or "nobody"),
        ("Deployed by", ", ".join(one.deployers) or "no receipt came back"),
        ("Request", one.request),
        ("Release", one.released or "not released"),
    ])  # fmt: skip
    if one.overlap:
        paper.alarm(f"In more than one role: {', '.join(one.overlap)}")
    elif one.approvers:
        paper.good("Builder, approver and deployer are different people.")
    _table(paper, one.story, report)


def _deeds(paper: Paper, title: str, words: str, found: Sequence[Deed], report: AuditReport) -> None:
    paper.heading(title)
    paper.paragraph(words)
    if found:
        _table(paper, found, report)
    else:
        paper.paragraph(_NONE)


def _table(paper: Paper, found: Iterable[Deed], report: AuditReport) -> None:
    rows = [(_numbers(deed), time_text(deed.at), _words(deed, report)) for deed in found]
    paper.table(("Entries", "Time (UTC)", "What happened"), (18, 40, 116), rows)


def _numbers(deed: Deed) -> str:
    return str(deed.first.seq) if deed.first is deed.last else f"{deed.first.seq}-{deed.last.seq}"


def _words(deed: Deed, report: AuditReport) -> str:
    more = (*words_of(deed, report.texts), *deed.remarks(), *deed.reasons())
    return "\n".join((sentence(deed, report.roster), *(f"· {each}" for each in more)))


def _controls(paper: Paper, report: AuditReport) -> None:
    paper.heading("What the entries answer")
    paper.paragraph("How many of all entries speak to each control, and how it is met.")
    rows = [
        (f"{one.framework}\n{one.number}", f"{one.asks}\n{one.met_by}", str(one.count(report.entries)))
        for one in CONTROLS
    ]
    paper.table(("Control", "What it asks, and how it is met", "Entries"), (50, 106, 18), rows)


def _how_to_verify(paper: Paper, said: Completeness) -> None:
    paper.heading("How to verify this")
    paper.paragraph(
        "This report is a view: it proves nothing by itself. `countersign journal export --out DIR` writes"
        " the entries with everything that proves them, and a verifier that needs Python alone:"
    )
    paper.mono("python3 -I DIR/verify_export.py --seal K0.seal --checkpoint NEWEST_YOU_HOLD")
    paper.facts([("Root", said.root.hex()), ("Station key", said.station)])
