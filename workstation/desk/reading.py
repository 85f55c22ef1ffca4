"""Who opens a review: what their card proved, and what they are told before they read."""

from __future__ import annotations

from workstation.core.action import Countersign
from workstation.core.approver import CardHolder
from workstation.core.facts import Facts
from workstation.core.opening import Reader
from workstation.core.planner import PERSONAL
from workstation.core.review import Review
from workstation.core.verdict import Violation
from workstation.desk.face import ReaderLine
from workstation.desk.replies import reason
from workstation.outcome import Identified


def reader_of(found: Identified) -> Reader:
    """Return whoever answered, as the one who opens the review their challenge was about."""
    return Reader(holder=found.holder, challenge=found.challenge, signature=found.card.identified.signature)


def reader_line(reader: Reader, review: Review, facts: Facts) -> ReaderLine:
    """Return who opened the review, and why they could not countersign it if they could not."""
    holder = reader.holder
    return ReaderLine(
        person="" if holder.person is None else holder.person.id,
        name=holder.label,
        fingerprint=holder.key.fingerprint,
        token_serial=holder.token_serial,
        against=tuple(reason(violation) for violation in _against(review, holder, facts)),
    )


def _against(review: Review, holder: CardHolder, facts: Facts) -> tuple[Violation, ...]:
    """Return what the rules about a person and their card say to a countersignature by this one."""
    action = Countersign(review=review, shown=review.digest, approver=holder, acknowledged=(), comment="")
    return tuple(dict.fromkeys(found for rule in PERSONAL for found in rule(action, facts)))
