"""Reading a release from a medium: its documents whole, its artifacts hashed as they stream by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workstation.core.errors import Malformed
from workstation.core.oci_layout import RELEASE_BUNDLE, Bundle
from workstation.core.release_contents import ReleaseContents, is_reserved, taken_apart
from workstation.core.request import REQUEST_TITLE, manifest_of
from workstation.intake.medium import Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRelease:
    """A release whose every byte was compared with its digest; `documents` by title."""

    bundle: Bundle
    contents: ReleaseContents
    documents: dict[str, bytes]


def read_release(directory: Path) -> ReadRelease:
    """Read a release; raises Malformed and MediaError."""
    with Medium(directory) as medium:
        bundle = medium.bundle(RELEASE_BUNDLE)
        layers = {layer.title: layer for layer in bundle.layers}
        if REQUEST_TITLE not in layers:
            raise Malformed(f"{directory.name}/{REQUEST_TITLE}", "nothing found, the request wanted")
        listed = manifest_of(medium.read(layers[REQUEST_TITLE]))[1]
        wanted = {REQUEST_TITLE, *(item.name for item in listed)}
        documents: dict[str, bytes] = {}
        for layer in bundle.layers:
            if layer.title in wanted or is_reserved(layer.title):
                documents[layer.title] = medium.read(layer)
            else:
                _hash_by(medium.chunks(layer))
    contents = taken_apart(bundle, documents, where=directory.name)
    return ReadRelease(bundle=bundle, contents=contents, documents=documents)


def _hash_by(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass
