"""The manifest: which artifacts a request is about, by what they are rather than where they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.core.errors import Malformed
from workstation.core.identity import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workstation.core.shape import Shape
    from workstation.core.strict_json import JsonObject

MAX_ARTIFACT_BYTES = 64 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file of a release; `size` in bytes."""

    name: str
    size: int
    digest: Digest

    def to_subject(self) -> JsonObject:
        """Return the in-toto ResourceDescriptor (attestation spec v1) for this artifact."""
        return {"name": self.name, "digest": {"sha256": self.digest}, "annotations": {"size": self.size}}


def parse_artifact(shape: Shape) -> Artifact:
    """Return the artifact a subject of ours describes; raises Malformed."""
    subject = shape.fields("name", "digest", "annotations")
    return Artifact(
        name=subject["name"].identifier(),
        size=subject["annotations"].fields("size")["size"].integer(0, MAX_ARTIFACT_BYTES),
        digest=subject["digest"].fields("sha256")["sha256"].digest(),
    )


def parse_manifest(shape: Shape) -> tuple[Artifact, ...]:
    """Return at least one artifact, no two of the same name."""
    manifest = tuple(parse_artifact(item) for item in shape.items(at_least=1, at_most=2000))
    refuse_repeats((artifact.name for artifact in manifest), shape.where)
    return manifest


def refuse_repeats(names: Iterable[str], where: str) -> None:
    """Raise Malformed when a name occurs twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Malformed(where, f"{name!a} found twice, once wanted")
        seen.add(name)
