"""Countersign: the card signs where the journal stands after the entry that allowed it, and the statement."""

from __future__ import annotations

from workstation.core.action import Countersign
from workstation.core.checkpoint import parse_note
from workstation.core.countersignature import Countersignature, Head, bind, parse_countersignature
from workstation.core.dsse import Signature, make_envelope
from workstation.core.errors import Malformed, WorkstationError
from workstation.core.identity import digest_of
from workstation.core.quorum import roles_of
from workstation.core.review import RENDERER, Review
from workstation.core.seen import seen_name
from workstation.effects.checkpoints import signed_checkpoint
from workstation.effects.sign_with_card import answered_card, sign_with_card
from workstation.effects.tools import Effected, Tools
from workstation.outcome import AnsweredSigner, Materials, Signed
from workstation.permit import Permit
from workstation.process.frames import wipe


def countersign(permit: Permit[Countersign], tools: Tools, materials: Materials) -> Effected:
    """Hash the artifacts once more, have the card sign checkpoint and statement, keep the envelope."""
    action, case = permit.action, permit.facts.case
    person = action.approver.person
    if case is None or person is None:
        raise WorkstationError("a countersignature was permitted without a case or a person")
    for artifact in case.request.manifest:
        tools.vault.verify(artifact.digest)
    note = _checkpoint(permit, tools, materials)
    shown = parse_note(note).checkpoint
    said = Countersignature(
        binding=bind(
            case.request,
            case.trust,
            case.builders,
            review=action.review.digest,
            renderer=RENDERER,
            station=tools.station,
            at=permit.facts.now,
            journal=Head.of(shown.origin, shown.size, shown.root),
        ),
        approver=person.id,
        fingerprint=action.approver.key.fingerprint,
        token_serial=action.approver.token_serial,
        roles=roles_of(person),
        acknowledged=(*action.acknowledged, *_seen(action)),
        comment=action.comment,
        checkpoint=note.decode(),
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


def _checkpoint(permit: Permit[Countersign], tools: Tools, materials: Materials) -> bytes:
    """Have the card sign where the journal stands, and keep that in it."""
    card = answered_card(permit.action.approver, materials)
    # A copy: the token worker wipes what it is handed, and the statement needs the PIN once more.
    pin = None if materials.pin is None else bytearray(materials.pin)
    signer = AnsweredSigner(card=card, pin=pin)
    try:
        return signed_checkpoint(tools, (signer,), cause="countersign", ref=permit.entry.seq)
    finally:
        if pin is not None:
            wipe(pin)


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
