"""A request and a roster, and the builder set that follows; every part can be changed by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from core.documents import BUILDER_ID, KEYS, Build, Document, credential, json_bytes, person, service

from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.closure import BuilderSet, builders_of
from workstation.core.roster import Roster
from workstation.core.roster_document import parse_roster


def roster_document() -> Document:
    """Return who is who. Nobody here countersigns, so no key needs a card behind it."""

    def known(name: str, *aliases: str) -> Document:
        key = credential(KEYS[name], "evidence", "request")
        return person(name, key, roles=("approver",), aliases=(f"{name}@example.org", *aliases))

    controlled = service(
        "ci-7", credential(KEYS["ci-7"], "evidence"), builder_ids=(BUILDER_ID,), controller="ned"
    )
    people = [known(name) for name in ("alice", "carol", "dave", "erin", "frank")]
    custodians = [person(name, roles=("custodian",), aliases=()) for name in ("gail", "hugo")]
    return {
        "schema": "urn:countersign:roster:v1",
        "version": 3,
        "created": "2026-11-02T00:00:00Z",
        "people": [known("bob", "github:1001"), known("ned", "github:1002"), *people, *custodians],
        "services": [controlled],
    }


@dataclass
class Closure:
    """What leads to whom."""

    build: Build = field(default_factory=Build)
    roster_document: Document = field(default_factory=roster_document)
    artifact_signers: tuple[ArtifactSigner, ...] = ()

    @property
    def roster(self) -> Roster:
        return parse_roster(json_bytes(self.roster_document))

    @property
    def builders(self) -> BuilderSet:
        request = self.build.bundled().request
        return builders_of(request, self.roster, artifact_signers=self.artifact_signers)

    def person(self, name: str) -> Document:
        found: Document = next(one for one in self.roster_document["people"] if one["id"] == name)
        return found

    def service(self, name: str) -> Document:
        found: Document = next(one for one in self.roster_document["services"] if one["id"] == name)
        return found

    @property
    def source(self) -> Document:
        found: Document = self.build.predicate["source"]
        return found

    @property
    def definition(self) -> Document:
        """The buildDefinition of the provenance."""
        found: Document = self.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]
        return found

    def why(self, person: str) -> list[str]:
        """Return every way to a person, as sentences."""
        return [str(edge) for edge in self.builders.edges if edge.person == person]

    def unresolved(self) -> list[str]:
        """Return whatever leads to nobody, as sentences."""
        return [str(one) for one in self.builders.unresolved]


Change = Callable[[Closure], object]


def after(*changes: Change) -> Closure:
    """Return the closure after some changes."""
    closure = Closure()
    for change in changes:
        change(closure)
    return closure
