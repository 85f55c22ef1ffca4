"""A rule about reading before signing: the same person comes with the same card to both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workstation.core.action import Action, Countersign
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.identity import Digest, Fingerprint, PersonId
from workstation.core.opening import Opening
from workstation.core.verdict import Violation


def review_unopened(action: Action, facts: Facts) -> Iterator[Violation]:
    """REVIEW-UNOPENED: whoever countersigns opened this very review, as the same person with the same card.

    Asked again of every countersignature that is counted, at the release and by the deployer.
    """
    match action:
        case Countersign(approver=holder, review=review) if facts.history is not None:
            shown = review.digest
            person = None if holder.person is None else holder.person.id
            card = (person, holder.key.fingerprint, holder.token_serial)
            if not any(_opened(one, shown, card) for one in facts.history.openings):
                yield _violation(holder.label, shown, person, facts.history.openings)
        case _:
            return


def unopened(item: VerifiedCountersignature, openings: Iterable[Opening]) -> Iterator[Violation]:
    """REVIEW-UNOPENED: a countersignature whose signer did not open the review before is not counted."""
    if opening_of(item, openings) is None:
        said = item.signed.countersignature
        yield _violation(item.held.holder.name, said.binding.review, said.approver, tuple(openings))


def opening_of(item: VerifiedCountersignature, openings: Iterable[Opening]) -> Opening | None:
    """Return the last opening of its review by its signer with its card before it was made, or None."""
    said = item.signed.countersignature
    card = (said.approver, said.fingerprint, said.token_serial)
    before = (one for one in openings if one.seq < said.binding.journal.size)
    found = [one for one in before if _opened(one, said.binding.review, card)]
    return max(found, key=lambda one: one.seq, default=None)


def _opened(opening: Opening, review: Digest, card: tuple[PersonId | None, Fingerprint, str]) -> bool:
    return opening.review == review and (opening.person, opening.fingerprint, opening.token_serial) == card


def _violation(label: str, review: Digest, person: PersonId | None, openings: Iterable[Opening]) -> Violation:
    others = [one.token_serial for one in openings if one.review == review and one.person == person]
    with_another = f", but with token {others[-1]}" if person is not None and others else ""
    return Violation(
        "REVIEW-UNOPENED", f"{label} has not opened review {review} with this card{with_another}"
    )
