"""Evidence: what comes with a request and says how the artifacts came to be.

Each kind is read only as far as rules and review need it. Evidence of a kind we do not know is
kept: whoever signed it still had a hand in the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

from workstation.core import dsse, evidence_sbom, evidence_vulnerabilities, statement, strict_json
from workstation.core.dsse import Envelope
from workstation.core.evidence_review import REVIEWS, CodeReview, code_review
from workstation.core.evidence_sbom import Sbom
from workstation.core.evidence_vulnerabilities import SCANS, VEX, Scan, Vex
from workstation.core.identity import Digest, digest_of
from workstation.core.provenance import Provenance, read_provenance
from workstation.core.shape import Fields, Shape, time_text

if TYPE_CHECKING:
    from workstation.core.statement import ForeignStatement

DSSE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json"
CYCLONEDX_MEDIA_TYPE = "application/vnd.cyclonedx+json"
SPDX_MEDIA_TYPE = "application/spdx+json"
OCTETS_MEDIA_TYPE = "application/octet-stream"

__all__ = [
    "CYCLONEDX_MEDIA_TYPE",
    "DSSE_MEDIA_TYPE",
    "OCTETS_MEDIA_TYPE",
    "SPDX_MEDIA_TYPE",
    "CodeReview",
    "Content",
    "Evidence",
    "OpaqueFile",
    "OtherStatement",
    "Provenance",
    "Sbom",
    "Scan",
    "TestResult",
    "Vex",
    "parse_evidence",
    "summary",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """in-toto test-result v0.1: PASSED, WARNED or FAILED, with the names of what passed and failed."""

    result: str
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    subjects: frozenset[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStatement:
    """A signed statement of a type no rule reads."""

    predicate_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueFile:
    """A file no rule reads."""

    media_type: str


Content: TypeAlias = Provenance | TestResult | Sbom | Scan | Vex | CodeReview | OtherStatement | OpaqueFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence; `envelope` is there when it is a signed statement."""

    name: str
    digest: Digest
    media_type: str
    content: Content
    envelope: Envelope | None


def parse_evidence(name: str, media_type: str, data: bytes) -> Evidence:
    """Return the evidence in `data`; raises Malformed."""
    envelope = dsse.parse_envelope(data, where=name) if media_type == DSSE_MEDIA_TYPE else None
    return Evidence(
        name=name,
        digest=digest_of(data),
        media_type=media_type,
        content=_unsigned_content(name, media_type, data)
        if envelope is None
        else _signed_content(envelope, name),
        envelope=envelope,
    )


def summary(content: Content) -> str:
    """Return one line about a piece of evidence, for the review."""
    match content:
        case Provenance():
            return f"provenance by {content.builder_id}, run by {', '.join(content.actors) or 'nobody named'}"
        case TestResult():
            return f"tests {content.result}: {len(content.passed)} passed, {len(content.failed)} failed"
        case Sbom():
            return f"SBOM {content.format}, {len(content.components)} components"
        case Scan():
            return f"scan by {content.scanner} at {time_text(content.finished)}: {len(content.found)} found"
        case Vex():
            return f"answers about {len(content.answers)} vulnerabilities"
        case CodeReview():
            return f"code review of {', '.join(sorted(content.revisions))} by {len(content.reviewers)} people"
        case OtherStatement():
            return f"signed statement {content.predicate_type}"
        case OpaqueFile():
            return f"file of type {content.media_type}"
        case _:
            assert_never(content)


def _signed_content(envelope: Envelope, name: str) -> Content:
    payload, where = dsse.in_toto_payload(envelope, where=name), f"{name} payload"
    opened = Shape(strict_json.parse_object(payload, where=where, decimals=True), where).open_fields()
    # A review's subject is a revision; every other statement's are bytes with a SHA-256.
    if (kind := opened.get("predicateType")) is not None and kind.value in REVIEWS:
        return code_review(opened)
    found = statement.foreign_statement(payload, where=where)
    match found.predicate_type:
        case statement.PROVENANCE:
            return read_provenance(found)
        case statement.TEST_RESULT:
            return _test_result(found)
        case other if other in SCANS:
            return evidence_vulnerabilities.scan(found)
        case other if other in VEX:
            return evidence_vulnerabilities.vex(found)
        case other:
            return OtherStatement(predicate_type=other)


def _unsigned_content(name: str, media_type: str, data: bytes) -> Content:
    if media_type not in (CYCLONEDX_MEDIA_TYPE, SPDX_MEDIA_TYPE):
        return OpaqueFile(media_type=media_type)
    document = Shape(strict_json.parse_object(data, where=name, decimals=True), name).open_fields()
    if media_type == CYCLONEDX_MEDIA_TYPE:
        return evidence_sbom.cyclonedx(document)
    # SPDX 3 has the same media type and another shape.
    known = document.get("spdxVersion") is not None
    return evidence_sbom.spdx(document) if known else OpaqueFile(media_type=media_type)


def _test_result(found: ForeignStatement) -> TestResult:
    return TestResult(
        result=found.predicate["result"].printable(),
        passed=_names(found.predicate, "passedTests"),
        failed=_names(found.predicate, "failedTests"),
        subjects=found.subjects,
    )


def _names(fields: Fields, name: str) -> tuple[str, ...]:
    shape = fields.get(name)
    return () if shape is None else tuple(item.text() for item in shape.items(at_most=100_000))
