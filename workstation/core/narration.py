"""How an action reads in the journal: its kind, who acts, on what, and what its intent says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from workstation.core.action import (
    Action,
    Admit,
    AdmitReceipt,
    ApplyTrust,
    Countersign,
    Decline,
    ExportJournal,
    Identify,
    OpenReview,
    ReadJournal,
    Reject,
    Release,
)
from workstation.core.approver import CardHolder
from workstation.core.entry import Actor, Draft, Kind, Outcome, Subject
from workstation.core.request import Request
from workstation.core.strict_json import JsonObject
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    DropArtifacts,
    Redact,
)
from workstation.core.upkeep_narration import narrate_upkeep
from workstation.core.verdict import Blocked

REASON_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Narration:
    """The parts every entry about one action shares."""

    kind: Kind
    actor: Actor = field(default_factory=Actor)
    subject: Subject = field(default_factory=Subject)
    payload: JsonObject = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    """What was said in somebody's own words; the intent keeps it, where it can be redacted."""
    said: JsonObject = field(default_factory=dict)
    """What else was asked for, told once, by the intent: it is on record even when refused."""

    def intent(self) -> Draft:
        """Return the entry that says the action is attempted, with everything it was asked with."""
        return self.draft(Outcome.INTENT, payload=self.said)

    def draft(
        self,
        outcome: Outcome,
        *,
        ref: int | None = None,
        reason: str | None = None,
        rule: str | None = None,
        payload: JsonObject | None = None,
    ) -> Draft:
        """Return the entry that says how far the action came."""
        return Draft(
            kind=self.kind,
            outcome=outcome,
            actor=self.actor,
            subject=self.subject,
            rule=rule,
            reason=None if reason is None else reason[:REASON_LIMIT],
            ref=ref,
            payload=self.payload | (payload or {}),
            beside=self.beside if outcome is Outcome.INTENT else {},
        )

    def blocked(self, ref: int, verdict: Blocked, *, statement: str | None = None) -> Draft:
        """Return the entry that says the action was refused, by which rules and why."""
        payload: JsonObject = {"violations": [violation.to_json() for violation in verdict.violations]}
        if statement is not None:
            payload["statement"] = statement
        return self.draft(
            Outcome.BLOCKED,
            ref=ref,
            rule=verdict.rules[0],
            reason="; ".join(dict.fromkeys(verdict.rules)),
            payload=payload,
        )


def narrate(action: Action) -> Narration:  # noqa: C901, PLR0912 (one case for each action)
    """Return how this action reads in the journal."""
    match action:
        case Admit(request=request, bundle=bundle):
            payload: JsonObject = {"request": request.id, "bundle": bundle.digest}
            return Narration(kind=Kind.INTAKE_BUNDLE, subject=_request(request), payload=payload)
        case Reject(medium=medium, where=where, why=why):
            named = Subject(name=medium[:200])
            return Narration(kind=Kind.INTAKE_REJECT, subject=named, payload={"where": where, "why": why})
        case Identify(token=token, review=opened):
            about: JsonObject = {} if opened is None else {"review": opened}
            return Narration(kind=Kind.TOKEN_IDENTIFY, payload={"token": token, **about})
        case OpenReview(review=review, reader=reader):
            shown: JsonObject = {"request": review.request.id, "review": review.digest}
            who = Actor() if reader is None else _actor(reader.holder, "reader")
            return Narration(
                kind=Kind.REVIEW_OPEN, actor=who, subject=_request(review.request), payload=shown
            )
        case Countersign(review=review, approver=approver, comment=comment):
            bound: JsonObject = {"request": review.request.id, "review": review.digest}
            words = {"comment": comment} if comment else {}
            told = _decision(Kind.COUNTERSIGN, approver, review.request, bound, words)
            return replace(told, said={"acknowledged": [*action.acknowledged]})
        case Decline(review=review, approver=approver, reason=reason):
            said: JsonObject = {"request": review.request.id}
            return _decision(Kind.DECLINE, approver, review.request, said, {"reason": reason})
        case Release(request=request, directory=directory):
            out: JsonObject = {"request": request.id, "out": directory}
            return Narration(kind=Kind.RELEASE, subject=_request(request), payload=out)
        case AdmitReceipt(receipt=signed):
            receipt: JsonObject = {"request": signed.receipt.request, "release": signed.receipt.release}
            actor = Actor(role="deployer", key=signed.receipt.deployer)
            subject = Subject(digest=signed.envelope.digest, name="receipt")
            return Narration(kind=Kind.RECEIPT, actor=actor, subject=subject, payload=receipt)
        case ApplyTrust(trust=trust, root=root, targets=targets):
            versions: JsonObject = {
                "root": root,
                "targets": targets,
                "roster": trust.roster.version,
                "policy": trust.policy.version,
                "rosterDigest": trust.roster.digest,
                "policyDigest": trust.policy.digest,
            }
            return Narration(kind=Kind.TRUST_APPLY, payload=versions)
        case ReadJournal(purpose=purpose):
            return Narration(kind=Kind.JOURNAL_READ, payload={"purpose": purpose})
        case ExportJournal(directory=directory):
            return Narration(kind=Kind.JOURNAL_EXPORT, payload={"out": directory})
        case ChangeHolders() | Redact() | AttestTime() | Anchor() | AdmitCosignature() | DropArtifacts():
            kind_, payload_ = narrate_upkeep(action)
            return Narration(kind=kind_, payload=payload_)
        case _:
            assert_never(action)


def _request(request: Request) -> Subject:
    return Subject(digest=request.id, name=request.product.to_string())


def _decision(
    kind: Kind, holder: CardHolder, request: Request, payload: JsonObject, words: Mapping[str, str]
) -> Narration:
    actor = _actor(holder, "approver")
    return Narration(kind=kind, actor=actor, subject=_request(request), payload=payload, beside=words)


def _actor(holder: CardHolder, role: str) -> Actor:
    person = None if holder.person is None else holder.person.id
    return Actor(person=person, role=role, token=holder.token_serial, key=holder.key.fingerprint)
