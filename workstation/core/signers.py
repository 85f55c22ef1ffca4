"""Who signed an envelope: every signature on it, looked up in the roster and verified.

A keyid only says where to look. A signature that names a known key and does not verify under it is
`Untrusted`; one that names no known key is kept as a stranger's, because whoever made it may have
had a hand in what is signed. A key that never proved itself is nobody's: using it is `Untrusted`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from workstation.core.credential_proof import refuse_false_proof
from workstation.core.errors import Untrusted
from workstation.core.roster import Held, Roster, Use

if TYPE_CHECKING:
    from workstation.core.dsse import Envelope, Signature


@dataclass(frozen=True, slots=True)
class Known:
    """A verified signature by a key in the roster."""

    held: Held


@dataclass(frozen=True, slots=True)
class Stranger:
    """A signature whose keyid points to nothing in the roster."""

    keyid: str


Signer: TypeAlias = Known | Stranger


def signers_of(envelope: Envelope, roster: Roster, *, where: str) -> tuple[Signer, ...]:
    """Return who signed, one answer a signature; raises Untrusted for a signature that does not hold."""
    return tuple(_signer(signature, envelope, roster, where) for signature in envelope.signatures)


def sole_signer(envelope: Envelope, roster: Roster, use: Use | None, *, where: str) -> Held:
    """Return the one holder who signed; raises Untrusted.

    With `use`, the key has to be enrolled for it; without, whoever asks decides what it may do.
    """
    if len(envelope.signatures) != 1:
        raise Untrusted(where, f"{len(envelope.signatures)} signatures found, exactly one wanted")
    match _signer(envelope.signatures[0], envelope, roster, where):
        case Known(held) if use is None or use in held.credential.uses:
            return held
        case Known(held):
            raise Untrusted(where, f"a key of {held.holder.id} not enrolled for {use} found")
        case Stranger(keyid):
            raise Untrusted(
                where, f"a signature by unknown key {keyid[:64]!a} found, one from the roster wanted"
            )


def _signer(signature: Signature, envelope: Envelope, roster: Roster, where: str) -> Signer:
    held = roster.holder_of_keyid(signature.keyid)
    if held is None:
        return Stranger(signature.keyid)
    refuse_false_proof(held)
    held.credential.key.verify(signature.value, envelope.signed_bytes, where=where)
    return Known(held)
