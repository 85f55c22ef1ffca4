"""Replaying a journal's decisions: each with the request as it lies in the store and the journal before it.

What was acknowledged and given as a reason is read from the intent, so a refused attempt has its own
(a reason that was redacted counts as none); who held a key, from the roster followed at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workstation.core.action import Countersign, Release
from workstation.core.approver import CardHolder
from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.identity import Digest, Fingerprint, RequestId
from workstation.core.ledger import Ledger
from workstation.core.policy import Policy
from workstation.core.public_key import PublicKey, parse_spki
from workstation.core.request import Request
from workstation.core.roster import Roster
from workstation.core.roster_document import parse_roster
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
    """What a decision is judged again with: keys by fingerprint, intents by number, rosters by digest."""

    desk: Desk
    trust: TrustSnapshot
    keys: Mapping[Fingerprint, PublicKey]
    intents: Mapping[int | None, Entry]
    comments: Mapping[int, str]
    rosters: Mapping[Digest, Roster]

    def trust_at(self, ledger: Ledger) -> TrustSnapshot:
        """Return the trust root with the roster that was followed then."""
        return (
            self.trust if ledger.roster is None else replace(self.trust, roster=self.rosters[ledger.roster])
        )


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
        intents={entry.seq: entry for entry in entries if entry.outcome is Outcome.INTENT},
        comments={one.seq: one.text for one in desk.parts.journal.beside() if one.name == "comment"},
        rosters={digest: _roster(digest, desk) for digest in _followed(entries)},
    )


def _followed(entries: tuple[Entry, ...]) -> set[Digest]:
    return {_payload(entry)["rosterDigest"].digest() for entry in entries if _is(entry, Kind.TRUST_APPLY)}


def _roster(digest: Digest, desk: Desk) -> Roster:
    return parse_roster(desk.parts.vault.read(digest))


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
    trust = past.trust_at(ledger)
    facts = facts_about(request, ledger, trust, past.desk.parts.vault, decided_at(entry))
    return Decided(entry=entry, action=action, facts=facts)


def _release(entry: Entry, request: Request) -> Release:
    return Release(request=request, directory=_payload(entry)["out"].text())


def _countersign(entry: Entry, request: Request, ledger: Ledger, past: _Past) -> Countersign | None:
    holder = _holder(entry, past, past.trust_at(ledger).roster)
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
    intent = past.intents[entry.ref]
    acknowledged = _payload(intent)["acknowledged"].items()
    return tuple(item.text() for item in acknowledged), past.comments.get(intent.seq, "")


def _holder(entry: Entry, past: _Past, roster: Roster) -> CardHolder | None:
    """Return who the roster of that moment says held the key that was asked."""
    fingerprint = Fingerprint(entry.actor.key or "")
    key = past.keys.get(fingerprint)
    if key is None:
        return None
    held = roster.holder_of(fingerprint)
    return CardHolder(key=key, token_serial=entry.actor.token or "", token_label="", held=held)


def _is(entry: Entry, kind: Kind) -> bool:
    return entry.kind is kind and entry.outcome is Outcome.DONE


def _payload(entry: Entry) -> Fields:
    return Shape(entry.payload, f"entry {entry.seq}").open_fields()
