"""Recomputing a release: builder set, approvers, quorum and verdict from what travelled.

This is what a deployer runs with nothing but the trust root, and it is the same code, asked the
same way, as at the workstation. Nothing here trusts the workstation beyond its signature on the
journal's checkpoint and the time it states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from workstation.core.action import Release
from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.card_checkpoint import verify_carried
from workstation.core.closure import BuilderSet, builders_of
from workstation.core.countersignature import Head, parse_countersignature
from workstation.core.disclosure import refuse_undisclosed
from workstation.core.errors import Untrusted
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.guardrails.judge import judge
from workstation.core.guardrails.trust import trust_expired
from workstation.core.identity import Digest
from workstation.core.journal_proof import ProvedJournal, parse_journal_proof, prove
from workstation.core.ledger import Ledger, RequestHistory, disclosed_ledger
from workstation.core.opening import verify_opening
from workstation.core.quorum import Quorum, quorum_of
from workstation.core.release_contents import ReleaseContents, countersignature_title
from workstation.core.release_statement import ReleaseStatement, SignedRelease, parse_release
from workstation.core.request import Request, parse_request
from workstation.core.roster import Held, Use
from workstation.core.shape import time_text
from workstation.core.shown_review import ShownReview, parse_review
from workstation.core.signers import sole_signer
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Blocked, Verdict

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
ED25519_PREFIX: Final = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 section 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What follows from a release's own evidence."""

    release: Digest
    said: ReleaseStatement
    request: Request
    builders: BuilderSet
    quorum: Quorum
    verdict: Verdict
    head: Head
    station: Held
    trust: TrustSnapshot


def recompute(
    contents: ReleaseContents,
    documents: Mapping[str, bytes],
    trust: TrustSnapshot,
    *,
    now: datetime,
    artifact_signers: Iterable[ArtifactSigner] = (),
) -> Recomputed:
    """Recompute a release under a verified trust root; raises Malformed and Untrusted.

    `artifact_signers` is what the artifacts themselves say of who signed them, as for `builders_of`.
    `now` is the verifier's own time: it decides whether the trust root still holds. Everything else
    is judged at the time the release states, which may not be in the verifier's future.
    """
    request = parse_request(contents.request_bundle, documents)
    released = parse_release(contents.release, where="release")
    station = sole_signer(released.envelope, trust.roster, Use.STATION, where="release")
    _same_release(released, request, trust, now)
    if not station.credential.valid_at(released.said.at):
        raise Untrusted(
            "release", f"the key of {station.holder.id} was not valid {time_text(released.said.at)}"
        )
    journal = prove(parse_journal_proof(contents.proof, where="journal proof"), station_key(station))
    countersignatures = _countersignatures(contents, released, trust, station, journal)
    ledger = disclosed_ledger(journal.entries)
    _journaled(countersignatures, ledger, request, trust)
    _declined(released, ledger.requests.get(request.id))
    facts = Facts(
        now=released.said.at,
        ledger=ledger,
        trust=trust,
        request=request,
        history=ledger.requests.get(request.id),
        builders=builders_of(request, trust.roster, artifact_signers=artifact_signers),
        rule=trust.policy.rule_for(request.product, request.channel),
        countersignatures=countersignatures,
    )
    refuse_undisclosed(facts, countersignatures)
    return Recomputed(
        release=released.envelope.digest,
        said=released.said,
        request=request,
        builders=facts.builders or BuilderSet((), ()),
        quorum=quorum_of(facts),
        verdict=_verdict(facts, request, now),
        head=journal.head,
        station=station,
        trust=trust,
    )


def station_key(station: Held) -> bytes:
    """Return the raw Ed25519 key of an enrolled station; raises Untrusted for another kind of key."""
    spki = station.credential.key.spki
    if not spki.startswith(ED25519_PREFIX):
        raise Untrusted("workstation key", f"{station.credential.key.kind.value} found, ed25519 wanted")
    return spki.removeprefix(ED25519_PREFIX)


