"""What rules about evidence share: the case they judge, and who signed a piece of evidence."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action, Countersign, Release
from workstation.core.evidence import Evidence, Provenance
from workstation.core.facts import Case, Facts
from workstation.core.identity import Digest, PersonId
from workstation.core.policy_controls import AllowedBuilder
from workstation.core.roster import Held, Person, Service, Use
from workstation.core.signers import Known, signers_of


def judged(action: Action, facts: Facts) -> Case | None:
    """Return the case where evidence is judged: at a countersignature and at a release."""
    match action:
        case Countersign() | Release():
            return facts.case
        case _:
            return None


def provenance_in(case: Case) -> Iterator[tuple[Evidence, Provenance]]:
    """Yield every provenance with the evidence it is in."""
    for evidence in case.request.evidence:
        if isinstance(evidence.content, Provenance):
            yield evidence, evidence.content


def signers_in(evidence: Evidence, case: Case) -> Iterator[Held]:
    """Yield who signed with a key enrolled for evidence and valid when the request was made."""
    if evidence.envelope is None:
        return
    for signer in signers_of(evidence.envelope, case.trust.roster, where=evidence.name):
        if isinstance(signer, Known):
            credential = signer.held.credential
            if Use.EVIDENCE in credential.uses and credential.valid_at(case.request.created):
                yield signer.held


def people_in(evidence: Evidence, case: Case) -> Iterator[Person]:
    """Yield the people who signed so, and belonged to the roster when the request was made."""
    for held in signers_in(evidence, case):
        if isinstance(held.holder, Person) and held.holder.active_at(case.request.created):
            yield held.holder


def services_in(evidence: Evidence, case: Case) -> Iterator[Service]:
    """Yield the services that signed so."""
    for held in signers_in(evidence, case):
        if isinstance(held.holder, Service):
            yield held.holder


def builder_allowed(evidence: Evidence, provenance: Provenance, allowed: AllowedBuilder, case: Case) -> bool:
    """Answer whether provenance is by this allowed builder, and signed by its service."""
    return provenance.builder_id == allowed.builder_id and any(
        service.id == allowed.service for service in services_in(evidence, case)
    )


def built_by(case: Case, builders: tuple[AllowedBuilder, ...]) -> frozenset[Digest]:
    """Return the digests of what one of these builders says, signed, that it built."""
    return frozenset(
        digest
        for evidence, provenance in provenance_in(case)
        for allowed in builders
        if builder_allowed(evidence, provenance, allowed, case)
        for digest in provenance.subjects
    )


def only_signed(person: PersonId, names: frozenset[str], case: Case) -> bool:
    """Answer whether all a person had to do with the build is signing evidence of these names."""
    signing = {(f"signed {name}",) for name in names}
    return all(edge.because in signing for edge in case.builders.why(person))
