"""Rules about a decision: who decides, about what they were shown, and once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from workstation.core.action import Action, Countersign, Decline, OpenReview, Release
from workstation.core.facts import Facts
from workstation.core.guardrails.approver import Standing, objections
from workstation.core.quorum import quorum_of
from workstation.core.release_diff import REFUSE, ReviewVerdict
from workstation.core.verdict import Violation


def approver(action: Action, facts: Facts) -> Iterator[Violation]:
    """Ask every approver rule (SOD-BUILDER and its family) about whoever holds the card."""
    match action:
        case Countersign(approver=holder):
            case = facts.case
            if case is None:
                return
            standing = Standing(
                label=holder.label,
                held=holder.held,
                token_serial=holder.token_serial,
                request=case.request,
                builders=case.builders,
                rule=case.rule,
                at=facts.now,
                roots=case.trust.roster.attestation_roots,
            )
            yield from objections(standing)
        case _:
            return


def approver_repeated(action: Action, facts: Facts) -> Iterator[Violation]:
    """APPROVER-REPEATED: one person, one key and one token countersign a request once.

    Asked again at the release and by the deployer: two people never sign with one key or token.
    """
    match action:
        case Countersign(approver=holder):
            for verified in facts.standing:
                said = verified.signed.countersignature
                if holder.person is not None and said.approver == holder.person.id:
                    yield Violation("APPROVER-REPEATED", f"{holder.label} has countersigned this already")
                elif said.fingerprint == holder.key.fingerprint or said.token_serial == holder.token_serial:
                    yield Violation(
                        "APPROVER-REPEATED", f"this key or token has countersigned as {said.approver}"
                    )
        case Release():
            made = (verified.signed.countersignature for verified in facts.standing)
            # By name, for a deployer does not read them in the order they were made.
            for one, other in combinations(sorted(made, key=lambda said: said.approver), 2):
                same = one.token_serial == other.token_serial or one.fingerprint == other.fingerprint
                if same and one.approver != other.approver:
                    yield Violation(
                        "APPROVER-REPEATED",
                        f"one key or token has countersigned as {one.approver} and as {other.approver}",
                    )
        case _:
            return


def decliner_unknown(action: Action, facts: Facts) -> Iterator[Violation]:
    """DECLINER-UNKNOWN: an objection is made by a person of the roster, with a key that is valid now."""
    match action:
        case Decline(approver=holder):
            if holder.person is None or not holder.person.active_at(facts.now):
                yield Violation("DECLINER-UNKNOWN", f"{holder.label} is not a person of the roster")
            elif holder.held is not None and not holder.held.credential.valid_at(facts.now):
                yield Violation("DECLINER-UNKNOWN", f"this key of {holder.label} is not valid now")
        case _:
            return


def review_stale(action: Action, _facts: Facts) -> Iterator[Violation]:
    """REVIEW-STALE: what is signed is what was shown."""
    match action:
        case Countersign(review=review, shown=shown) if shown != review.digest:
            yield Violation("REVIEW-STALE", f"review {shown} was shown, {review.digest} would be signed")
        case _:
            return


def review_refused(action: Action, _facts: Facts) -> Iterator[Violation]:
    """REVIEW-REFUSED: what cannot be looked into cannot be countersigned."""
    match action:
        case Countersign(review=review) if review.diff.verdict is ReviewVerdict.REFUSED:
            for finding in review.diff.findings:
                if finding.rank >= REFUSE:
                    yield Violation("REVIEW-REFUSED", f"{finding.path}: {finding.sentence}")
        case OpenReview():
            return
        case _:
            return


def quorum(action: Action, facts: Facts) -> Iterator[Violation]:
    """QUORUM: enough distinct people, none of them a builder, have countersigned what is released."""
    match action:
        case Release():
            found = quorum_of(facts)
            for met in found.needs:
                if not met.enough:
                    yield Violation(
                        "QUORUM",
                        f"{met.have} of {met.need.at_least} countersignatures by {met.need.role}",
                        "approvals.atLeast",
                    )
            for counted in found.counted:
                for violation in () if counted.lapsed and found.reached else counted.against:
                    who = counted.verified.held.holder.name
                    yield Violation(
                        violation.rule, f"{who}'s countersignature does not count: {violation.detail}"
                    )
            if not found.needs:
                yield Violation("QUORUM", "no rule says whose countersignatures are enough")
        case _:
            return
