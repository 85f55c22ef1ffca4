"""The release statement: in-toto release v0.2, signed by the workstation (docs/spec/release.md).

Beside the predicate's own `purl` and `packageId` it names every countersignature by digest and what
they were judged by, so that nothing can be left out or put in on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.core import dsse, statement
from workstation.core.dsse import Envelope
from workstation.core.errors import Malformed
from workstation.core.identity import Digest, PersonId, RequestId
from workstation.core.manifest import Artifact
from workstation.core.policy import without_version
from workstation.core.request import Request
from workstation.core.shape import Shape, time_text
from workstation.core.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A countersignature in a release: whose, and the digest of its envelope."""

    person: PersonId
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStatement:
    """What the workstation says it released."""

    purl: str
    channel: str
    request: RequestId
    roster: Digest
    policy: Digest
    countersignatures: tuple[Named, ...]
    declined: tuple[PersonId, ...]
    """Everybody who declined the request, in order; said even when it is nobody."""

    at: datetime

    def to_statement(self, request: Request) -> bytes:
        """Return the statement's bytes."""
        named: list[JsonValue] = [{"person": c.person, "digest": c.digest} for c in self.countersignatures]
        predicate: JsonObject = {
            "purl": self.purl,
            "packageId": f"{without_version(request.product)} {self.channel}",
            "countersignatures": named,
            "declined": [*self.declined],
            "request": {"digest": self.request},
            "policy": {"digest": self.policy},
            "roster": {"digest": self.roster},
            "channel": self.channel,
            "clock": {"time": time_text(self.at), "source": "workstation"},
        }
        return statement.make_statement(request.manifest, statement.RELEASE, predicate)


@dataclass(frozen=True, slots=True)
class SignedRelease:
    """A release statement, the artifacts it names, and its envelope (not yet verified)."""

    said: ReleaseStatement
    artifacts: tuple[Artifact, ...]
    envelope: Envelope


def parse_release(data: bytes, *, where: str) -> SignedRelease:
    """Return the release statement in an envelope; raises Malformed."""
    envelope = dsse.parse_envelope(data, where=where)
    opened = statement.own_statement(
        dsse.in_toto_payload(envelope, where=where), statement.RELEASE, where=where
    )
    fields = opened.predicate.fields(
        "purl", "packageId", "countersignatures", "declined",
        "request", "policy", "roster", "channel", "clock",
    )  # fmt: skip
    clock = fields["clock"].fields("time", "source")
    clock["source"].constant("workstation")
    product, channel = fields["purl"].purl(with_version=True), fields["channel"].identifier()
    if fields["packageId"].printable() != f"{without_version(product)} {channel}":
        raise Malformed(f"{where}.packageId", "a package other than that of purl found")
    said = ReleaseStatement(
        purl=product.to_string(),
        channel=channel,
        request=RequestId(fields["request"].fields("digest")["digest"].digest()),
        roster=fields["roster"].fields("digest")["digest"].digest(),
        policy=fields["policy"].fields("digest")["digest"].digest(),
        countersignatures=tuple(_named(item) for item in fields["countersignatures"].items(at_most=64)),
        declined=tuple(PersonId(item.identifier()) for item in fields["declined"].items()),
        at=clock["time"].time(),
    )
    return SignedRelease(said, opened.artifacts, envelope)


def _named(shape: Shape) -> Named:
    fields = shape.fields("person", "digest")
    return Named(person=PersonId(fields["person"].identifier()), digest=fields["digest"].digest())
