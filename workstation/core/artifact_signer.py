"""Who signed an artifact itself, before it came here (docs/decisions/artifact-signers.md)."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.core.shape import Shape
from workstation.core.strict_json import JsonObject


@dataclass(frozen=True, slots=True, order=True)
class ArtifactSigner:
    """A signature in or beside an artifact: where, of what kind, and whom it names.

    `signer` is a key fingerprint or an alias such as openpgp:FPR. Nothing about it was verified.
    """

    path: str
    kind: str
    signer: str

    def to_json(self) -> JsonObject:
        """Return it as the review child answers it."""
        return {"path": self.path, "kind": self.kind, "signer": self.signer}


def read_artifact_signer(shape: Shape) -> ArtifactSigner:
    """Return one signer from the review child's answer; raises Malformed."""
    fields = shape.fields("path", "kind", "signer")
    return ArtifactSigner(
        fields["path"].text(), fields["kind"].printable(at_most=40), fields["signer"].printable()
    )
