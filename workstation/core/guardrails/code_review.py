"""A rule about code reviews: enough people looked at the revision that was built, and none wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action
from workstation.core.evidence import CodeReview, Evidence
from workstation.core.evidence_review import revisions_in
from workstation.core.facts import Case, Facts
from workstation.core.guardrails.signed_evidence import (
    judged,
    only_signed,
    people_in,
    provenance_in,
    services_in,
)
from workstation.core.identity import PersonId
from workstation.core.policy_controls import ReviewControl
from workstation.core.verdict import Violation


def evidence_reviews(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-REVIEWS: each revision provenance names was reviewed by so many who had no hand in it.

    A forge the policy names says who reviewed; anybody else's signature says only that they did.
    """
    case = judged(action, facts)
    control = None if case is None else case.rule.reviews
    if case is None or control is None:
        return
    revisions = _revisions_built(case)
    if not revisions:
        yield _lacking("no provenance names the revision that was built")
    for revision in sorted(revisions):
        found = sorted(_reviewers(revision, case, control))
        if len(found) < control.at_least:
            who = f" ({', '.join(found)})" if found else ""
            yield _lacking(
                f"{len(found)} people{who} reviewed revision {revision} and had no hand in it,"
                f" {control.at_least} are wanted"
            )


def _lacking(detail: str) -> Violation:
    return Violation("EVIDENCE-REVIEWS", detail, "reviews.atLeast")


def _reviewers(revision: str, case: Case, control: ReviewControl) -> frozenset[PersonId]:
    reviews = tuple(_reviews(case))
    names = frozenset(evidence.name for evidence, _ in reviews)
    said = {
        who
        for evidence, review in reviews
        if revision in review.revisions
        for who in _said(evidence, review, case, control)
    }
    return frozenset(person for person in said if only_signed(person, names, case))


def _said(evidence: Evidence, review: CodeReview, case: Case, control: ReviewControl) -> Iterator[PersonId]:
    yield from (person.id for person in people_in(evidence, case))
    if any(service.id in control.services for service in services_in(evidence, case)):
        roster = case.trust.roster
        for account in (account for accounts in review.reviewers for account in accounts):
            who = roster.person_with_alias(account)
            if who is not None and roster.people[who].active_at(case.request.created):
                yield who


def _reviews(case: Case) -> Iterator[tuple[Evidence, CodeReview]]:
    for evidence in case.request.evidence:
        if isinstance(evidence.content, CodeReview):
            yield evidence, evidence.content


def _revisions_built(case: Case) -> frozenset[str]:
    envelopes = (evidence.envelope for evidence, _ in provenance_in(case))
    return frozenset(revision for envelope in envelopes if envelope for revision in revisions_in(envelope))
