"""Replaying a journal's decisions: each with the request as it lies in the store and the journal before it.

What a refused attempt acknowledged or gave as its reason is in no journal: it counts as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workstation.core.action import Countersign, Release
from workstation.core.approver import CardHolder
from workstation.core.countersignature import parse_countersignature
from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.identity import Digest, Fingerprint, RequestId
from workstation.core.ledger import Ledger
from workstation.core.policy import Policy
from workstation.core.public_key import PublicKey, parse_spki
from workstation.core.request import Request
from workstation.core.shape import Fields, Shape
from workstation.core.simulation import Decided, Flip, decided_at, flips, is_decision
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.desk.desk import Desk
from workstation.gate.gathering import facts_about


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """How many decisions were judged again, which would flip, and which could not be judged, and why."""

    count: int
    flips: tuple[Flip, ...]
    skipped: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What a decision is judged again with: keys by fingerprint, and envelopes by the intent they answer."""

    desk: Desk
    trust: TrustSnapshot
    keys: Mapping[Fingerprint, PublicKey]
    signed: Mapping[int | None, Digest]


def replayed(desk: Desk, proposed: Policy) -> Replay:
    """Judge every decision of the desk's journal again; that it was read is an entry too.

    Raises Untrusted or MediaError when what was decided about cannot be read from the store.
    """
    entries = desk.read_journal("policy simulate")
    verified = desk.parts.gate.trust
    if verified is None:
        return Replay(count=0, flips=(), skipped=())
    past = _past(desk, verified.snapshot, entries)
    found = [_decided(entry, ledger, past) for entry, ledger in _with_ledgers(entries) if is_decision(entry)]
    decisions = [item for item in found if isinstance(item, Decided)]
    return Replay(
        count=len(decisions),
        flips=tuple(flips(decisions, proposed)),
        skipped=tuple(item for item in found if not isinstance(item, Decided)),
    )


def _with_ledgers(entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, Ledger]]:
    """Yield each entry with the state before it."""
    ledger = Ledger()
    for entry in entries:
        yield entry, ledger
        ledger = ledger.after([entry])


def _past(desk: Desk, trust: TrustSnapshot, entries: tuple[Entry, ...]) -> _Past:
    enrolled = {fingerprint: held.credential.key for fingerprint, held in trust.roster.by_fingerprint.items()}
    shown = (_payload(entry)["spki"] for entry in entries if _is(entry, Kind.TOKEN_IDENTIFY))
    strangers = (parse_spki(spki.base64(), where=spki.where) for spki in shown)
    return _Past(
        desk=desk,
        trust=trust,
        keys={**{key.fingerprint: key for key in strangers}, **enrolled},
        signed={e.ref: _payload(e)["envelope"].digest() for e in entries if _is(e, Kind.COUNTERSIGN)},
    )


def _decided(entry: Entry, ledger: Ledger, past: _Past) -> Decided | tuple[int, str]:
    history = ledger.requests.get(RequestId(_payload(entry)["request"].digest()))
    if history is None:
        return entry.seq, "its request was not taken in before"
    request = past.desk.shelf.request(history)
    action = (
        _release(entry, request) if entry.kind is Kind.RELEASE else _countersign(entry, request, ledger, past)
    )
    if action is None:
        return entry.seq, "the journal does not know the key that was asked"
    facts = facts_about(request, ledger, past.trust, past.desk.parts.vault, decided_at(entry))
    return Decided(entry=entry, action=action, facts=facts)


def _release(entry: Entry, request: Request) -> Release:
    return Release(request=request, directory=_payload(entry)["out"].text())


def _countersign(entry: Entry, request: Request, ledger: Ledger, past: _Past) -> Countersign | None:
    holder = _holder(entry, past)
    if holder is None:
        return None
    acknowledged, comment = _said(entry, past)
    return Countersign(
        review=past.desk.shelf.review(request, ledger),
        shown=_payload(entry)["review"].digest(),
        approver=holder,
        acknowledged=acknowledged,
        comment=comment,
    )


def _said(entry: Entry, past: _Past) -> tuple[tuple[str, ...], str]:
    envelope = past.signed.get(entry.ref)
    if envelope is None:
        return (), ""
    data = past.desk.parts.vault.read(envelope)
    said = parse_countersignature(data, where=f"store/{envelope}").countersignature
    return said.acknowledged, said.comment


def _holder(entry: Entry, past: _Past) -> CardHolder | None:
    """Return who the roster followed now says holds the key that was asked."""
    fingerprint = Fingerprint(entry.actor.key or "")
    key = past.keys.get(fingerprint)
    if key is None:
        return None
    held = past.trust.roster.holder_of(fingerprint)
    return CardHolder(key=key, token_serial=entry.actor.token or "", token_label="", held=held)


def _is(entry: Entry, kind: Kind) -> bool:
    return entry.kind is kind and entry.outcome is Outcome.DONE


def _payload(entry: Entry) -> Fields:
    return Shape(entry.payload, f"entry {entry.seq}").open_fields()
