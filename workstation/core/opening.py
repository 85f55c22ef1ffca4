"""The opening of a review: who held their card to it before they read, proved by the card.

The card signs a challenge that ends in the review's digest, so its answer opens this review and no
other, and it begins with the journal's head, so it was given after that. Whether the same person
comes back with the same card to sign is a guardrail's question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.core.approver import IDENTIFY_PREFIX, CardHolder
from workstation.core.errors import Untrusted
from workstation.core.identity import Digest, Fingerprint, PersonId
from workstation.core.public_key import PublicKey
from workstation.core.roster import Roster
from workstation.core.shape import Shape

DIGEST_BYTES: Final = 32
NONCE_BYTES: Final = 32
CHALLENGE_BYTES: Final = DIGEST_BYTES + NONCE_BYTES + DIGEST_BYTES
"""The journal's root hash, a nonce, and the review's digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever opens a review with a card, and what the card answered."""

    holder: CardHolder
    challenge: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A review that was opened with a card, as entry `seq` of the journal has it.

    `person` is who the roster of that moment said holds the key: None for a stranger or a machine.
    `challenge` and `signature` are base64, as the entry has them, not yet looked at.
    """

    review: Digest
    person: PersonId | None
    fingerprint: Fingerprint
    token_serial: str
    challenge: str
    signature: str
    seq: int


def opening_challenge(head: Digest, nonce: bytes, review: Digest) -> bytes:
    """Return what a card is asked to sign to open `review`, after the journal's root hash `head`."""
    return bytes.fromhex(head) + nonce + bytes.fromhex(review)


def verify_answer(key: PublicKey, *, review: Digest, challenge: bytes, signature: bytes) -> None:
    """Raise Untrusted unless the holder of `key` answered a challenge to open exactly this review."""
    where = "the card's answer on opening the review"
    if len(challenge) != CHALLENGE_BYTES or challenge[-DIGEST_BYTES:].hex() != review:
        raise Untrusted(where, "it answers a challenge that is not about this review")
    key.verify(signature, IDENTIFY_PREFIX + challenge, where=where)


def verify_opening(opening: Opening, roster: Roster) -> None:
    """Raise Untrusted unless the card of the person named, by this roster, gave the answer on record.

    Raises Malformed when the answer is not base64.
    """
    held = roster.holder_of(opening.fingerprint)
    if held is None or str(held.holder.id) != opening.person:
        raise Untrusted(f"journal entry {opening.seq}", "a review opened with a key that is not its person's")
    where = f"journal entry {opening.seq}"
    verify_answer(
        held.credential.key,
        review=opening.review,
        challenge=Shape(opening.challenge, f"{where}.challenge").base64(),
        signature=Shape(opening.signature, f"{where}.signature").base64(),
    )
