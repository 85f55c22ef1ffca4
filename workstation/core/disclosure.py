"""What of the journal and of the reviews travels with a release: what its verdict is computed from, no more.

Every reading of a review is in the journal; of those only the ones an approver's countersignature
stands on leave the house.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from workstation.core.countersignature import Head
from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.errors import Untrusted
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.guardrails.opening import opening_of
from workstation.core.identity import Digest, RequestId
from workstation.core.version_order import order_of

if TYPE_CHECKING:
    from workstation.core.ledger import Ledger
    from workstation.core.request import Request

ABOUT_REQUEST: Final = frozenset({Kind.INTAKE_BUNDLE, Kind.COUNTERSIGN, Kind.DECLINE})
"""Which entries that say `done` about a request travel with its release."""

ABOUT_EARLIER: Final = frozenset({Kind.INTAKE_BUNDLE, Kind.RELEASE})
"""Which entries that say `done` about a release that came before travel with it."""


def disclosed(
    entries: Iterable[Entry], facts: Facts, made: Iterable[VerifiedCountersignature]
) -> Iterator[Entry]:
    """Yield the entries that travel with the release of the request at hand, in their order.

    `made` are the countersignatures it goes out with.
    """
    request, travelling = facts.request, tuple(made)
    if request is None:
        return
    earlier, openings = earlier_releases(facts, travelling), frozenset(_openings(facts, travelling))
    for entry in entries:
        about = entry.payload.get("request")
        wanted = (
            (about == request.id and entry.kind in ABOUT_REQUEST)
            or (about in earlier and entry.kind in ABOUT_EARLIER)
            or entry.seq in openings
        )
        if wanted and entry.outcome is Outcome.DONE:
            yield entry


def to_be_read(facts: Facts, made: Iterable[VerifiedCountersignature]) -> tuple[int, ...]:
    """Return the numbers of all entries that `disclosed` can want, in their order: no other need be read."""
    travelling = tuple(made)
    about = {*earlier_releases(facts, travelling), *(() if facts.request is None else (facts.request.id,))}
    known = (facts.ledger.requests[one] for one in about if one in facts.ledger.requests)
    return tuple(sorted({*(seq for history in known for seq in history.told), *_openings(facts, travelling)}))


def earlier_releases(facts: Facts, made: Iterable[VerifiedCountersignature]) -> frozenset[RequestId]:
    """Return the requests released before that the version is compared with, where the policy compares.

    They are what the reviews and the request say it was compared with, and the highest version known.
    """
    request, rule = facts.request, facts.rule
    if request is None or rule is None or not rule.versions_rise:
        return frozenset()
    return named_before(request, made) | _highest(request, facts.ledger)


def named_before(request: Request, made: Iterable[VerifiedCountersignature]) -> frozenset[RequestId]:
    """Return what the reviews that were signed, and the builder, say was released before."""
    shown = {item.review.previous for item in made}
    asked = None if request.previous is None else RequestId(request.previous.digest)
    return frozenset(one for one in (*shown, asked) if one is not None)


def refuse_undisclosed(facts: Facts, made: Iterable[VerifiedCountersignature]) -> None:
    """Raise Untrusted when a release this one was compared with is not told of, and the policy compares."""
    request, rule = facts.request, facts.rule
    if request is None or rule is None or not rule.versions_rise:
        return
    known = {one.request for one in facts.ledger.released(request.product, request.channel)}
    for missing in sorted(named_before(request, made) - known):
        raise Untrusted(
            "journal proof", f"no proved entry says that {missing}, named as previous, was released"
        )


def reviews_signed(made: Iterable[VerifiedCountersignature], facts: Facts) -> frozenset[Digest]:
    """Return what a deployer needs of the reviews that were signed: documents, and lists of findings."""
    rank = None if facts.rule is None else facts.rule.must_open
    found: set[Digest] = set()
    for item in made:
        asked = () if rank is None else item.review.asked(rank)
        found |= {item.review.digest, *(one.digest for one in asked)}
    return frozenset(found)


def heads(made: Iterable[VerifiedCountersignature]) -> tuple[Head, ...]:
    """Return the journal heads some countersignatures are bound to, each once, the earliest first."""
    found = {item.signed.countersignature.binding.journal for item in made}
    return tuple(sorted(found, key=lambda head: head.size))


def _openings(facts: Facts, made: Iterable[VerifiedCountersignature]) -> Iterator[int]:
    for item in made if facts.history is not None else ():
        found = None if facts.history is None else opening_of(item, facts.history.openings)
        if found is not None:
            yield found.seq


def _highest(request: Request, ledger: Ledger) -> frozenset[RequestId]:
    released = ledger.released(request.product, request.channel)
    highest = max(released, key=lambda one: order_of(one.version), default=None)
    return frozenset() if highest is None else frozenset({highest.request})
