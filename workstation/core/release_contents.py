"""What a release bundle holds, by the titles of its layers (docs/spec/release.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.identity import Digest, PersonId, digest_of
from workstation.core.oci_layout import Bundle, Layer

RELEASE_TITLE: Final = "release.dsse.json"
PROOF_TITLE: Final = "journal-proof.json"
COUNTERSIGNATURE_PREFIX: Final = "countersignature."
COUNTERSIGNATURE_SUFFIX: Final = ".dsse.json"
TRUST_PREFIX: Final = "trust."
SIGNED_REVIEW_PREFIX: Final = "signed-review."
SIGNED_REVIEW_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseContents:
    """A release bundle taken apart: the request's own bundle, and what the workstation put beside it.

    `trust` holds TUF files by path ("metadata/1.root.json"); `countersignatures` envelopes by title;
    `reviews` the documents of what was signed, and lists of findings, by digests that hold.
    """

    request_bundle: Bundle
    release: bytes
    proof: bytes
    countersignatures: Mapping[str, bytes]
    reviews: Mapping[Digest, bytes]
    trust: Mapping[str, bytes]


def countersignature_title(person: PersonId) -> str:
    """Return the title of a person's countersignature."""
    return f"{COUNTERSIGNATURE_PREFIX}{person}{COUNTERSIGNATURE_SUFFIX}"


def signed_review_title(digest: Digest) -> str:
    """Return the title of a review's document, or of a list of findings it names, by its digest."""
    return f"{SIGNED_REVIEW_PREFIX}{digest}{SIGNED_REVIEW_SUFFIX}"


def trust_title(path: str) -> str:
    """Return the title of a trust root file at `path`, which has one folder."""
    folder, _, name = path.partition("/")
    return f"{TRUST_PREFIX}{folder}.{name}"


def is_reserved(title: str) -> bool:
    """Answer whether a title belongs to the workstation, so that no artifact may carry it."""
    prefixes = (COUNTERSIGNATURE_PREFIX, SIGNED_REVIEW_PREFIX, TRUST_PREFIX)
    return title in (RELEASE_TITLE, PROOF_TITLE) or title.startswith(prefixes)


def taken_apart(bundle: Bundle, documents: Mapping[str, bytes], *, where: str) -> ReleaseContents:
    """Return the parts of a release bundle; raises Malformed when one is missing."""
    for title in (RELEASE_TITLE, PROOF_TITLE):
        if title not in documents:
            raise Malformed(f"{where}/{title}", "nothing found, a document wanted")
    layers: tuple[Layer, ...] = tuple(layer for layer in bundle.layers if not is_reserved(layer.title))
    return ReleaseContents(
        request_bundle=replace(bundle, layers=layers),
        release=documents[RELEASE_TITLE],
        proof=documents[PROOF_TITLE],
        countersignatures={t: d for t, d in documents.items() if t.startswith(COUNTERSIGNATURE_PREFIX)},
        reviews=dict(_reviews(documents, where)),
        trust={_trust_path(t, where): d for t, d in documents.items() if t.startswith(TRUST_PREFIX)},
    )


def _reviews(documents: Mapping[str, bytes], where: str) -> Iterator[tuple[Digest, bytes]]:
    for title, data in documents.items():
        if title.startswith(SIGNED_REVIEW_PREFIX):
            digest = digest_of(data)
            if title != signed_review_title(digest):
                raise Malformed(f"{where}/{title}", f"sha256 {digest} found, the one in its title wanted")
            yield digest, data


def _trust_path(title: str, where: str) -> str:
    folder, dot, name = title.removeprefix(TRUST_PREFIX).partition(".")
    if not dot or folder not in ("metadata", "targets"):
        raise Malformed(f"{where}/{title}", "a trust root file in metadata or targets wanted")
    return f"{folder}/{name}"
