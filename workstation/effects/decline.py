"""Decline: a person's signed objection, which sticks."""

from __future__ import annotations

from workstation.core.action import Decline
from workstation.core.countersignature import bind
from workstation.core.declination import declination_statement
from workstation.core.errors import WorkstationError
from workstation.core.review import RENDERER
from workstation.effects.sign_with_card import sign_with_card
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Signed
from workstation.permit import Permit


def decline(permit: Permit[Decline], tools: Tools, materials: Materials) -> Effected:
    """Have the card sign the objection and keep it."""
    action, facts = permit.action, permit.facts
    request, person = action.review.request, action.approver.person
    if facts.trust is None or facts.builders is None or person is None:
        raise WorkstationError("a declination was permitted without a roster or a person")
    binding = bind(
        request,
        facts.trust,
        facts.builders,
        review=action.review.digest,
        renderer=RENDERER,
        station=tools.station,
        at=facts.now,
        journal=tools.head(),
    )
    statement = declination_statement(request.manifest, binding, action.approver, action.reason)
    envelope = tools.vault.put(sign_with_card(statement, action.approver, tools, materials).received)
    return Effected(
        result=Signed(envelope=envelope, statement=statement),
        payload={"person": person.id, "fingerprint": action.approver.key.fingerprint, "envelope": envelope},
    )
