"""DSSE v1 envelopes (secure-systems-lab/dsse, protocol.md and envelope.md).

An envelope keeps the bytes it was read from; what is hashed and stored is those bytes.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.identity import Digest, digest_of
from workstation.core.shape import Shape

IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature in an envelope; `keyid` only says where to look."""

    keyid: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A payload, its type, and whatever signatures stand on it, verified or not."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]
    received: bytes

    @property
    def digest(self) -> Digest:
        """SHA-256 of the envelope's bytes as received."""
        return digest_of(self.received)

    @property
    def signed_bytes(self) -> bytes:
        """The pre-authentication encoding every signature is over."""
        return pae(self.payload_type, self.payload)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the DSSE pre-authentication encoding of a payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def parse_envelope(data: bytes, *, where: str) -> Envelope:
    """Return the envelope in `data`; raises Malformed."""
    top = Shape(strict_json.parse_object(data, where=where), where).fields(
        "payloadType", "payload", "signatures"
    )
    return Envelope(
        payload_type=top["payloadType"].printable(),
        payload=top["payload"].base64(),
        signatures=tuple(_signature(item) for item in top["signatures"].items(at_least=1, at_most=64)),
        received=data,
    )


def in_toto_payload(envelope: Envelope, *, where: str) -> bytes:
    """Return the payload of an envelope that says it carries an in-toto statement."""
    if envelope.payload_type != IN_TOTO:
        raise Malformed(f"{where}.payloadType", f"{envelope.payload_type!a} found, {IN_TOTO} wanted")
    return envelope.payload


def make_envelope(
    payload: bytes, signatures: tuple[Signature, ...], *, payload_type: str = IN_TOTO
) -> Envelope:
    """Return an envelope around `payload` as we write it."""
    received = strict_json.dump(
        {
            "payloadType": payload_type,
            "payload": base64.b64encode(payload).decode(),
            "signatures": [
                {"keyid": signature.keyid, "sig": base64.b64encode(signature.value).decode()}
                for signature in signatures
            ],
        },
    )
    return Envelope(payload_type=payload_type, payload=payload, signatures=signatures, received=received)


def _signature(shape: Shape) -> Signature:
    fields = shape.fields("sig", optional=("keyid",))
    keyid = fields.get("keyid")
    return Signature(keyid="" if keyid is None else keyid.text(at_most=256), value=fields["sig"].base64())
