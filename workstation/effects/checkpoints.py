"""A checkpoint with more than one signature: the station's, and those of the cards at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workstation.core.card_checkpoint import card_signer, signs_checkpoints
from workstation.core.checkpoint import SignatureLine, parse_note, signature_line, signed_note
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import TokenRefused
from workstation.core.strict_json import JsonObject
from workstation.effects.tools import Tools
from workstation.outcome import AnsweredSigner


def signed_checkpoint(tools: Tools, signers: Sequence[AnsweredSigner], *, cause: str, ref: int) -> bytes:
    """Return a checkpoint signed by the station and by each card that can, and keep it in the journal.

    A card with another kind of key proved itself when it was identified, and signs no note.
    """
    note = parse_note(tools.journal.checkpoint())
    lines = (*note.lines, *_card_lines(tools, signers, note.checkpoint.body()))
    whole = signed_note(note.checkpoint, lines)
    said: JsonObject = {
        "size": note.checkpoint.size,
        "root": note.checkpoint.root.hex(),
        "note": whole.decode(),
        "cause": cause,
    }
    tools.journal.append(Draft(kind=Kind.JOURNAL_CHECKPOINT, outcome=Outcome.INFO, ref=ref, payload=said))
    return whole


def _card_lines(tools: Tools, signers: Sequence[AnsweredSigner], body: bytes) -> Iterator[SignatureLine]:
    for one in signers:
        if signs_checkpoints(one.card.key):
            yield _line(tools, one, body)


def _line(tools: Tools, signer: AnsweredSigner, body: bytes) -> SignatureLine:
    if tools.cards is None:
        raise TokenRefused("module_refused", "no PKCS#11 module is configured")
    known = card_signer(signer.card.key)
    return signature_line(known, tools.cards.sign(signer.card, body, signer.pin))
