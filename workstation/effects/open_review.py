"""Open review: whoever reads with a card has it on record, with the answer the card gave for this review."""

from __future__ import annotations

import base64

from workstation.core.action import OpenReview
from workstation.core.opening import verify_answer
from workstation.core.strict_json import JsonObject
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def open_review(permit: Permit[OpenReview], _tools: Tools, _materials: Materials) -> Effected:
    """Note what is shown and to whom; raises Untrusted when the card answered about something else."""
    review, reader = permit.action.review, permit.action.reader
    payload: JsonObject = {"diff": review.diff.digest()}
    if reader is not None:
        verify_answer(
            reader.holder.key,
            review=review.digest,
            challenge=reader.challenge,
            signature=reader.signature,
        )
        payload["challenge"] = base64.b64encode(reader.challenge).decode()
        payload["signature"] = base64.b64encode(reader.signature).decode()
    return Effected(result=Noted(), payload=payload)
