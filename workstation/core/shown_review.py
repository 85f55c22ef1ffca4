"""A review as it was signed: the document whose digest the card signs, and its findings by rank.

The document names the digest of each rank's list of findings, and what the request was compared
with. So whoever has it, and the lists of the ranks that matter, can tell what had to be acknowledged
and which release came before, without the bytes of either release (docs/spec/release.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, RequestId, digest_of
from workstation.core.shape import Shape

if TYPE_CHECKING:
    from workstation.core.release_diff import Finding
    from workstation.core.strict_json import JsonObject, JsonValue

LIST_LIMIT: Final = 64 * 1024 * 1024
"""The most bytes a list of findings may have."""

_HIGHEST: Final = 100
_MOST: Final = 1_000_000
_PATH: Final = 40_000
_SENTENCE: Final = 100_000
_SHOWN: Final = ("renderer", "request", "previous", "manifest", "evidence", "diff", "findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding that was shown: its rule, its rank (100 refuses), where, and a sentence."""

    rule: str
    rank: int
    path: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedList:
    """The findings of one rank, as a document has them: by the digest of their list."""

    rank: int
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReview:
    """A review that was signed. `lists` are those at hand; a deployer has only what the policy asks about."""

    digest: Digest
    request: RequestId
    previous: RequestId | None
    ranks: tuple[RankedList, ...]
    lists: Mapping[Digest, tuple[ShownFinding, ...]]

    def at_or_above(self, rank: int) -> Iterator[ShownFinding]:
        """Yield every finding of `rank` or above; raises Untrusted when a list of them is not at hand."""
        for ranked in self.asked(rank):
            if ranked.digest not in self.lists:
                raise Untrusted(f"review {self.digest}", f"its findings of rank {ranked.rank} are not here")
            yield from self.lists[ranked.digest]

    def asked(self, rank: int) -> tuple[RankedList, ...]:
        """Return the lists somebody needs who asks about findings of `rank` or above."""
        return tuple(ranked for ranked in self.ranks if ranked.rank >= rank)


def lists_of(findings: Iterable[Finding]) -> dict[int, bytes]:
    """Return the canonical list of the findings of each rank, the highest first."""
    by_rank: dict[int, list[JsonValue]] = {}
    for one in findings:
        said: JsonObject = {"rule": one.rule, "path": one.path, "sentence": one.sentence}
        by_rank.setdefault(one.rank, []).append(said)
    return {
        rank: canonical({"rank": rank, "findings": by_rank[rank]}, where="findings")
        for rank in sorted(by_rank, reverse=True)
    }


def ranked(lists: Mapping[int, bytes]) -> list[JsonValue]:
    """Return how a review's document names its lists."""
    return [{"rank": rank, "digest": digest_of(data)} for rank, data in lists.items()]


def parse_review(data: bytes, lists: Mapping[Digest, bytes], *, where: str) -> ShownReview:
    """Return the review in `data`, with those of its lists that are at hand; raises Malformed.

    Whoever calls has compared the digest of each list with its key.
    """
    found = Shape(parse_canonical(data, where=where, limit=LIST_LIMIT), where).fields(*_SHOWN)
    previous = found["previous"]
    named = tuple(_ranked(item) for item in found["findings"].items(at_most=_HIGHEST + 1))
    if [one.rank for one in named] != sorted({one.rank for one in named}, reverse=True):
        raise Malformed(f"{where}.findings", "ranks out of order or twice found, each once, falling wanted")
    return ShownReview(
        digest=digest_of(data),
        request=RequestId(found["request"].digest()),
        previous=None if previous.value is None else RequestId(previous.digest()),
        ranks=named,
        lists={one.digest: _findings(lists[one.digest], one) for one in named if one.digest in lists},
    )


def _ranked(item: Shape) -> RankedList:
    fields = item.fields("rank", "digest")
    return RankedList(rank=fields["rank"].integer(0, _HIGHEST), digest=fields["digest"].digest())


def _findings(data: bytes, wanted: RankedList) -> tuple[ShownFinding, ...]:
    where = f"findings {wanted.digest}"
    found = Shape(parse_canonical(data, where=where, limit=LIST_LIMIT), where).fields("rank", "findings")
    found["rank"].constant(wanted.rank)
    return tuple(_finding(item, wanted.rank) for item in found["findings"].items(at_least=1, at_most=_MOST))


def _finding(item: Shape, rank: int) -> ShownFinding:
    fields = item.fields("rule", "path", "sentence")
    return ShownFinding(
        rule=fields["rule"].identifier(),
        rank=rank,
        path=fields["path"].text(at_most=_PATH),
        sentence=fields["sentence"].text(at_most=_SENTENCE),
    )
