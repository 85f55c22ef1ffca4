"""What a review tells beside its changes: what its bills and scans say, and which rules are asked."""

from __future__ import annotations

from workstation.core.action import Release
from workstation.core.asked import Asked, When, asked_under
from workstation.core.bill import Shift, shifts
from workstation.core.evidence import Sbom, Scan, Vex, summary
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.release_diff import REFUSE, ReleaseDiff
from workstation.core.request import Request
from workstation.core.request_diff import bill_of
from workstation.core.verdict import Blocked
from workstation.desk.face import ReaderLine
from workstation.desk.review_face import (
    BillPart,
    ComponentLine,
    GuardrailLine,
    RuleState,
    VulnerabilityLine,
)


def bill_part(previous: Request | None, request: Request) -> BillPart:
    """Return what bills of materials and scans say now, beside what they said of the release before."""
    now, before = bill_of(request), None if previous is None else bill_of(previous)
    old = () if before is None else before.components
    return BillPart(
        bills=_summaries(request, Sbom),
        scans=_summaries(request, Scan),
        components=tuple(_component(one) for one in shifts(old, now.components)),
        vulnerabilities=_vulnerabilities(
            request, frozenset(one.id for one in (before.known if before else ()))
        ),
        compared=bool(old),
    )


def guardrail_lines(
    request: Request, facts: Facts, diff: ReleaseDiff, reader: ReaderLine | None
) -> tuple[GuardrailLine, ...]:
    """Return every rule that is asked about this request, whether it agrees, and what it found."""
    verdict = judge(Release(request=request, directory=""), facts)
    found: dict[str, list[str]] = {}
    for violation in verdict.violations if isinstance(verdict, Blocked) else ():
        found.setdefault(violation.rule, []).append(violation.detail)
    for finding in diff.findings:
        if finding.rank >= REFUSE:
            found.setdefault("REVIEW-REFUSED", []).append(f"{finding.path}: {finding.sentence}")
    for reason in reader.against if reader is not None else ():
        found.setdefault(reason.rule, []).append(reason.detail)
    return tuple(
        GuardrailLine(
            rule=asked.rule,
            controls=controls,
            when=asked.when,
            state=_state(asked, found, reader),
            found=tuple(dict.fromkeys(found.get(asked.rule, ()))),
        )
        for asked, controls in asked_under(facts.rule)
    )


def _state(asked: Asked, found: dict[str, list[str]], reader: ReaderLine | None) -> RuleState:
    if asked.rule in found:
        return RuleState.NOT_MET
    later = asked.when is When.SIGNING or (asked.when is When.CARD and reader is None)
    return RuleState.LATER if later else RuleState.MET


def _summaries(request: Request, kind: type[Sbom | Scan]) -> tuple[str, ...]:
    found = (one for one in request.evidence if isinstance(one.content, kind))
    return tuple(f"{one.name}: {summary(one.content)}" for one in found)


def _component(shift: Shift) -> ComponentLine:
    return ComponentLine(
        name=shift.name,
        old=shift.old,
        new=shift.new,
        old_licences=shift.old_licences,
        new_licences=shift.new_licences,
    )


def _vulnerabilities(request: Request, before: frozenset[str]) -> tuple[VulnerabilityLine, ...]:
    """Return what scans found, the worst first as they name them, with what VEX documents say of each."""
    severities: dict[str, str] = {}
    scans: dict[str, list[str]] = {}
    for evidence in request.evidence:
        for one in evidence.content.found if isinstance(evidence.content, Scan) else ():
            severities.setdefault(one.id, one.severity.value if one.severity else "")
            scans.setdefault(one.id, []).append(evidence.name)
    return tuple(
        VulnerabilityLine(
            id=name,
            severity=severity,
            answers=tuple(dict.fromkeys(_answers(request, name))),
            scans=tuple(dict.fromkeys(scans[name])),
            old=name in before,
        )
        for name, severity in severities.items()
    )


def _answers(request: Request, name: str) -> list[str]:
    return [
        f"{answer.status} ({evidence.name})"
        for evidence in request.evidence
        if isinstance(evidence.content, Vex)
        for answer in evidence.content.answers
        if name in answer.names
    ]
