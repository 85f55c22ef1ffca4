"""Vouching: the people who enrol a key sign so with their own cards (docs/spec/roster.md).

What they sign names the holder, the key, its token, its uses, when it was enrolled and the challenge the
key answered before their eyes. Its first line keeps it apart from everything else a card is asked to sign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Protocol

from workstation.core.enrolled import Proof, Vouch
from workstation.core.errors import Malformed, Untrusted
from workstation.core.public_key import PublicKey
from workstation.core.roster import Credential, Held, Person, Roster, Use
from workstation.core.shape import time_text

_FIRST_LINE: Final = "countersign-vouch-v1"


class Enrolled(Protocol):
    """What of a credential, or of one to be, an enroller signs for."""

    @property
    def key(self) -> PublicKey:
        """The key."""
        ...

    @property
    def uses(self) -> frozenset[Use]:
        """What for."""
        ...

    @property
    def token_serial(self) -> str | None:
        """The token's name, as its module gives it."""
        ...

    @property
    def enrolled(self) -> datetime:
        """When."""
        ...

    @property
    def proof(self) -> Proof | None:
        """The key's own agreement."""
        ...


def vouch_message(enroller: str, holder: str, credential: Enrolled) -> bytes:
    """Return what an enroller's card signs, eight lines; raises Malformed for a key without its own proof."""
    if credential.proof is None:
        raise Malformed("vouch", "a key without a proof of possession found, one wanted")
    uses = ",".join(sorted(use.value for use in credential.uses))
    lines = (
        _FIRST_LINE,
        enroller,
        holder,
        credential.key.fingerprint,
        credential.token_serial or "-",
        uses,
        time_text(credential.enrolled),
        hashlib.sha256(credential.proof.challenge).hexdigest(),
    )
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def voucher_of(vouch: Vouch, held: Held, roster: Roster) -> Held:
    """Return who vouched for a credential; raises Untrusted unless an enroller of it, who signed."""
    where = f"vouch for key {held.credential.key.fingerprint}"
    voucher = roster.holder_of(vouch.fingerprint)
    if voucher is None or voucher.holder.id not in held.credential.enrolled_by:
        raise Untrusted(where, f"key {vouch.fingerprint} of none of its enrollers found")
    message = vouch_message(voucher.holder.id, held.holder.id, held.credential)
    voucher.credential.key.verify(vouch.signature, message, where=where)
    return voucher


def vouching_objections(roster: Roster, held: Held) -> Iterator[str]:
    """Say in words which enrollers of a key did not sign for it, with a card that was good at the time."""
    credential = held.credential
    signed: dict[str, Held] = {}
    for vouch in credential.vouched:
        try:
            voucher = voucher_of(vouch, held, roster)
        except Untrusted as error:
            yield str(error)
        else:
            signed[voucher.holder.id] = voucher
    for name in sorted(set(credential.enrolled_by)):
        voucher_held = signed.get(name)
        if voucher_held is None:
            yield f"{_key_of(held)} names {name} as enroller, whose card did not sign for it"
        elif not _good(voucher_held, credential):
            yield f"{_key_of(held)} was enrolled by {name} with a card that was not good then"


def _good(voucher: Held, credential: Credential) -> bool:
    """Answer whether a person's card, which had proved itself, was in force when the key was enrolled."""
    return (
        isinstance(voucher.holder, Person)
        and voucher.credential.proof is not None
        and voucher.credential.valid_at(credential.enrolled)
        and voucher.holder.active_at(credential.enrolled)
    )


def _key_of(held: Held) -> str:
    return f"key {held.credential.key.fingerprint} of {held.holder.id}"
