"""Putting facts into the answers people are shown. Nothing is decided here."""

from __future__ import annotations

from typing import Final

from workstation.core.action import Release
from workstation.core.closure import BuilderSet
from workstation.core.evidence import Evidence, summary
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.identity import PersonId
from workstation.core.ledger import RequestHistory
from workstation.core.quorum import Quorum, quorum_of
from workstation.core.release_diff import REFUSE, ReleaseDiff
from workstation.core.request import Request
from workstation.core.review import Review
from workstation.core.roster import Roster
from workstation.core.seen import HIGH
from workstation.core.shape import time_text
from workstation.core.signers import Known, signers_of
from workstation.core.verdict import Blocked, Violation
from workstation.desk.face import (
    ApprovalLine,
    BuilderLine,
    EvidenceLine,
    QueueItem,
    ReviewPage,
    Stage,
)

DECIDED: Final = (Stage.RELEASED, Stage.DECLINED)


def stage_of(history: RequestHistory, quorum: Quorum) -> Stage:
    """Return how far a request has come."""
    if history.released is not None:
        return Stage.RELEASED
    if history.declined:
        return Stage.DECLINED
    if quorum.reached:
        return Stage.QUORATE
    if history.approvals:
        return Stage.COUNTERSIGNED
    return Stage.REVIEWED if history.reviews else Stage.ADMITTED


def queue_item(
    request: Request, history: RequestHistory, facts: Facts, previous: Request | None
) -> QueueItem:
    """Return a request's line in the queue."""
    quorum = quorum_of(facts)
    stage = stage_of(history, quorum)
    people = frozenset[PersonId]() if facts.builders is None else facts.builders.people
    return QueueItem(
        request=request.id,
        product=request.product._replace(version=None).to_string(),
        version=request.version,
        previous_version="" if previous is None else previous.version,
        channel=request.channel,
        builders=tuple(sorted(_name(person, facts) for person in people)),
        stage=stage,
        have=len(quorum.approvers),
        need=max((met.need.at_least for met in quorum.needs), default=0),
        admitted=time_text(request.created),
        lacks=() if stage in DECIDED else tuple(one.detail for one in blockers(request, facts, None)),
    )


def review_page(review: Review, item: QueueItem, facts: Facts) -> ReviewPage:
    """Return everything an approver is shown."""
    builders = facts.builders or BuilderSet((), ())
    source = review.request.source
    return ReviewPage(
        item=item,
        review=review.digest,
        sentence=sentence(review, item),
        manifest=review.request.manifest,
        evidence=tuple(_evidence(evidence, facts) for evidence in review.request.evidence),
        builders=tuple(
            BuilderLine(person=edge.person, name=_name(edge.person, facts), because=edge.because)
            for edge in builders.edges
        ),
        unresolved=tuple(str(item) for item in builders.unresolved),
        approvals=tuple(_approvals(facts)),
        blockers=blockers(review.request, facts, review.diff),
        diff=review.diff,
        source="" if source is None else f"{source.uri} up to {source.until}",
        must_open=min(
            HIGH, HIGH if facts.rule is None or facts.rule.must_open is None else facts.rule.must_open
        ),
    )


def sentence(review: Review, item: QueueItem) -> str:
    """Return in one sentence what changes on the target."""
    diff, count = review.diff, len(review.request.manifest)
    files = f"{count} {'file' if count == 1 else 'files'}"
    if review.previous is None:
        return f"{item.product} {item.version}: a first release, {files} with {len(diff.added)} members."
    parts = (
        f"{len(diff.content_changed)} changed",
        f"{len(diff.added)} added",
        f"{len(diff.removed)} removed",
    )
    return f"{item.product} goes from {item.previous_version} to {item.version}: {files}, {', '.join(parts)}."


def blockers(request: Request, facts: Facts, diff: ReleaseDiff | None) -> tuple[Violation, ...]:
    """Return what stands against releasing this whoever signs, except that signatures are missing."""
    verdict = judge(Release(request=request, directory=""), facts)
    found = verdict.violations if isinstance(verdict, Blocked) else ()
    unseen = (
        Violation("REVIEW-REFUSED", f"{finding.path}: {finding.sentence}")
        for finding in (() if diff is None else diff.findings)
        if finding.rank >= REFUSE
    )
    return (*(violation for violation in found if violation.rule != "QUORUM"), *unseen)


def _evidence(evidence: Evidence, facts: Facts) -> EvidenceLine:
    return EvidenceLine(
        name=evidence.name,
        digest=evidence.digest,
        summary=summary(evidence.content),
        signers=() if facts.trust is None else tuple(_signers(evidence, facts.trust.roster)),
    )


def _signers(evidence: Evidence, roster: Roster) -> list[str]:
    if evidence.envelope is None:
        return []
    found = signers_of(evidence.envelope, roster, where=evidence.name)
    return [
        one.held.holder.name if isinstance(one, Known) else f"unknown key {one.keyid[:16]}" for one in found
    ]


def _approvals(facts: Facts) -> list[ApprovalLine]:
    return [
        ApprovalLine(
            person=item.verified.signed.countersignature.approver,
            name=item.verified.held.holder.name,
            fingerprint=item.verified.signed.countersignature.fingerprint,
            at=time_text(item.verified.signed.countersignature.binding.at),
            counts=not item.against,
        )
        for item in quorum_of(facts).counted
    ]


def _name(person: PersonId, facts: Facts) -> str:
    return person if facts.trust is None else facts.trust.roster.name_of(person)
