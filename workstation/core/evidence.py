"""Evidence: what comes with a request and says how the artifacts came to be.

Each kind is read only as far as rules and review need it. Evidence of a kind we do not know is
kept: whoever signed it still had a hand in the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

from workstation.core import dsse, statement, strict_json
from workstation.core.dsse import Envelope
from workstation.core.identity import Digest, digest_of
from workstation.core.shape import Fields, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.statement import ForeignStatement

DSSE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json"
CYCLONEDX_MEDIA_TYPE = "application/vnd.cyclonedx+json"
OCTETS_MEDIA_TYPE = "application/octet-stream"

# Where provenance names the accounts that made the build run, by immutable id: our own names, and
# those GitHub's builders put into internalParameters.
_ACTOR_FIELDS = {
    "actorId": "",
    "triggeringActorId": "",
    "GITHUB_ACTOR_ID": "github:",
    "GITHUB_TRIGGERING_ACTOR_ID": "github:",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """SLSA provenance v1: builder, the accounts that made it act, and the source it names."""

    builder_id: str
    actors: tuple[str, ...]
    sources: frozenset[str]
    subjects: frozenset[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """in-toto test-result v0.1: PASSED, WARNED or FAILED, with the names of what passed and failed."""

    result: str
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    subjects: frozenset[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbom:
    """A CycloneDX document: its spec version, component purls, and the digests it says it describes."""

    format: str
    components: tuple[str, ...]
    describes: frozenset[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherStatement:
    """A signed statement of a type no rule reads."""

    predicate_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueFile:
    """A file no rule reads."""

    media_type: str


Content: TypeAlias = Provenance | TestResult | Sbom | OtherStatement | OpaqueFile


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
        case OtherStatement():
            return f"signed statement {content.predicate_type}"
        case OpaqueFile():
            return f"file of type {content.media_type}"
        case _:
            assert_never(content)


def _signed_content(envelope: Envelope, name: str) -> Content:
    found = statement.foreign_statement(dsse.in_toto_payload(envelope, where=name), where=f"{name} payload")
    match found.predicate_type:
        case statement.PROVENANCE:
            return _provenance(found)
        case statement.TEST_RESULT:
            return _test_result(found)
        case other:
            return OtherStatement(predicate_type=other)


def _unsigned_content(name: str, media_type: str, data: bytes) -> Content:
    if media_type != CYCLONEDX_MEDIA_TYPE:
        return OpaqueFile(media_type=media_type)
    return _sbom(Shape(strict_json.parse_object(data, where=name, decimals=True), name).open_fields())


def _provenance(found: ForeignStatement) -> Provenance:
    definition = found.predicate["buildDefinition"].open_fields()
    run = found.predicate["runDetails"].open_fields()
    return Provenance(
        builder_id=run["builder"].open_fields()["id"].printable(),
        actors=tuple(dict.fromkeys(_actors(definition))),
        sources=frozenset(_dependency_uris(definition)),
        subjects=found.subjects,
    )


def _actors(definition: Fields) -> Iterator[str]:
    for group in ("externalParameters", "internalParameters"):
        parameters = definition.get(group)
        if parameters is None:
            continue
        for name, shape in parameters.open_fields().each():
            if name in _ACTOR_FIELDS:
                yield _ACTOR_FIELDS[name] + shape.printable()


def _dependency_uris(definition: Fields) -> Iterator[str]:
    dependencies = definition.get("resolvedDependencies")
    for item in () if dependencies is None else dependencies.items():
        uri = item.open_fields().get("uri")
        if uri is not None:
            yield uri.printable().partition("@")[0]


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


def _sbom(document: Fields) -> Sbom:
    document["bomFormat"].constant("CycloneDX")
    components = document.get("components")
    listed = (
        () if components is None else tuple(item.open_fields() for item in components.items(at_most=100_000))
    )
    described = [component for component in (_described(document), *listed) if component is not None]
    return Sbom(
        format=f"cyclonedx-{document['specVersion'].printable(at_most=10)}",
        components=tuple(purl.printable() for component in listed if (purl := component.get("purl"))),
        describes=frozenset(digest for component in described for digest in _sha256s(component)),
    )


def _described(document: Fields) -> Fields | None:
    metadata = document.get("metadata")
    component = None if metadata is None else metadata.open_fields().get("component")
    return None if component is None else component.open_fields()


def _sha256s(component: Fields) -> Iterator[Digest]:
    hashes = component.get("hashes")
    for item in () if hashes is None else hashes.items():
        fields = item.open_fields()
        if fields["alg"].text() == "SHA-256":
            yield fields["content"].digest()
