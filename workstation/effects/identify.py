"""Identify: a card proves by a fresh challenge which key it holds, and the roster says whose it is."""

from __future__ import annotations

import base64
import os

from workstation.core.action import Identify
from workstation.core.approver import CardHolder, identified
from workstation.core.errors import TokenRefused
from workstation.core.identity import Digest
from workstation.core.opening import NONCE_BYTES, opening_challenge
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Identified, Materials
from workstation.permit import Permit
from workstation.tokens.cards import AnsweredCard


def identify(permit: Permit[Identify], tools: Tools, materials: Materials) -> Effected:
    """Ask the card; raises TokenRefused, or Untrusted when its answer does not verify."""
    if tools.cards is None:
        raise TokenRefused("module_refused", "no PKCS#11 module is configured")
    # The journal head is part of the challenge, so the answer belongs to this moment and no other.
    challenge = _challenge(permit.action, tools.head().root)
    card = tools.cards.answer(permit.action.token, challenge, materials.pin)
    holder = _holder(card, challenge, tools)
    held = holder.held
    return Effected(
        result=Identified(holder=holder, card=card, challenge=challenge),
        payload={
            "challenge": challenge.hex(),
            "fingerprint": card.key.fingerprint,
            "spki": base64.b64encode(card.key.spki).decode(),
            "signature": base64.b64encode(card.identified.signature).decode(),
            "person": None if held is None else held.holder.id,
        },
    )


def _challenge(action: Identify, head: Digest) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    if action.review is None:
        return bytes.fromhex(head) + nonce
    return opening_challenge(head, nonce, action.review)


def _holder(card: AnsweredCard, challenge: bytes, tools: Tools) -> CardHolder:
    if tools.trust is None:
        return CardHolder(
            key=card.key, token_serial=card.facts.serial, token_label=card.facts.label, held=None
        )
    return identified(
        card.key,
        challenge=challenge,
        signature=card.identified.signature,
        token_serial=card.facts.serial,
        token_label=card.facts.label,
        roster=tools.trust.snapshot.roster,
    )
