"""Enrolment: a key proves that it is there and agrees, and two people say whose it is.

The proof is a signature by the key being enrolled over a fresh challenge and over what it is
enrolled for (docs/spec/roster.md). It cannot be carried to another holder, key or use, and its
first line keeps it apart from everything else a card is asked to sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.public_key import PublicKey
from workstation.core.roster import Credential, Held, Person, Proof, Roster, Use
from workstation.core.vouching import vouching_objections

CHALLENGE_BYTES: Final = 32
ENROLLERS: Final = 2
PROVED_USES: Final = frozenset({Use.COUNTERSIGN, Use.TRUST, Use.RECEIPT})
"""What people do only with a key that proved itself; the rest can be done with a key in a file."""

_FIRST_LINE: Final = "countersign-enrol-v1"


def proof_message(holder: str, key: PublicKey, uses: Iterable[Use], challenge: bytes) -> bytes:
    """Return what the key signs: five lines, the challenge in hex, the uses sorted."""
    listed = ",".join(sorted(use.value for use in uses))
    lines = (_FIRST_LINE, challenge.hex(), holder, key.fingerprint, listed)
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def verify_proof(proof: Proof, key: PublicKey, holder: str, uses: Iterable[Use], *, where: str) -> None:
    """Raise Untrusted unless the key agreed to be enrolled for this holder and these uses."""
    key.verify(proof.signature, proof_message(holder, key, uses, proof.challenge), where=where)


def refuse_unproved(person: Person, *, where: str) -> None:
    """Raise Malformed when a key that decides something was enrolled without its proof."""
    for credential in person.credentials:
        if credential.proof is None and credential.uses & PROVED_USES:
            uses = ", ".join(sorted(use.value for use in credential.uses & PROVED_USES))
            raise Malformed(
                where,
                f"key {credential.key.fingerprint} of {person.id} for {uses} without a proof of possession"
                " found, the card's own signature wanted",
            )


def enrolment_objections(roster: Roster, added: Iterable[Held], *, custodians: int) -> Iterator[str]:
    """Say in words what is wrong with how these keys of `roster` were enrolled.

    `custodians` is how many there were before: once there are two, it takes two people to enrol a
    key for countersigning, and each signs for it with a card of their own. Whoever is named has to be
    somebody else, of this roster, at that time.
    """
    for held in added:
        odd = tuple(_odd_enrollers(roster, held))
        yield from odd
        wanted = isinstance(held.holder, Person) and Use.COUNTERSIGN in held.credential.uses
        found = len(set(held.credential.enrolled_by))
        if wanted and custodians >= ENROLLERS and found < ENROLLERS:
            yield f"{_key_of(held)} was enrolled by {found} people, {ENROLLERS} wanted"
        elif wanted and custodians >= ENROLLERS and not odd:
            yield from vouching_objections(roster, held)


def _odd_enrollers(roster: Roster, held: Held) -> Iterator[str]:
    named = held.credential.enrolled_by
    if len(set(named)) != len(named):
        yield f"{_key_of(held)} names one enroller twice"
    for name in sorted(set(named)):
        enroller = roster.people.get(name)
        if name == held.holder.id:
            yield f"{_key_of(held)} was enrolled by {name} themselves"
        elif enroller is None:
            yield f"{_key_of(held)} was enrolled by {name}, who is not in the roster"
        elif not _known_by(enroller, held.credential):
            yield f"{_key_of(held)} was enrolled by {name} before they were in the roster"


def _known_by(enroller: Person, credential: Credential) -> bool:
    return enroller.status[0].since <= credential.enrolled


def _key_of(held: Held) -> str:
    return f"key {held.credential.key.fingerprint} of {held.holder.id}"
