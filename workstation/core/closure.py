"""The builder set: everyone who had a hand in what a request asks to release, and how we know.

Every way from the evidence to a person is kept as an edge. Whatever cannot be resolved to people is
kept too, and blocks (BUILDER-UNKNOWN): what we cannot name we cannot exclude.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.core.evidence import Evidence, Provenance
from workstation.core.identity import PersonId
from workstation.core.request import REQUEST_TITLE, Request
from workstation.core.roster import Held, Person, Roster, Service
from workstation.core.signers import Known, Signer, Stranger, signers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.core.strict_json import JsonObject


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One way to a builder: `because` reads from the person back to the evidence."""

    person: PersonId
    because: tuple[str, ...]

    def __str__(self) -> str:
        """Read as a sentence: bob ← controls ci-7 ← signed provenance.dsse.json."""
        return " ← ".join((self.person, *self.because))


@dataclass(frozen=True, slots=True, order=True)
class Unresolved:
    """Something that had a hand in the build and leads to nobody we know."""

    what: str
    because: tuple[str, ...]

    def __str__(self) -> str:
        """Read as a sentence."""
        return " ← ".join((self.what, *self.because))


@dataclass(frozen=True, slots=True)
class BuilderSet:
    """All edges and everything unresolved, sorted and without repeats."""

    edges: tuple[Edge, ...]
    unresolved: tuple[Unresolved, ...]

    @property
    def people(self) -> frozenset[PersonId]:
        """The people reached by at least one edge."""
        return frozenset(edge.person for edge in self.edges)

    def why(self, person: PersonId) -> tuple[Edge, ...]:
        """Return every way we know this person had a hand in the build."""
        return tuple(edge for edge in self.edges if edge.person == person)

    def to_json(self) -> list[JsonObject]:
        """Return what a countersignature binds: each person with each reason."""
        return [{"person": edge.person, "because": list(edge.because)} for edge in self.edges]


def builders_of(request: Request, roster: Roster) -> BuilderSet:
    """Return the builder set of a request under a roster.

    Raises Untrusted when a signature in the bundle names a known key and does not verify.
    """
    found = set(_reached(request, roster))
    return BuilderSet(
        edges=tuple(sorted(item for item in found if isinstance(item, Edge))),
        unresolved=tuple(sorted(item for item in found if isinstance(item, Unresolved))),
    )


def _reached(request: Request, roster: Roster) -> Iterator[Edge | Unresolved]:
    for signer in signers_of(request.envelope, roster, where=REQUEST_TITLE):
        yield from _from_signer(signer, (f"signed {REQUEST_TITLE}",), roster)
    yield from _from_key(request, roster)
    for builder_id in request.built_by:
        yield from _from_builder_id(builder_id, (f"named as builder by {REQUEST_TITLE}",), roster)
    for identity in request.source.identities if request.source else ():
        yield from _from_alias(identity, ("wrote or committed source",), roster)
    for evidence in request.evidence:
        yield from _from_evidence(evidence, roster)


def _from_key(request: Request, roster: Roster) -> Iterator[Edge | Unresolved]:
    because = (f"submitter of {REQUEST_TITLE}",)
    held = roster.holder_of(request.submitter)
    if held is None:
        yield Unresolved(f"key {request.submitter}", because)
    else:
        yield from _from_holder(held, because, roster)


def _from_evidence(evidence: Evidence, roster: Roster) -> Iterator[Edge | Unresolved]:
    if evidence.envelope is not None:
        for signer in signers_of(evidence.envelope, roster, where=evidence.name):
            yield from _from_signer(signer, (f"signed {evidence.name}",), roster)
    if isinstance(evidence.content, Provenance):
        because = (f"named by {evidence.name}",)
        yield from _from_builder_id(evidence.content.builder_id, because, roster)
        for actor in evidence.content.actors:
            yield from _from_alias(actor, ("started the build", *because), roster)


def _from_signer(signer: Signer, because: tuple[str, ...], roster: Roster) -> Iterable[Edge | Unresolved]:
    match signer:
        case Known(held):
            return _from_holder(held, because, roster)
        case Stranger(keyid):
            return (Unresolved(f"key with id {keyid[:64]!a}", because),)


def _from_holder(held: Held, because: tuple[str, ...], roster: Roster) -> Iterator[Edge | Unresolved]:
    match held.holder:
        case Person() as person:
            yield Edge(person.id, because)
        case Service() as service:
            yield from _from_service(service, because, roster)


def _from_builder_id(
    builder_id: str, because: tuple[str, ...], roster: Roster
) -> Iterator[Edge | Unresolved]:
    service = roster.service_of_builder(builder_id)
    if service is None:
        yield Unresolved(f"builder {builder_id}", because)
    else:
        yield from _from_service(service, because, roster)


def _from_service(service: Service, because: tuple[str, ...], roster: Roster) -> Iterator[Edge | Unresolved]:
    known = [person for person in service.controllers if person in roster.people]
    for person in known:
        yield Edge(person, (f"controls {service.id}", *because))
    if not known:
        yield Unresolved(f"service {service.id}, which nobody controls", because)


def _from_alias(alias: str, because: tuple[str, ...], roster: Roster) -> Iterator[Edge | Unresolved]:
    person = roster.person_with_alias(alias)
    if person is None:
        yield Unresolved(f"account {alias}", because)
    else:
        yield Edge(person, because)
