"""What has happened, folded from the journal's entries. There is no status anywhere else.

An entry that is not in the journal did not happen, and only outcome `done` makes something count.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.entry_kind import ENDS
from workstation.core.errors import JournalError
from workstation.core.identity import Digest, Fingerprint, PersonId, RequestId
from workstation.core.machine import Machine
from workstation.core.opening import Opening
from workstation.core.policy import without_version
from workstation.core.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packageurl import PackageURL


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A countersignature that was made: who, and the digest of the envelope in the store."""

    person: PersonId
    envelope: Digest
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHistory:
    """All that has happened to one request."""

    request: RequestId
    product: str
    version: str
    channel: str
    bundle: Digest
    previous: RequestId | None
    manifest: frozenset[tuple[str, Digest]]
    admitted_seq: int
    reviews: frozenset[Digest] = frozenset()
    openings: tuple[Opening, ...] = ()
    approvals: tuple[Approval, ...] = ()
    refused: tuple[str, ...] = ()
    declined: tuple[PersonId, ...] = ()
    released: Digest | None = None
    receipts: tuple[Digest, ...] = ()
    told: tuple[int, ...] = ()
    """The entries that say what was done about it, but for its readings, of which there may be many."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The state of the workstation after a number of entries."""

    size: int = 0
    requests: dict[RequestId, RequestHistory] = field(default_factory=dict)
    order_released: tuple[RequestId, ...] = ()
    highest_roster: int = 0
    highest_policy: int = 0
    trust_root: Digest | None = None
    roster: Digest | None = None
    begun: tuple[int, ...] = ()
    """The actions that were announced and have not ended yet, by the entry that announced them."""
    machine: Machine = field(default_factory=Machine)

    def after(self, entries: Iterable[Entry]) -> Ledger:
        """Return the state after more entries; raises JournalError when they do not follow on."""
        # One copy for all of them: a history of many requests is not copied for each entry about one.
        ledger, begun = replace(self, requests=dict(self.requests)), set(self.begun)
        for entry in entries:
            if entry.seq != ledger.size:
                raise JournalError(f"entry {entry.seq} found where entry {ledger.size} was wanted")
            ledger = replace(ledger, size=ledger.size + 1, machine=ledger.machine.after(entry))
            if entry.outcome is Outcome.INTENT:
                begun.add(entry.seq)
            elif entry.ref is not None and entry.outcome in ENDS:
                begun.discard(entry.ref)
            if entry.outcome is Outcome.DONE or entry.kind is Kind.COUNTERSIGN:
                ledger = _with(ledger, entry)
        return replace(ledger, begun=tuple(sorted(begun)))

    def last_released(self, product: PackageURL, channel: str) -> RequestHistory | None:
        """Return the newest released request of a product in a channel, whatever its version."""
        return next(iter(self.released(product, channel)), None)

    def released(self, product: PackageURL, channel: str) -> tuple[RequestHistory, ...]:
        """Return every released request of a product in a channel, newest first."""
        return tuple(found for found in self.released_anywhere(product) if found.channel == channel)

    def released_anywhere(self, product: PackageURL) -> tuple[RequestHistory, ...]:
        """Return every released request of a product in any channel, newest first."""
        wanted = without_version(product)
        histories = (self.requests[request] for request in reversed(self.order_released))
        return tuple(found for found in histories if found.product == wanted)


def disclosed_ledger(entries: Iterable[Entry]) -> Ledger:
    """Return the state some proved entries of a journal tell of, in their order; the rest stays unknown."""
    ledger = Ledger()
    for entry in entries:
        if entry.outcome is Outcome.DONE:
            ledger = _with(ledger, entry)
    return ledger


def _with(ledger: Ledger, entry: Entry) -> Ledger:
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    match entry.kind:
        case Kind.INTAKE_BUNDLE:
            return _changed(ledger, _admitted(entry))
        case Kind.TRUST_APPLY:
            return replace(
                ledger,
                trust_root=payload["root"].digest(),
                roster=payload["rosterDigest"].digest(),
                highest_roster=payload["roster"].integer(1, 2**31),
                highest_policy=payload["policy"].integer(1, 2**31),
            )
        case Kind.REVIEW_OPEN | Kind.COUNTERSIGN | Kind.DECLINE | Kind.RELEASE | Kind.RECEIPT:
            return _about_request(ledger, entry)
        case _:
            return ledger


def _about_request(ledger: Ledger, entry: Entry) -> Ledger:
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    request = RequestId(payload["request"].digest()) if payload.get("request") else None
    history = None if request is None else ledger.requests.get(request)
    if request is None or history is None:
        return ledger
    if entry.kind is Kind.RELEASE:
        released = replace(history, released=payload["release"].digest())
        return replace(
            _changed(ledger, _told(released, entry)), order_released=(*ledger.order_released, request)
        )
    return _changed(ledger, _told(_advanced(history, entry), entry))


def _told(history: RequestHistory, entry: Entry) -> RequestHistory:
    if entry.outcome is not Outcome.DONE or entry.kind is Kind.REVIEW_OPEN:
        return history
    return replace(history, told=(*history.told, entry.seq))


def _advanced(history: RequestHistory, entry: Entry) -> RequestHistory:
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    match entry.kind, entry.outcome:
        case Kind.REVIEW_OPEN, _:
            reviews = history.reviews | {payload["review"].digest()}
            return replace(history, reviews=reviews, openings=(*history.openings, *_openings(entry)))
        case Kind.COUNTERSIGN, Outcome.DONE:
            person = PersonId(payload["person"].identifier())
            made = Approval(person=person, envelope=payload["envelope"].digest(), seq=entry.seq)
            return replace(history, approvals=(*history.approvals, made))
        case Kind.COUNTERSIGN, Outcome.BLOCKED:
            who = entry.actor.person or entry.actor.key or "unknown"
            return replace(history, refused=(*history.refused, who))
        case Kind.DECLINE, _:
            return replace(history, declined=(*history.declined, PersonId(payload["person"].identifier())))
        case Kind.RECEIPT, _:
            return replace(history, receipts=(*history.receipts, payload["envelope"].digest()))
        case _:
            return history


def _openings(entry: Entry) -> Iterator[Opening]:
    """Yield the opening an entry tells of; none when no card was held to it."""
    actor = Shape(entry.to_json()["actor"], f"entry {entry.seq}.actor").open_fields()
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    if entry.actor.key is not None:
        yield Opening(
            review=payload["review"].digest(),
            person=None if entry.actor.person is None else PersonId(actor["person"].identifier()),
            fingerprint=Fingerprint(actor["key"].digest()),
            token_serial=actor["token"].text(),
            challenge=payload["challenge"].text(),
            signature=payload["signature"].text(),
            seq=entry.seq,
        )


def _admitted(entry: Entry) -> RequestHistory:
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    previous = payload.get("previous")
    return RequestHistory(
        request=RequestId(payload["request"].digest()),
        product=payload["product"].printable(),
        version=payload["version"].printable(),
        channel=payload["channel"].identifier(),
        bundle=payload["bundle"].digest(),
        previous=None if previous is None or previous.value is None else RequestId(previous.digest()),
        manifest=frozenset((name, item.digest()) for name, item in payload["manifest"].open_fields().each()),
        admitted_seq=entry.seq,
        told=(entry.seq,),
    )


def _changed(ledger: Ledger, history: RequestHistory) -> Ledger:
    ledger.requests[history.request] = history
    return ledger
