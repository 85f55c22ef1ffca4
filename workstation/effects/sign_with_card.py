"""Having the card that answered sign a statement, and checking what it gave back."""

from __future__ import annotations

from workstation.core.approver import CardHolder
from workstation.core.dsse import IN_TOTO, Envelope, Signature, make_envelope, pae
from workstation.core.errors import TokenRefused
from workstation.effects.tools import Tools
from workstation.outcome import Materials


def sign_with_card(statement: bytes, holder: CardHolder, tools: Tools, materials: Materials) -> Envelope:
    """Return the statement in an envelope signed by the holder's card; raises TokenRefused, Untrusted."""
    card = materials.card
    if tools.cards is None or card is None or card.key.fingerprint != holder.key.fingerprint:
        raise TokenRefused("token_changed", "the card that answered is not the one that signs")
    message = pae(IN_TOTO, statement)
    signature = tools.cards.sign(card, message, materials.pin)
    # The token worker's parent has verified it; this is our own code, with our own reading of the key.
    holder.key.verify(signature, message, where="the card's signature")
    return make_envelope(statement, (Signature(keyid=holder.key.keyid, value=signature),))
