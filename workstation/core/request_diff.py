"""What changed around a release rather than in it: who built it and from where, and what its evidence says.

Two requests are compared, never their artifacts; that is the release diff's work, beside which this stands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from workstation.core.bill import Bill, Component, Known, bill_diff
from workstation.core.evidence_sbom import Sbom
from workstation.core.evidence_vulnerabilities import ANSWERS, Scan, Vex
from workstation.core.provenance import Provenance
from workstation.core.release_diff import Finding, ReleaseDiff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.request import Request

_SEVERE: Final = {"critical": 79, "high": 76, "medium": 66, "low": 52}
_LISTED: Final = 40


def with_request(diff: ReleaseDiff, previous: Request | None, request: Request) -> ReleaseDiff:
    """Return `diff` with what changed between the two requests among its findings, in the same order."""
    if previous is None:
        return diff
    found = {*diff.findings, *request_findings(previous, request)}
    ordered = sorted(found, key=lambda one: (-one.rank, one.path, one.rule, one.sentence))
    return replace(diff, findings=tuple(ordered))


def request_findings(previous: Request, request: Request) -> Iterator[Finding]:
    """Yield what is worth a look about how a release came to be."""
    for what, old, new in (
        ("builder", _builders(previous), _builders(request)),
        ("source repository", _repositories(previous), _repositories(request)),
    ):
        if old and old != new:
            sentence = f"another {what}: {_all(old)} before, {_all(new)} now"
            yield Finding(rule="DIFF-BUILDER", rank=95, path="request", sentence=sentence)
    if previous.submitter != request.submitter:
        sentence = (
            f"submitted with another key: {previous.submitter[:16]} before, {request.submitter[:16]} now"
        )
        yield Finding(rule="DIFF-SUBMITTER", rank=46, path="request", sentence=sentence)
    yield from _evidence(bill_of(previous), bill_of(request))


def _builders(request: Request) -> frozenset[str]:
    found = (item.content for item in request.evidence)
    return frozenset(one.builder_id for one in found if isinstance(one, Provenance))


def _repositories(request: Request) -> frozenset[str]:
    """Return the sources the provenance names, without the revision: that has to change."""
    found = (item.content for item in request.evidence)
    sources = (source for one in found if isinstance(one, Provenance) for source in one.sources)
    return frozenset(source.partition("@")[0] for source in sources)


def bill_of(request: Request) -> Bill:
    """Return everything the bills of materials and scans of a request say, as one bill."""
    contents = [item.content for item in request.evidence]
    sboms = [one for one in contents if isinstance(one, Sbom)]
    answered = {
        name
        for one in contents
        if isinstance(one, Vex)
        for answer in one.answers
        if answer.status in ANSWERS
        for name in answer.names
    }
    scans = [found for one in contents if isinstance(one, Scan) for found in one.found]
    licences = {one.component: one.licences for sbom in sboms for one in sbom.licensed}
    return Bill(
        format="evidence",
        components=tuple(_component(purl, licences) for sbom in sboms for purl in sbom.components),
        known=tuple(
            Known(id=one.id, severity=one.severity.value if one.severity else "", answered=one.id in answered)
            for one in scans
        ),
    )


def _component(purl: str, licences: dict[str, tuple[str, ...]]) -> Component:
    name, _, version = purl.partition("?")[0].rpartition("@") if "@" in purl else (purl, "", "")
    bare = name.rpartition("/")[2]
    return Component(name=bare, version=version, purl=purl, licences=licences.get(bare, ()))


def _evidence(old: Bill, new: Bill) -> Iterator[Finding]:
    if not old.components and not old.known:
        return
    diff = bill_diff(old, new)
    added = [f"{one.name} {' '.join(one.new)}" for one in diff.added]
    removed = [f"{one.name} {' '.join(one.old)}" for one in diff.removed]
    moved = [f"{one.name} {' '.join(one.old)} before, {' '.join(one.new)} now" for one in diff.moved]
    relicensed = [
        f"{one.name} is under {' and '.join(one.new_licences) or 'none'}" for one in diff.relicensed
    ]
    for rule, rank, what, found in (
        ("DIFF-COMPONENT", 70, "new components", added),
        ("DIFF-LICENCE", 45, "other licences", relicensed),
        ("DIFF-COMPONENT-VERSION", 34, "components of other versions", moved),
        ("DIFF-COMPONENT-GONE", 26, "components gone", removed),
    ):
        if found:
            yield Finding(rule=rule, rank=rank, path="evidence", sentence=f"{what}: {_list(found)}")
    for one in diff.open_now:
        sentence = f"a known vulnerability, {one.id} ({one.severity or 'no severity'}), and nobody answers it"
        rank = _SEVERE.get(one.severity, 52)
        yield Finding(rule="DIFF-VULNERABILITY", rank=rank, path=f"evidence {one.id}", sentence=sentence)


def _all(found: frozenset[str]) -> str:
    return ", ".join(sorted(found)) or "nobody named"


def _list(found: list[str]) -> str:
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return "; ".join(found[:_LISTED]) + more
