"""Rules about evidence: what the policy asks for must be there, cover the artifacts and be signed right."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action, Admit, Countersign, Release
from workstation.core.evidence import Sbom, TestResult
from workstation.core.facts import Facts
from workstation.core.guardrails.request import CLOCK_TOLERANCE
from workstation.core.guardrails.signed_evidence import built_by, judged, provenance_in, signers_in
from workstation.core.shape import time_text
from workstation.core.verdict import Violation


def builder_unknown(action: Action, facts: Facts) -> Iterator[Violation]:
    """BUILDER-UNKNOWN: whatever had a hand in the build and leads to nobody we know blocks."""
    match action:
        case Admit() | Countersign() | Release() if facts.builders is not None:
            for unresolved in facts.builders.unresolved:
                yield Violation("BUILDER-UNKNOWN", str(unresolved))
            if not facts.builders.people:
                yield Violation("BUILDER-UNKNOWN", "the evidence leads to nobody at all")
        case _:
            return


def evidence_provenance(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-PROVENANCE: every artifact is covered by provenance of an allowed builder, signed by it."""
    case = judged(action, facts)
    if case is None or case.rule.provenance is None:
        return
    covered = built_by(case, case.rule.provenance.builders)
    for artifact in case.request.manifest:
        if artifact.digest not in covered:
            wanted = " or ".join(allowed.builder_id for allowed in case.rule.provenance.builders)
            yield Violation(
                "EVIDENCE-PROVENANCE",
                f"nothing signed by {wanted} says how {artifact.name} was built",
                "provenance.builders",
            )


def evidence_level(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-LEVEL: every artifact was built by a builder of the SLSA build level the policy asks for.

    The level is what custodians wrote beside the builder, never what provenance says of itself.
    """
    case = judged(action, facts)
    if case is None or case.rule.provenance is None:
        return
    control = case.rule.provenance
    level = control.min_level
    covered = built_by(case, tuple(builder for builder in control.builders if builder.level >= level))
    for artifact in case.request.manifest if level else ():
        if artifact.digest not in covered:
            yield Violation(
                "EVIDENCE-LEVEL",
                f"no builder of SLSA build level {level} says that it built {artifact.name}",
                "provenance.minSlsaBuildLevel",
            )


def evidence_source(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-SOURCE: provenance names only sources the policy lists."""
    case = judged(action, facts)
    if case is None or case.rule.provenance is None or case.rule.provenance.sources is None:
        return
    for evidence, provenance in provenance_in(case):
        strange = provenance.sources - case.rule.provenance.sources
        if strange or not provenance.sources:
            found = ", ".join(sorted(strange)) or "no source"
            yield Violation("EVIDENCE-SOURCE", f"{evidence.name} names {found}", "provenance.sourceUris")


def evidence_actors(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-ACTORS: provenance names who made the build run, so that they can be excluded."""
    case = judged(action, facts)
    if case is None or case.rule.provenance is None or not case.rule.provenance.actors_required:
        return
    for evidence, provenance in provenance_in(case):
        if not provenance.actors:
            yield Violation(
                "EVIDENCE-ACTORS",
                f"{evidence.name} does not say who started the build",
                "provenance.actorsRequired",
            )


def evidence_sbom(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-SBOM: a bill of materials in a wanted format, describing an artifact of the request."""
    case = judged(action, facts)
    if case is None or case.rule.sbom is None:
        return
    control = case.rule.sbom
    digests = {artifact.digest for artifact in case.request.manifest}
    formats = {wanted.value for wanted in control.formats}
    found = (evidence.content for evidence in case.request.evidence)
    fitting = [sbom for sbom in found if isinstance(sbom, Sbom) and sbom.format in formats]
    if control.must_cover_subject:
        fitting = [sbom for sbom in fitting if digests & sbom.describes]
    if not fitting:
        describing = " describing an artifact" if control.must_cover_subject else ""
        wanted = f"{' or '.join(sorted(formats))}{describing}"
        yield Violation("EVIDENCE-SBOM", f"no fitting SBOM found, one in {wanted} is wanted", "sbom")


def evidence_tests(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-TESTS: signed test results cover every artifact, and none failed."""
    case = judged(action, facts)
    if case is None or not case.rule.tests_required:
        return
    covered = set[str]()
    for evidence in case.request.evidence:
        result = evidence.content
        if not isinstance(result, TestResult):
            continue
        if result.result == "PASSED" and not result.failed and any(True for _ in signers_in(evidence, case)):
            covered |= result.subjects
        else:
            yield Violation(
                "EVIDENCE-TESTS", f"{evidence.name} says {result.result}, PASSED is wanted", "tests"
            )
    for artifact in case.request.manifest:
        if artifact.digest not in covered:
            yield Violation("EVIDENCE-TESTS", f"no passed test covers {artifact.name}", "tests")


def controllers_stale(action: Action, facts: Facts) -> Iterator[Violation]:
    """CONTROLLERS-STALE: who controls a service with a hand in it is attested within the policy's days."""
    case = judged(action, facts)
    if case is None or case.rule.attested_within is None:
        return
    named = dict.fromkeys(sorted(case.builders.services), "")
    for evidence, provenance in provenance_in(case):
        service = case.trust.roster.service_of_builder(provenance.builder_id)
        if service is not None:
            named[service.id] = f" ({evidence.name})"
    for name, where in named.items():
        attested = case.trust.roster.services[name].attested
        # A day still to come would hold for as long as one likes.
        if not -CLOCK_TOLERANCE <= facts.now - attested <= case.rule.attested_within:
            yield Violation(
                "CONTROLLERS-STALE",
                f"who controls {name} was last attested {time_text(attested)}{where}",
                "controllersAttestedWithinDays",
            )
