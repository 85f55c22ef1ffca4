"""The receipt: a deployer's signed statement of what was verified and installed (docs/spec/receipt.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from workstation.core import dsse, statement
from workstation.core.checkpoint import MAX_NOTE_BYTES
from workstation.core.dsse import Envelope
from workstation.core.identity import Digest, Fingerprint, RequestId
from workstation.core.manifest import Artifact
from workstation.core.shape import time_text

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject


class Result(StrEnum):
    """How the installation went."""

    INSTALLED = "installed"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a deployer says; `verified` names each check that was made before installing."""

    release: Digest
    request: RequestId
    environment: str
    deployer: Fingerprint
    result: Result
    verified: tuple[str, ...]
    at: datetime
    checkpoint: str | None = None
    """The signed note in the release's proof: brought back, it is a memory of the journal outside of it."""

    def to_statement(self, artifacts: tuple[Artifact, ...]) -> bytes:
        """Return the statement the deployer's card signs."""
        predicate: JsonObject = {
            "release": {"digest": self.release},
            "request": {"digest": self.request},
            "environment": self.environment,
            "deployer": self.deployer,
            "result": self.result.value,
            "verified": list(self.verified),
            "clock": {"time": time_text(self.at), "source": "deployer"},
        }
        if self.checkpoint is not None:
            predicate["checkpoint"] = self.checkpoint
        return statement.make_statement(artifacts, statement.RECEIPT, predicate)


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt, the artifacts it names, and the envelope it came in (not yet verified)."""

    receipt: Receipt
    artifacts: tuple[Artifact, ...]
    envelope: Envelope


def parse_receipt(data: bytes, *, where: str) -> SignedReceipt:
    """Return the receipt in an envelope; raises Malformed."""
    envelope = dsse.parse_envelope(data, where=where)
    opened = statement.own_statement(
        dsse.in_toto_payload(envelope, where=where),
        statement.RECEIPT,
        where=where,
    )
    fields = opened.predicate.fields(
        "release", "request", "environment", "deployer", "result", "verified", "clock",
        optional=("checkpoint",),
    )  # fmt: skip
    clock = fields["clock"].fields("time", "source")
    clock["source"].constant("deployer")
    checkpoint = fields.get("checkpoint")
    receipt = Receipt(
        release=fields["release"].fields("digest")["digest"].digest(),
        request=RequestId(fields["request"].fields("digest")["digest"].digest()),
        environment=fields["environment"].identifier(),
        deployer=Fingerprint(fields["deployer"].digest()),
        result=fields["result"].choice(Result),
        verified=tuple(item.text() for item in fields["verified"].items(at_most=100)),
        at=clock["time"].time(),
        checkpoint=None if checkpoint is None else checkpoint.text(at_most=MAX_NOTE_BYTES),
    )
    return SignedReceipt(receipt, opened.artifacts, envelope)
