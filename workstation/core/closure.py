"""The builder set: everyone who had a hand in what a request asks to release, and how we know.

Every way from the evidence to a person is kept as an edge. Whatever cannot be resolved to people is
kept too, and blocks (BUILDER-UNKNOWN): what we cannot name we cannot exclude.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, assert_never

from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.control import in_control
from workstation.core.credential_proof import refuse_false_proof
from workstation.core.evidence import Evidence, OtherStatement
from workstation.core.identity import SHA256_HEX, PersonId, ServiceId
from workstation.core.inert_text import inert
from workstation.core.named_holders import holders_named
from workstation.core.provenance import Provenance
from workstation.core.request import REQUEST_TITLE, Request
from workstation.core.roster import Held, Holder, Person, Roster, Service
from workstation.core.signers import Known, Signer, Stranger, signers_of
from workstation.core.source_history import Source, SourceRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.core.strict_json import JsonObject

_SERVICE: Final = re.compile(r"control(?:s|led) (.+)")
_PROVENANCE: Final = "slsa.dev/provenance/"
"""What every version of SLSA provenance has in its type; whom the ones we do not read name, nobody knows."""
_DID: Final = {
    SourceRole.AUTHOR: "wrote source",
    SourceRole.COMMITTER: "committed source",
    SourceRole.SIGNER: "signed a commit of the source",
    SourceRole.TAGGER: "tagged the source",
    SourceRole.PUSHER: "pushed the source",
}


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

    @property
    def services(self) -> frozenset[ServiceId]:
        """The services whose controllers, present or former, are builders by it."""
        first = {edge.because[0] for edge in self.edges}
        return frozenset(ServiceId(found[1]) for found in map(_SERVICE.fullmatch, first) if found)

    def why(self, person: PersonId) -> tuple[Edge, ...]:
        """Return every way we know this person had a hand in the build."""
        return tuple(edge for edge in self.edges if edge.person == person)

    def to_json(self) -> list[JsonObject]:
        """Return what a countersignature binds: each person with each reason."""
        return [{"person": edge.person, "because": list(edge.because)} for edge in self.edges]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom to ask about, and since when what is asked about may have been under way."""

    roster: Roster
    begun: datetime


def builders_of(
    request: Request, roster: Roster, *, artifact_signers: Iterable[ArtifactSigner] = ()
) -> BuilderSet:
    """Return the builder set of a request under a roster.

    `artifact_signers` is what the artifacts themselves say of who signed them. Raises Untrusted when a
    signature in the bundle names a known key and does not verify, or a key's proof of possession is none.
    """
    asked = _Asked(roster, request.begun)
    found = {*_reached(request, asked), *_from_artifacts(artifact_signers, asked)}
    return BuilderSet(
        edges=tuple(sorted((one for one in found if isinstance(one, Edge)), key=_in_order)),
        unresolved=tuple(sorted((one for one in found if isinstance(one, Unresolved)), key=_in_order)),
    )


def _in_order(item: Edge | Unresolved) -> tuple[str, tuple[str, ...]]:
    return (item.person if isinstance(item, Edge) else item.what), item.because


def _reached(request: Request, asked: _Asked) -> Iterator[Edge | Unresolved]:
    for signer in signers_of(request.envelope, asked.roster, where=REQUEST_TITLE):
        yield from _from_signer(signer, (f"signed {REQUEST_TITLE}",), asked)
    yield from _from_key(request, asked)
    for builder_id in request.built_by:
        yield from _from_builder_id(builder_id, (f"named as builder by {REQUEST_TITLE}",), asked)
    yield from _from_hands(request, asked)
    if request.source is not None:
        yield from _from_source(request.source, asked)
    for evidence in request.evidence:
        yield from _from_evidence(evidence, asked)


