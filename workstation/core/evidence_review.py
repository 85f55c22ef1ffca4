"""Code reviews: in-toto's human-review/vcs v0.1, in which a forge or a reviewer says who reviewed what.

Its subject is a revision of a source, by `gitCommit`, not an artifact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workstation.core import strict_json
from workstation.core.dsse import Envelope
from workstation.core.shape import Fields, Shape

# The specification writes it both ways.
REVIEWS: Final = frozenset(
    {
        "https://in-toto.io/attestation/human-review/vcs/v0.1",
        "http://in-toto.io/attestation/human-review/vcs/v0.1",
    }
)
MAX_REVIEWERS: Final = 1000
_GITHUB_USER: Final = "https://api.github.com/user/"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReview:
    """Reviewers by every account each is named with, and the revisions they reviewed."""

    reviewers: tuple[tuple[str, ...], ...]
    revisions: frozenset[str]


def code_review(statement: Fields) -> CodeReview:
    """Return the review in a whole statement; raises Malformed."""
    predicate = statement["predicate"].open_fields()
    return CodeReview(
        reviewers=tuple(
            tuple(_accounts(item.open_fields()))
            for item in predicate["reviewers"].items(at_most=MAX_REVIEWERS)
        ),
        revisions=frozenset(_revision(item) for item in statement["subject"].items(at_least=1)),
    )


def revisions_in(provenance: Envelope) -> frozenset[str]:
    """Return the revisions, by `gitCommit`, that a provenance statement resolved; raises Malformed."""
    top = Shape(strict_json.parse_object(provenance.payload, where="provenance", decimals=True), "provenance")
    definition = top.open_fields()["predicate"].open_fields()["buildDefinition"].open_fields()
    dependencies = definition.get("resolvedDependencies")
    found = (
        item.open_fields().get("digest") for item in (() if dependencies is None else dependencies.items())
    )
    commits = (digest.open_fields().get("gitCommit") for digest in found if digest is not None)
    return frozenset(commit.printable(at_most=64) for commit in commits if commit is not None)


def _accounts(reviewer: Fields) -> Iterator[str]:
    """Yield the names a roster may know a reviewer by; only the URI is theirs for ever."""
    uri, name = reviewer.get("uri"), reviewer.get("name")
    if uri is not None:
        account = uri.printable()
        yield account
        if account.startswith(_GITHUB_USER):
            yield f"github:{account.removeprefix(_GITHUB_USER)}"
    elif name is not None:
        yield name.printable()


def _revision(subject: Shape) -> str:
    return subject.open_fields()["digest"].open_fields()["gitCommit"].printable(at_most=64)