def _same_release(released: SignedRelease, request: Request, trust: TrustSnapshot, now: datetime) -> None:
    said = released.said
    checks = (
        (said.request == request.id, "request", "another request than the one in the bundle"),
        (released.artifacts == request.manifest, "artifacts", "other artifacts than the request's"),
        (said.purl == request.product.to_string(), "purl", f"{said.purl}, not the request's product"),
        (said.channel == request.channel, "channel", f"{said.channel}, not the request's channel"),
        (said.roster == trust.roster.digest, "roster", "another roster than the trust root delivers"),
        (said.policy == trust.policy.digest, "policy", "another policy than the trust root delivers"),
        (said.at <= now + CLOCK_TOLERANCE, "clock", f"{time_text(said.at)}, still to come"),
    )
    for holds, where, found in checks:
        if not holds:
            raise Untrusted(f"release.{where}", f"{found} found")


def _countersignatures(
    contents: ReleaseContents,
    released: SignedRelease,
    trust: TrustSnapshot,
    station: Held,
    journal: ProvedJournal,
) -> tuple[VerifiedCountersignature, ...]:
    named = {countersignature_title(item.person): item.digest for item in released.said.countersignatures}
    if named.keys() != contents.countersignatures.keys():
        differing = sorted(named.keys() ^ contents.countersignatures.keys())
        raise Untrusted(f"release/{differing[0]}", "the release names one thing and holds another")
    found: list[VerifiedCountersignature] = []
    for title, data in sorted(contents.countersignatures.items()):
        signed = parse_countersignature(data, where=title)
        if signed.envelope.digest != named[title]:
            raise Untrusted(
                title, f"sha256 {signed.envelope.digest} found, {named[title]} wanted by the release"
            )
        if title != countersignature_title(signed.countersignature.approver):
            raise Untrusted(title, f"a countersignature by {signed.countersignature.approver} found")
        bound = signed.countersignature.binding
        if bound.station != station.credential.key.fingerprint or bound.journal not in journal.earlier:
            raise Untrusted(title, "it is bound to another workstation or to a journal that is not this one")
        held = sole_signer(signed.envelope, trust.roster, None, where=title)
        verify_carried(
            signed.countersignature.checkpoint.encode(),
            bound.journal,
            station_key=station_key(station),
            card=held.credential.key,
            where=title,
        )
        found.append(VerifiedCountersignature(signed, held, _review(contents, bound.review, title)))
    return tuple(found)


def _review(contents: ReleaseContents, digest: Digest, title: str) -> ShownReview:
    if digest not in contents.reviews:
        raise Untrusted(title, f"review {digest} found in it, and what that review says did not travel")
    return parse_review(contents.reviews[digest], contents.reviews, where=f"review {digest}")


def _journaled(
    countersignatures: tuple[VerifiedCountersignature, ...],
    ledger: Ledger,
    request: Request,
    trust: TrustSnapshot,
) -> None:
    history = ledger.requests.get(request.id)
    made = {} if history is None else {approval.envelope: approval.person for approval in history.approvals}
    for item in countersignatures:
        said = item.signed.countersignature
        if made.get(item.signed.envelope.digest) != said.approver:
            raise Untrusted("journal proof", f"no proved entry says that {said.approver} countersigned this")
    for opening in () if history is None else history.openings:
        verify_opening(opening, trust.roster)


def _declined(released: SignedRelease, history: RequestHistory | None) -> None:
    told = () if history is None else history.declined
    if released.said.declined != told:
        raise Untrusted("release.declined", "the release and the proved entries name different people")


def _verdict(facts: Facts, request: Request, now: datetime) -> Verdict:
    action = Release(request=request, directory="")
    verdict = judge(action, facts)
    expired = tuple(trust_expired(action, replace(facts, now=now)))
    found = (*(verdict.violations if isinstance(verdict, Blocked) else ()), *expired)
    return Blocked(tuple(dict.fromkeys(found))) if found else verdict
