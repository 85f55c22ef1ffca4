"""The parts of python-tuf and securesystemslib we use, typed: the one doorway to them.

Both document these names as their public API but import them without saying that they re-export.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar, cast

from securesystemslib.signer import (  # type: ignore[attr-defined]  # see above
    Key,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Signature,  # pyright: ignore[reportPrivateImportUsage] (see above)
    SSlibKey,  # pyright: ignore[reportPrivateImportUsage] (see above)
)
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import (  # type: ignore[attr-defined]  # see above
    Metadata,
    MetaFile,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Role,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Root,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Signed,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Snapshot,  # pyright: ignore[reportPrivateImportUsage] (see above)
    TargetFile,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Targets,  # pyright: ignore[reportPrivateImportUsage] (see above)
    Timestamp,  # pyright: ignore[reportPrivateImportUsage] (see above)
)
from tuf.api.serialization import DeserializationError, SerializationError

__all__ = [
    "AnyMetadata",
    "DeserializationError",
    "Key",
    "LengthOrHashMismatchError",
    "MetaFile",
    "Role",
    "Root",
    "SSlibKey",
    "SerializationError",
    "Signature",
    "Signed",
    "Snapshot",
    "TargetFile",
    "Targets",
    "Timestamp",
    "read_metadata",
    "unsigned",
]

TopT = TypeVar("TopT", Root, Targets, Snapshot, Timestamp)

AnyMetadata: TypeAlias = "Metadata[Root] | Metadata[Targets] | Metadata[Snapshot] | Metadata[Timestamp]"
"""Metadata of one of the four top-level roles, which of them only its content tells."""


def read_metadata(data: bytes) -> AnyMetadata:
    """Return the metadata in `data`; raises DeserializationError."""
    return cast("AnyMetadata", Metadata.from_bytes(data))


def unsigned(signed: TopT) -> bytes:
    """Return the bytes of metadata nobody has signed yet."""
    return Metadata(signed).to_bytes()