def _from_key(request: Request, asked: _Asked) -> Iterator[Edge | Unresolved]:
    because = (f"submitter of {REQUEST_TITLE}",)
    held = asked.roster.holder_of(request.submitter)
    if held is None:
        yield Unresolved(f"key {request.submitter}", because)
    else:
        refuse_false_proof(held)
        yield from _from_holder(held, because, asked)


def _from_hands(request: Request, asked: _Asked) -> Iterator[Edge | Unresolved]:
    if request.prepared_by is not None:
        yield from _from_name(request.prepared_by, (f"prepared {REQUEST_TITLE}",), asked)
    if request.courier is not None:
        yield from _from_name(request.courier, (f"carries {REQUEST_TITLE}",), asked)


def _from_source(source: Source, asked: _Asked) -> Iterator[Edge | Unresolved]:
    for identity in source.identities:
        yield from _from_name(identity, ("wrote or committed source",), asked)
    if source.tag_signer is not None:
        yield from _from_name(source.tag_signer, ("signed the tag of the source",), asked)
    for person in source.people:
        yield from _from_name(person.identity, (_DID[person.role],), asked)


def _from_artifacts(signers: Iterable[ArtifactSigner], asked: _Asked) -> Iterator[Edge | Unresolved]:
    for one in signers:
        yield from _from_name(one.signer, (f"signed artifact {inert(one.path)} ({one.kind})",), asked)


def _from_evidence(evidence: Evidence, asked: _Asked) -> Iterator[Edge | Unresolved]:
    if evidence.envelope is not None:
        for signer in signers_of(evidence.envelope, asked.roster, where=evidence.name):
            yield from _from_signer(signer, (f"signed {evidence.name}",), asked)
    if isinstance(evidence.content, Provenance):
        because = (f"named by {evidence.name}",)
        yield from _from_builder_id(evidence.content.builder_id, because, asked)
        for actor in evidence.content.actors:
            yield from _from_name(actor, ("started the build", *because), asked)
    if (
        isinstance(evidence.content, OtherStatement)
        and _PROVENANCE in evidence.content.predicate_type.lower()
    ):
        what = f"whoever is named by provenance of kind {inert(evidence.content.predicate_type)}"
        yield Unresolved(what, (f"stands in {evidence.name}",))


def _from_signer(signer: Signer, because: tuple[str, ...], asked: _Asked) -> Iterable[Edge | Unresolved]:
    match signer:
        case Known(held):
            return _from_holder(held, because, asked)
        case Stranger(keyid):
            return (Unresolved(f"key with id {keyid[:64]!a}", because),)


def _from_holder(held: Held, because: tuple[str, ...], asked: _Asked) -> Iterator[Edge | Unresolved]:
    return _from_anybody(held.holder, because, asked)


def _from_anybody(holder: Holder, because: tuple[str, ...], asked: _Asked) -> Iterator[Edge | Unresolved]:
    match holder:
        case Person() as person:
            yield Edge(person.id, because)
        case Service() as service:
            yield from _from_service(service, because, asked)
        case _:
            assert_never(holder)


def _from_builder_id(builder_id: str, because: tuple[str, ...], asked: _Asked) -> Iterator[Edge | Unresolved]:
    service = asked.roster.service_of_builder(builder_id)
    if service is None:
        yield Unresolved(f"builder {builder_id}", because)
    else:
        yield from _from_service(service, because, asked)


def _from_service(service: Service, because: tuple[str, ...], asked: _Asked) -> Iterator[Edge | Unresolved]:
    for person, how in in_control(service, asked.begun):
        yield Edge(person, (how, *because))
    if not service.controllers:
        yield Unresolved(f"service {service.id}, which nobody controls", because)


def _from_name(name: str, because: tuple[str, ...], asked: _Asked) -> Iterator[Edge | Unresolved]:
    holders = holders_named(name, asked.roster)
    if not holders:
        kind = "key" if SHA256_HEX.fullmatch(name) else "account"
        yield Unresolved(f"{kind} {name}", because)
    for holder in holders:
        yield from _from_anybody(holder, because, asked)
