"""Having the card that answered sign a statement, and checking what it gave back."""

from __future__ import annotations

from workstation.core.approver import CardHolder
from workstation.core.dsse import IN_TOTO, Envelope, Signature, make_envelope, pae
from workstation.core.errors import TokenRefused
from workstation.effects.tools import Tools
from workstation.outcome import Materials
from workstation.tokens.cards import AnsweredCard


def answered_card(holder: CardHolder, materials: Materials) -> AnsweredCard:
    """Return the card that answered, if it is the holder's; raises TokenRefused."""
    card = materials.card
    if card is None or card.key.fingerprint != holder.key.fingerprint:
        raise TokenRefused("token_changed", "the card that answered is not the one that signs")
    return card


def sign_with_card(statement: bytes, holder: CardHolder, tools: Tools, materials: Materials) -> Envelope:
    """Return the statement in an envelope signed by the holder's card; raises TokenRefused, Untrusted."""
    card = answered_card(holder, materials)
    if tools.cards is None:
        raise TokenRefused("module_refused", "no PKCS#11 module is configured")
    message = pae(IN_TOTO, statement)
    signature = tools.cards.sign(card, message, materials.pin)
    # The token worker's parent has verified it; this is our own code, with our own reading of the key.
    holder.key.verify(signature, message, where="the card's signature")
    return make_envelope(statement, (Signature(keyid=holder.key.keyid, value=signature),))
