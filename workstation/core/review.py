"""The review: everything an approver is shown about a request, as one value with a digest.

The same bytes and the same released predecessor give the same digest on any machine, so an auditor
can make again exactly what was shown. Who built it and what policy asks are bound beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.canonical import canonical
from workstation.core.evidence import summary
from workstation.core.identity import Digest, RequestId, digest_of
from workstation.core.release_diff import ReleaseDiff
from workstation.core.request import Request

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonValue

RENDERER: Final = "countersign-review-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is shown about `request`, against `previous` (None: a first release) as `diff`."""

    request: Request
    previous: RequestId | None
    diff: ReleaseDiff

    @property
    def digest(self) -> Digest:
        """SHA-256 over the canonical JSON of all that is shown."""
        evidence: list[JsonValue] = [
            {"name": item.name, "digest": item.digest, "summary": summary(item.content)}
            for item in self.request.evidence
        ]
        manifest: list[JsonValue] = [artifact.to_subject() for artifact in self.request.manifest]
        shown: dict[str, JsonValue] = {
            "renderer": RENDERER,
            "request": self.request.id,
            "previous": self.previous,
            "manifest": manifest,
            "evidence": evidence,
            "diff": self.diff.digest(),
        }
        return digest_of(canonical(shown, where="review"))
