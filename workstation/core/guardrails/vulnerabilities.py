"""Rules about vulnerabilities: a fresh signed scan of every artifact, and an answer to what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from workstation.core.action import Action
from workstation.core.evidence import Evidence, Scan, Vex
from workstation.core.evidence_vulnerabilities import ANSWERS, Vulnerability
from workstation.core.facts import Case, Facts
from workstation.core.guardrails.request import CLOCK_TOLERANCE
from workstation.core.guardrails.signed_evidence import judged, only_signed, people_in, signers_in
from workstation.core.identity import Digest
from workstation.core.policy_controls import Severity, VulnerabilityControl
from workstation.core.verdict import Violation


def evidence_scan(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-SCAN: a signed scan covers every artifact, and neither it nor its database is too old."""
    case = judged(action, facts)
    control = None if case is None else case.rule.vulnerabilities
    if case is None or control is None:
        return
    covered = {
        digest
        for evidence, scan in _scans(case)
        if _fresh(scan, control, facts.now) and any(True for _ in signers_in(evidence, case))
        for digest in scan.subjects
    }
    for artifact in case.request.manifest:
        if artifact.digest not in covered:
            yield Violation(
                "EVIDENCE-SCAN",
                f"no fresh signed scan covers {artifact.name}{_wanted(control)}",
                "vulnerabilities",
            )


def evidence_vulnerabilities(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-VULNERABILITIES: no more unanswered ones of a severity, or worse, than the policy lets be."""
    case = judged(action, facts)
    control = None if case is None else case.rule.vulnerabilities
    if case is None or control is None:
        return
    open_ones = _unanswered(case, control)
    for severity, most in control.most:
        names = sorted({one.id for one in open_ones if one.severity and one.severity.at_least(severity)})
        if len(names) > most:
            yield Violation(
                "EVIDENCE-VULNERABILITIES",
                f"{len(names)} of severity {_or_worse(severity)} without an answer, at most {most} may be:"
                f" {', '.join(names[:10])}{' …' if len(names) > 10 else ''}",  # noqa: PLR2004 (enough to begin)
                f"vulnerabilities.newAtOrAbove.{severity.value}",
            )


def _scans(case: Case) -> Iterator[tuple[Evidence, Scan]]:
    for evidence in case.request.evidence:
        if isinstance(evidence.content, Scan):
            yield evidence, evidence.content


def _fresh(scan: Scan, control: VulnerabilityControl, now: datetime) -> bool:
    ages = ((scan.finished, control.max_scan_age), (scan.database, control.max_database_age))
    return all(limit is None or _within(moment, limit, now) for moment, limit in ages)


def _within(moment: datetime | None, limit: timedelta, now: datetime) -> bool:
    return moment is not None and -CLOCK_TOLERANCE <= now - moment <= limit


def _wanted(control: VulnerabilityControl) -> str:
    ages = (("scan", control.max_scan_age), ("database", control.max_database_age))
    said = [f"{what} of the last {limit // timedelta(hours=1)} hours" for what, limit in ages if limit]
    return f"; a {' and a '.join(said)} is wanted" if said else ""


def _unanswered(case: Case, control: VulnerabilityControl) -> tuple[Vulnerability, ...]:
    """Return what any scan found in an artifact here that nobody who may has answered for that artifact.

    Every scan is asked, also a stale or unsigned one: more evidence never makes a finding go away.
    """
    released = frozenset(artifact.digest for artifact in case.request.manifest)
    answers = frozenset(_answers(case, control))
    affected = {name for _, vex in _vexes(case) for name, said in _last(vex) if said == "affected"}
    return tuple(
        found
        for _, scan in _scans(case)
        for found in scan.found
        for touched in (scan.subjects & released,)
        if touched and (found.id in affected or not {(found.id, one) for one in touched} <= answers)
    )


def _answers(case: Case, control: VulnerabilityControl) -> Iterator[tuple[str, Digest]]:
    """Yield each vulnerability with each digest an accepted VEX document settles it for."""
    for evidence, vex in _vexes(case):
        if _accepted(evidence, case, control):
            for name, status in _last(vex):
                for digest in vex.subjects if status in ANSWERS else ():
                    yield name, digest


def _last(vex: Vex) -> Iterable[tuple[str, str]]:
    """Return what a document says of each vulnerability in the end: a later statement overrides."""
    return {name: answer.status for answer in vex.answers for name in answer.names}.items()


def _vexes(case: Case) -> Iterator[tuple[Evidence, Vex]]:
    for evidence in case.request.evidence:
        if isinstance(evidence.content, Vex):
            yield evidence, evidence.content


def _accepted(evidence: Evidence, case: Case, control: VulnerabilityControl) -> bool:
    """Answer whether somebody with an accepted role signed, who had nothing else to do with the build."""
    names = frozenset(other.name for other, _ in _vexes(case))
    return any(
        person.roles & control.vex_from and only_signed(person.id, names, case)
        for person in people_in(evidence, case)
    )


def _or_worse(severity: Severity) -> str:
    return severity.value if severity is Severity.CRITICAL else f"{severity.value} or worse"
