"""One file of TUF metadata, parsed whole or not at all (docs/spec/trust-root.md).

Only the bytes python-tuf's compact serialiser writes are accepted, and nothing outside what is
signed: so no byte of a file can change unnoticed, signatures included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar, cast

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.trust.tuf_api import (
    DeserializationError,
    SerializationError,
    Signature,
    Signed,
    read_metadata,
)

SignedT = TypeVar("SignedT", bound=Signed)
SignedT_co = TypeVar("SignedT_co", bound=Signed, covariant=True)

MAX_METADATA_BYTES: Final = 512_000
"""What python-tuf's client takes for a root; the largest of ours."""

_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)


class RoleName(StrEnum):
    """The four top-level roles of TUF."""

    ROOT = "root"
    TARGETS = "targets"
    SNAPSHOT = "snapshot"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFile(Generic[SignedT_co]):
    """Metadata that parsed: its bytes, what is signed, over which payload, and signatures by key id."""

    where: str
    data: bytes
    signed: SignedT_co
    payload: bytes
    signatures: Mapping[str, bytes]


def parse_metadata(kind: type[SignedT], data: bytes, *, where: str) -> MetadataFile[SignedT]:
    """Return the `kind` of metadata in `data`; raises Malformed. Signatures are not verified here."""
    strict_json.parse_object(data, where=where, limit=MAX_METADATA_BYTES)
    try:
        metadata = read_metadata(data)
        canonical, payload = metadata.to_bytes(), metadata.signed_bytes
    except (DeserializationError, SerializationError) as error:
        raise Malformed(where, f"not TUF metadata: {error.__cause__ or error}") from error
    if not isinstance(metadata.signed, kind):
        raise Malformed(where, f"{metadata.signed.type} metadata found, {kind.type} wanted")
    if type(metadata.signed.version) is not int:
        raise Malformed(f"{where}.signed.version", "an integer wanted")
    if canonical != data:
        raise Malformed(where, "JSON in an odd form found, compact with sorted keys wanted")
    if metadata.unrecognized_fields:
        raise Malformed(where, "an unsigned field found beside signed and signatures, none wanted")
    return MetadataFile(
        where=where,
        data=data,
        signed=metadata.signed,
        payload=payload,
        signatures={keyid: _value(found, where) for keyid, found in metadata.signatures.items()},
    )


def numbered(role: RoleName, version: int) -> str:
    """Return the name of a role's metadata file at one version (consistent snapshots)."""
    return f"metadata/{version}.{role.value}.json"


def _value(signature: Signature, where: str) -> bytes:
    text = cast("object", signature.signature)  # python-tuf says str, and takes whatever the JSON had
    if signature.unrecognized_fields or not isinstance(text, str) or not _HEX.fullmatch(text):
        raise Malformed(
            f"{where}.signatures", "an odd signature found, keyid and sig in lower-case hex wanted"
        )
    return bytes.fromhex(text)
