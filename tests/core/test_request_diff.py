"""What changed around a release: its builder, its source, who submitted it, and what its evidence says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from core.world import World

from workstation.core.evidence import Content, Evidence
from workstation.core.evidence_sbom import Licensed, Sbom
from workstation.core.evidence_vulnerabilities import Answer, Scan, Vex, Vulnerability
from workstation.core.identity import Fingerprint, digest_of
from workstation.core.policy_controls import Severity
from workstation.core.provenance import Provenance
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.request import Request
from workstation.core.request_diff import request_findings, with_request

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def request(*contents: Content) -> Request:
    evidence = tuple(
        Evidence(
            name=f"e{number}",
            digest=digest_of(str(number).encode()),
            media_type="application/json",
            content=content,
            envelope=None,
        )
        for number, content in enumerate(contents)
    )
    return replace(World().request, evidence=evidence)


def provenance(
    builder: str = "https://ci.example/1", source: str = "git+https://git.example/x@abc"
) -> Provenance:
    return Provenance(builder_id=builder, actors=(), sources=frozenset({source}), subjects=frozenset())


def sbom(*components: str, licence: str = "MIT") -> Sbom:
    named = (
        Licensed(component=one.rpartition("/")[2].partition("@")[0], licences=(licence,))
        for one in components
    )
    return Sbom(format="x", components=components, describes=frozenset(), licensed=tuple(named))


def scan(*found: str, severity: Severity | None = Severity.HIGH) -> Scan:
    known = tuple(Vulnerability(id=one, severity=severity) for one in found)
    return Scan(scanner="s", finished=NOW, database=None, found=known, subjects=frozenset())


def said(old: Request, new: Request) -> list[tuple[str, int, str]]:
    return [(one.rule, one.rank, one.sentence) for one in request_findings(old, new)]


def test_the_same_evidence_says_nothing() -> None:
    one = request(provenance(), sbom("pkg:pypi/a@1"), scan("CVE-1"))

    assert said(one, one) == []


def test_another_builder_or_repository_is_found_and_another_revision_is_not() -> None:
    before = request(provenance())

    assert [one[:2] for one in said(before, request(provenance(builder="https://ci.example/2")))] == [
        ("DIFF-BUILDER", 95)
    ]
    assert [one[:2] for one in said(before, request(provenance(source="git+https://git.example/y@abc")))] == [
        ("DIFF-BUILDER", 95)
    ]
    assert said(before, request(provenance(source="git+https://git.example/x@def"))) == []


def test_provenance_that_is_gone_is_another_builder_and_provenance_that_came_is_not() -> None:
    assert "now" in said(request(provenance()), request())[0][2]
    assert said(request(), request(provenance())) == []


def test_another_submitter_is_found() -> None:
    before = request()
    after = replace(before, submitter=Fingerprint("f" * 64))

    assert [one[:2] for one in said(before, after)] == [("DIFF-SUBMITTER", 46)]


def test_components_that_come_go_move_or_change_their_licence_are_found() -> None:
    before = request(sbom("pkg:pypi/a@1", "pkg:pypi/b@1"))
    after = request(sbom("pkg:pypi/a@2", "pkg:pypi/c@1", licence="GPL"))

    assert said(before, after) == [
        ("DIFF-COMPONENT", 70, "new components: c 1"),
        ("DIFF-LICENCE", 45, "other licences: a is under GPL"),
        ("DIFF-COMPONENT-VERSION", 34, "components of other versions: a 1 before, 2 now"),
        ("DIFF-COMPONENT-GONE", 26, "components gone: b 1"),
    ]


@pytest.mark.parametrize(
    ("severity", "rank"), [(Severity.CRITICAL, 79), (Severity.HIGH, 76), (Severity.LOW, 52), (None, 52)]
)
def test_a_vulnerability_newly_known_is_found_until_it_is_answered(
    severity: Severity | None, rank: int
) -> None:
    before, after = (
        request(sbom("pkg:pypi/a@1"), scan()),
        (sbom("pkg:pypi/a@1"), scan("CVE-1", severity=severity)),
    )
    answer = Vex(answers=(Answer(names=frozenset({"CVE-1"}), status="fixed"),), subjects=frozenset())

    assert [one[:2] for one in said(before, request(*after))] == [("DIFF-VULNERABILITY", rank)]
    assert said(before, request(*after, answer)) == []


def test_a_release_diff_takes_them_in_by_rank() -> None:
    inside = Finding(rule="DIFF-RUNS-ITSELF", rank=92, path="a", sentence="s")
    before, after = request(provenance()), request(provenance(builder="https://ci.example/2"))

    found = with_request(ReleaseDiff(findings=(inside,)), before, after)

    assert [one.rank for one in found.findings] == [95, 92]
    assert with_request(found, None, after) is found
