"""The person behind a card, read from the card and never chosen on a screen."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.core.credential_proof import refuse_false_proof
from workstation.core.errors import Untrusted
from workstation.core.public_key import PublicKey
from workstation.core.roster import Held, Person, Roster, Service

IDENTIFY_PREFIX = b"countersign-identify-v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHolder:
    """A key that answered a fresh challenge, the token it sits in, and who holds it if anyone does."""

    key: PublicKey
    token_serial: str
    token_label: str
    held: Held | None

    @property
    def person(self) -> Person | None:
        """The person this key is enrolled for; None for a stranger or a service."""
        return self.held.holder if self.held is not None and isinstance(self.held.holder, Person) else None

    @property
    def service(self) -> Service | None:
        """The service this key belongs to, if it is a machine's."""
        return self.held.holder if self.held is not None and isinstance(self.held.holder, Service) else None

    @property
    def label(self) -> str:
        """A name for messages: the person's, the service's, or the key's fingerprint."""
        if self.held is not None:
            return self.held.holder.name
        return f"key {self.key.fingerprint[:16]}"


def identified(
    key: PublicKey,
    *,
    challenge: bytes,
    signature: bytes,
    token_serial: str,
    token_label: str,
    roster: Roster,
) -> CardHolder:
    """Return who answered `challenge`; raises Untrusted for a false answer or proof of possession."""
    if not challenge:
        raise Untrusted("token", "an empty challenge proves nothing")
    key.verify(signature, IDENTIFY_PREFIX + challenge, where="token's answer to the challenge")
    held = roster.holder_of(key.fingerprint)
    if held is not None:
        refuse_false_proof(held)
    return CardHolder(key=key, token_serial=token_serial, token_label=token_label, held=held)
