"""The entries of a container image archive that are no layers: its index, its configs, its odd blobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.release_diff import MemberKind
from workstation.review.oci_archive import DOCKER, INDEX, Image, named_digest
from workstation.review.source import Entry, digest_of_all, stream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from workstation.review.ledger import Ledger
    from workstation.review.source import Part


def checked_blobs(
    entries: Iterator[Entry], unreferred: Collection[str], where: str, ledger: Ledger
) -> Iterator[Entry]:
    """Yield those entries of an archive that stand for themselves; hold every blob against its name."""
    for entry in entries:
        if entry.name in (INDEX, DOCKER) or entry.name in unreferred:
            yield entry
        elif entry.kind is MemberKind.FILE:
            digest, named = digest_of_all(entry.read), named_digest(entry.name)
            if named not in (None, digest):
                ledger.lie(f"{where}!/{entry.name}", "the blob has another digest than its name")
        elif entry.kind is not MemberKind.FOLDER:
            ledger.lie(f"{where}!/{entry.name}", f"a {entry.kind.value} among the blobs of an image archive")


def about_image(image: Image, files: Mapping[str, Part]) -> Iterator[Entry]:
    """Yield an image's manifest and config, and its layers where those are files of another kind."""
    named = [("manifest.json", image.manifest), ("config.json", image.config)]
    if not image.has_root:
        named += [(f"layer-{number}", name) for number, name in enumerate(image.layers, 1)]
    for name, file in named:
        if file is not None:
            part = files[file]
            path = f"{image.name}/{name}"
            yield Entry(name=path, kind=MemberKind.FILE, read=stream(part), size=part.size, mode=0o644)
