"""A request: "please countersign this release", parsed and whole (docs/spec/request.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from packageurl import PackageURL

from workstation.core import dsse, statement
from workstation.core.dsse import Envelope
from workstation.core.errors import Malformed
from workstation.core.evidence import Evidence, parse_evidence
from workstation.core.identity import Digest, Fingerprint, RequestId, digest_of
from workstation.core.manifest import Artifact, refuse_repeats
from workstation.core.provenance import Provenance
from workstation.core.release_contents import is_reserved
from workstation.core.source_history import Source, read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workstation.core.oci_layout import Bundle, Layer
    from workstation.core.shape import Fields, Shape

REQUEST_TITLE = "request.dsse.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEvidence:
    """What the request says must come with it."""

    name: str
    digest: Digest
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousRelease:
    """The release these artifacts follow: its product, and as digest the id of its request."""

    product: PackageURL
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A parsed request with its evidence; `product` carries the version.

    `prepared_by` and `courier` are aliases, ids or key fingerprints of who put the bundle together and
    who carries it.
    """

    id: RequestId
    envelope: Envelope
    request_name: str
    product: PackageURL
    channel: str
    submitter: Fingerprint
    built_by: tuple[str, ...]
    created: datetime
    not_after: datetime
    source: Source | None
    previous: PreviousRelease | None
    manifest: tuple[Artifact, ...]
    evidence: tuple[Evidence, ...]
    outputs: tuple[str, ...]
    prepared_by: str | None = None
    courier: str | None = None

    @property
    def version(self) -> str:
        """The version asked to be released."""
        return self.product.version or ""

    @property
    def begun(self) -> datetime:
        """The earliest moment anything here says it was under way; more evidence makes it no later."""
        built = (one.content.started for one in self.evidence if isinstance(one.content, Provenance))
        return min((self.created, *(started for started in built if started is not None)))


def parse_request(bundle: Bundle, documents: Mapping[str, bytes], *, where: str = "bundle") -> Request:
    """Return the request in a bundle; raises Malformed.

    `documents` holds the bytes of every layer that is not an artifact, by title. The bundle must
    hold exactly the request, the artifacts of its manifest and the evidence it lists.
    """
    layers = {layer.title: layer for layer in bundle.layers}
    if REQUEST_TITLE not in layers:
        raise Malformed(where, f"no {REQUEST_TITLE} found, one wanted")
    artifacts, listed = manifest_of(documents[REQUEST_TITLE])
    for title in filter(is_reserved, layers):
        raise Malformed(f"{where}/{title}", "a name kept for the workstation's own documents found")
    expected = {REQUEST_TITLE, *(a.name for a in artifacts), *(e.name for e in listed)}
    for title in sorted(layers.keys() ^ expected):
        found = "is on the medium but not in the request" if title in layers else "is missing from the medium"
        raise Malformed(f"{where}/{title}", f"this file {found}")
    for artifact in artifacts:
        _same(layers[artifact.name], artifact.digest, artifact.size, where)
    for item in listed:
        document = documents[item.name]
        _same(layers[item.name], item.digest, len(document), where)
        if digest_of(document) != item.digest:
            raise Malformed(f"{where}/{item.name}", f"other bytes found than those of sha256 {item.digest}")
    evidence = tuple(parse_evidence(item.name, item.media_type, documents[item.name]) for item in listed)
    return _request(documents[REQUEST_TITLE], evidence)


def manifest_of(request_document: bytes) -> tuple[tuple[Artifact, ...], tuple[ListedEvidence, ...]]:
    """Return what a request says it is about and what must come with it; raises Malformed."""
    opened = _open(dsse.parse_envelope(request_document, where=REQUEST_TITLE))
    listed = tuple(_listed(item) for item in _fields(opened)["evidence"].items(at_most=500))
    refuse_repeats(
        (REQUEST_TITLE, *(a.name for a in opened.artifacts), *(e.name for e in listed)),
        f"{REQUEST_TITLE} names",
    )
    return opened.artifacts, listed


def _request(document: bytes, evidence: tuple[Evidence, ...]) -> Request:
    envelope = dsse.parse_envelope(document, where=REQUEST_TITLE)
    opened = _open(envelope)
    fields = _fields(opened)
    source, previous = fields.get("source"), fields.get("previousRelease")
    prepared_by, courier = fields.get("preparedBy"), fields.get("courier")
    return Request(
        id=RequestId(envelope.digest),
        envelope=envelope,
        request_name=fields["requestId"].identifier(),
        product=fields["product"].purl(with_version=True),
        channel=fields["channel"].identifier(),
        submitter=Fingerprint(fields["submitter"].digest()),
        built_by=tuple(item.printable() for item in fields["builtBy"].items(at_most=100)),
        created=fields["created"].time(),
        not_after=fields["notAfter"].time(),
        source=None if source is None else read_source(source),
        previous=None if previous is None else _previous(previous),
        manifest=opened.artifacts,
        evidence=evidence,
        outputs=tuple(item.identifier() for item in fields["outputs"].items(at_most=32)),
        prepared_by=None if prepared_by is None else prepared_by.printable(),
        courier=None if courier is None else courier.printable(),
    )


def _open(envelope: Envelope) -> statement.OwnStatement:
    payload = dsse.in_toto_payload(envelope, where=REQUEST_TITLE)
    return statement.own_statement(payload, statement.REQUEST, where=f"{REQUEST_TITLE} payload")


def _fields(opened: statement.OwnStatement) -> Fields:
    return opened.predicate.fields(
        "requestId", "product", "channel", "submitter", "builtBy",
        "created", "notAfter", "evidence", "outputs",
        optional=("source", "previousRelease", "preparedBy", "courier"),
    )  # fmt: skip


def _listed(shape: Shape) -> ListedEvidence:
    fields = shape.fields("name", "digest", "mediaType")
    return ListedEvidence(
        name=fields["name"].identifier(),
        digest=fields["digest"].digest(),
        media_type=fields["mediaType"].printable(),
    )


def _previous(shape: Shape) -> PreviousRelease:
    fields = shape.fields("product", "digest")
    return PreviousRelease(
        product=fields["product"].purl(with_version=True), digest=fields["digest"].digest()
    )


def _same(layer: Layer, digest: Digest, size: int, where: str) -> None:
    if layer.digest != digest or layer.size != size:
        raise Malformed(
            f"{where}/{layer.title}",
            f"sha256 {layer.digest} of {layer.size} bytes found, {digest} of {size} wanted",
        )
