"""Reading a release from a medium: its documents whole, its artifacts hashed as they stream by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workstation.core.errors import Malformed
from workstation.core.oci_layout import RELEASE_BUNDLE, Bundle
from workstation.core.release_contents import ReleaseContents, is_reserved, taken_apart
from workstation.core.request import REQUEST_TITLE
from workstation.intake.medium import Medium
from workstation.intake.request_reader import documents_of


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
        documents = documents_of(medium, bundle)
        if not documents:
            raise Malformed(f"{medium.label}/{REQUEST_TITLE}", "nothing found, the request wanted")
        for layer in bundle.layers:
            if is_reserved(layer.title):
                documents[layer.title] = medium.read(layer)
            elif layer.title not in documents:
                medium.check(layer)
    contents = taken_apart(bundle, documents, where=medium.label)
    return ReadRelease(bundle=bundle, contents=contents, documents=documents)
