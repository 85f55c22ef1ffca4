"""Countersign: the card signs a statement bound to the journal entry that allowed it."""

from __future__ import annotations

from workstation.core.action import Countersign
from workstation.core.countersignature import Countersignature, bind, parse_countersignature
from workstation.core.dsse import Signature, make_envelope
from workstation.core.errors import Malformed, WorkstationError
from workstation.core.identity import digest_of
from workstation.core.quorum import roles_of
from workstation.core.review import RENDERER, Review
from workstation.core.seen import seen_name
from workstation.effects.sign_with_card import sign_with_card
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Signed
from workstation.permit import Permit


def countersign(permit: Permit[Countersign], tools: Tools, materials: Materials) -> Effected:
    """Hash the artifacts once more, have the card sign, keep the envelope."""
    action, case = permit.action, permit.facts.case
    person = action.approver.person
    if case is None or person is None:
        raise WorkstationError("a countersignature was permitted without a case or a person")
    for artifact in case.request.manifest:
        tools.vault.verify(artifact.digest)
    said = Countersignature(
        binding=bind(
            case.request,
            case.trust,
            case.builders,
            review=action.review.digest,
            renderer=RENDERER,
            station=tools.station,
            at=permit.facts.now,
            journal=tools.head(),
        ),
        approver=person.id,
        fingerprint=action.approver.key.fingerprint,
        token_serial=action.approver.token_serial,
        roles=roles_of(person),
        acknowledged=(*action.acknowledged, *_seen(action)),
        comment=action.comment,
    )
    statement = said.to_statement(case.request.manifest)
    _refuse_unreadable(statement, said)
    signed = sign_with_card(statement, action.approver, tools, materials)
    _keep(action.review, tools)
    envelope = tools.vault.put(signed.received)
    return Effected(
        result=Signed(envelope=envelope, statement=statement),
        payload={
            "envelope": envelope,
            "statement": digest_of(statement),
            "at": int(permit.facts.now.timestamp() * 1000),
            "person": person.id,
            "fingerprint": said.fingerprint,
            "roster": case.trust.roster.version,
            "policy": case.trust.policy.version,
            "builders": [*sorted(case.builders.people)],
        },
    )


def _keep(review: Review, tools: Tools) -> None:
    """Keep the review's document and lists of findings: a release needs them, whatever is shown by then."""
    for data in (review.document, *review.lists.values()):
        tools.vault.put(data)


def _seen(action: Countersign) -> tuple[str, ...]:
    return () if action.at_screen is None else tuple(seen_name(key) for key in action.at_screen.seen)


def _refuse_unreadable(statement: bytes, said: Countersignature) -> None:
    """Raise Malformed before a card is asked to sign what nobody could read again."""
    unsigned = make_envelope(statement, (Signature(keyid="", value=b""),))
    found = parse_countersignature(unsigned.received, where="countersignature").countersignature
    if found != said:
        raise Malformed("countersignature", "a statement that reads differently than it was meant found")
