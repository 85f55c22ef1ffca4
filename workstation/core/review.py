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
from workstation.core.shown_review import ShownReview, lists_of, parse_review, ranked

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
    def document(self) -> bytes:
        """The canonical JSON of all that is shown; its findings are named by the digests of their lists."""
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
            "findings": ranked(lists_of(self.diff.findings)),
        }
        return canonical(shown, where="review")

    @property
    def digest(self) -> Digest:
        """SHA-256 of the document: what an approver's card signs."""
        return digest_of(self.document)

    @property
    def lists(self) -> dict[Digest, bytes]:
        """The lists of findings the document names, by their digests."""
        return {digest_of(data): data for data in lists_of(self.diff.findings).values()}

    @property
    def shown(self) -> ShownReview:
        """The review as whoever reads its document again has it; raises Malformed if nobody could."""
        return parse_review(self.document, self.lists, where="review")
