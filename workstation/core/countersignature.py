"""The countersignature: what an approver's card signs (docs/spec/countersignature.md).

It binds the request, the review as shown, roster, policy, the builder set with its reasons, and the
journal head after the entry that allowed it: no entry, no bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workstation.core import dsse, statement
from workstation.core.checkpoint import MAX_NOTE_BYTES
from workstation.core.closure import BuilderSet, Edge
from workstation.core.dsse import Envelope
from workstation.core.identity import Digest, Fingerprint, PersonId, RequestId
from workstation.core.manifest import Artifact
from workstation.core.shape import Fields, Shape, time_text

if TYPE_CHECKING:
    from workstation.core.request import Request
    from workstation.core.strict_json import JsonObject
    from workstation.core.trust_snapshot import TrustSnapshot

MAX_COMMENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A journal's state: its origin, its size in entries and its RFC 6962 root hash."""

    origin: str
    size: int
    root: Digest

    @classmethod
    def of(cls, origin: str, size: int, root: bytes) -> Head:
        """Return the head with this root hash, as checkpoints and the journal itself have it."""
        return cls(origin=origin, size=size, root=Digest(root.hex()))

    def to_json(self) -> JsonObject:
        """Return the head as our statements carry it."""
        return {"origin": self.origin, "size": self.size, "rootHash": self.root}


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What every decision about a request is bound to."""

    request: RequestId
    roster_version: int
    roster: Digest
    policy_id: str
    policy_version: int
    policy: Digest
    builders: tuple[Edge, ...]
    review: Digest
    renderer: str
    station: Fingerprint
    at: datetime
    journal: Head

    def to_json(self) -> JsonObject:
        """Return the bound fields of a predicate."""
        return {
            "request": {"digest": self.request},
            "roster": {"version": self.roster_version, "digest": self.roster},
            "policy": {"id": self.policy_id, "version": self.policy_version, "digest": self.policy},
            "builders": list(BuilderSet(self.builders, ()).to_json()),
            "review": {"digest": self.review, "renderer": self.renderer},
            "workstation": self.station,
            "clock": {"time": time_text(self.at), "source": "workstation"},
            "journal": self.journal.to_json(),
        }


BOUND_FIELDS = ("request", "roster", "policy", "builders", "review", "workstation", "clock", "journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersignature:
    """One approver's statement that a request may be released."""

    binding: Binding
    approver: PersonId
    fingerprint: Fingerprint
    token_serial: str
    roles: tuple[str, ...]
    acknowledged: tuple[str, ...]
    comment: str
    checkpoint: str
    """The journal at the bound head as a signed note: by the station, and by this card where its key can."""

    def to_statement(self, artifacts: tuple[Artifact, ...]) -> bytes:
        """Return the exact bytes of the statement the card signs (inside the DSSE encoding)."""
        predicate: JsonObject = {
            **self.binding.to_json(),
            "decision": "approve",
            "approver": self.approver,
            "fingerprint": self.fingerprint,
            "tokenSerial": self.token_serial,
            "roles": list(self.roles),
            "acknowledged": list(self.acknowledged),
            "comment": self.comment,
            "checkpoint": self.checkpoint,
        }
        return statement.make_statement(artifacts, statement.COUNTERSIGNATURE, predicate)


@dataclass(frozen=True, slots=True)
class SignedCountersignature:
    """A countersignature, what it says it is about, and the envelope it came in (not yet verified)."""

    countersignature: Countersignature
    artifacts: tuple[Artifact, ...]
    envelope: Envelope


def bind(
    request: Request,
    trust: TrustSnapshot,
    builders: BuilderSet,
    *,
    review: Digest,
    renderer: str,
    station: Fingerprint,
    at: datetime,
    journal: Head,
) -> Binding:
    """Return the binding of a decision made now about `request`."""
    return Binding(
        request=request.id,
        roster_version=trust.roster.version,
        roster=trust.roster.digest,
        policy_id=trust.policy.id,
        policy_version=trust.policy.version,
        policy=trust.policy.digest,
        builders=builders.edges,
        review=review,
        renderer=renderer,
        station=station,
        at=at,
        journal=journal,
    )


def parse_countersignature(data: bytes, *, where: str) -> SignedCountersignature:
    """Return the countersignature in an envelope, its signature not yet verified; raises Malformed."""
    envelope = dsse.parse_envelope(data, where=where)
    payload = dsse.in_toto_payload(envelope, where=where)
    opened = statement.own_statement(payload, statement.COUNTERSIGNATURE, where=where)
    fields = opened.predicate.fields(
        *BOUND_FIELDS,
        "decision", "approver", "fingerprint", "tokenSerial", "roles", "acknowledged", "comment",
        "checkpoint",
    )  # fmt: skip
    fields["decision"].constant("approve")
    found = Countersignature(
        binding=parse_binding(fields),
        approver=PersonId(fields["approver"].identifier()),
        fingerprint=Fingerprint(fields["fingerprint"].digest()),
        token_serial=fields["tokenSerial"].identifier(),
        roles=tuple(item.identifier() for item in fields["roles"].items()),
        acknowledged=tuple(item.text() for item in fields["acknowledged"].items()),
        comment=fields["comment"].text(at_most=MAX_COMMENT),
        checkpoint=fields["checkpoint"].text(at_most=MAX_NOTE_BYTES),
    )
    return SignedCountersignature(found, opened.artifacts, envelope)


def parse_binding(fields: Fields) -> Binding:
    """Return the binding in a predicate of ours; raises Malformed."""
    roster = fields["roster"].fields("version", "digest")
    policy = fields["policy"].fields("id", "version", "digest")
    review = fields["review"].fields("digest", "renderer")
    clock = fields["clock"].fields("time", "source")
    clock["source"].constant("workstation")
    return Binding(
        request=RequestId(fields["request"].fields("digest")["digest"].digest()),
        roster_version=roster["version"].integer(1, 2**31),
        roster=roster["digest"].digest(),
        policy_id=policy["id"].identifier(),
        policy_version=policy["version"].integer(1, 2**31),
        policy=policy["digest"].digest(),
        builders=tuple(_edge(item) for item in fields["builders"].items(at_most=100_000)),
        review=review["digest"].digest(),
        renderer=review["renderer"].identifier(),
        station=Fingerprint(fields["workstation"].digest()),
        at=clock["time"].time(),
        journal=parse_head(fields["journal"]),
    )


def parse_head(shape: Shape) -> Head:
    """Return a journal head; raises Malformed."""
    fields = shape.fields("origin", "size", "rootHash")
    return Head(
        origin=fields["origin"].printable(),
        size=fields["size"].integer(0, 2**53 - 1),
        root=fields["rootHash"].digest(),
    )


def _edge(shape: Shape) -> Edge:
    fields = shape.fields("person", "because")
    because = tuple(item.text() for item in fields["because"].items(at_least=1, at_most=100))
    return Edge(PersonId(fields["person"].identifier()), because)
