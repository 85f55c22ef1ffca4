"""A rule about rebuilding: builders who share no controller made the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workstation.core.action import Action
from workstation.core.control import in_control
from workstation.core.facts import Case, Facts
from workstation.core.guardrails.signed_evidence import builder_allowed, judged, provenance_in
from workstation.core.identity import Digest, PersonId
from workstation.core.roster import Service
from workstation.core.verdict import Violation


def rebuild_quorum(action: Action, facts: Facts) -> Iterator[Violation]:
    """REBUILD-QUORUM: so many independent builders made each artifact, bit for bit.

    Builders are independent when nobody controls two of them, or did until lately; one that nobody
    controls is not counted.
    """
    case = judged(action, facts)
    if case is None or case.rule.rebuilds is None:
        return
    for artifact in case.request.manifest:
        found = independent(_controllers(case, artifact.digest), case.rule.rebuilds)
        if found < case.rule.rebuilds:
            yield Violation(
                "REBUILD-QUORUM",
                f"{found} independent builders made {artifact.name}, {case.rule.rebuilds} are wanted",
                "rebuild.atLeast",
            )


def independent(controllers: Sequence[frozenset[PersonId]], wanted: int) -> int:
    """Return how many of these sets are pairwise disjoint at most, looking no further than `wanted`."""
    best = 0
    for place, first in enumerate(controllers):
        if best < wanted:
            later = [other for other in controllers[place + 1 :] if not other & first]
            best = max(best, 1 + independent(later, wanted - 1))
    return best


def _controllers(case: Case, digest: Digest) -> tuple[frozenset[PersonId], ...]:
    begun = case.request.begun
    found = {
        frozenset(person for person, _ in in_control(service, begun)) for service in _builders(case, digest)
    }
    return tuple(people for people in found if people)


def _builders(case: Case, digest: Digest) -> Iterator[Service]:
    control = case.rule.provenance
    for evidence, provenance in provenance_in(case):
        for allowed in () if control is None else control.builders:
            if digest in provenance.subjects and builder_allowed(evidence, provenance, allowed, case):
                yield case.trust.roster.services[allowed.service]
