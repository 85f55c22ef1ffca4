"""The checkpoints that are entries of the journal: that each is of this history, and signed by who it says.

A card signs one whenever it countersigns. Its name on it is of its key (`card_checkpoint`), and the entry
that allowed the countersignature says which key that was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from workstation.core.card_checkpoint import card_signer, signs_checkpoints
from workstation.core.checkpoint import SignatureType, Signer, verify_note
from workstation.core.entry import Entry, Kind
from workstation.core.errors import Malformed, Untrusted
from workstation.core.memory import contradiction, remembered_note
from workstation.core.roster import Roster
from workstation.desk.memories import head_of
from workstation.journal.client import Journal

COUNTERSIGN: Final = "countersign"
"""The cause of a checkpoint that a card signed with its countersignature."""


def checkpoint_findings(journal: Journal, entries: Sequence[Entry], roster: Roster | None) -> tuple[str, ...]:
    """Return what is wrong with the checkpoints among all `entries` of the journal.

    The lines of cards the roster does not know are passed over (C2SP signed-note).
    """
    cards: Mapping[str, Signer] = {} if roster is None else _cards(roster)
    kept = (entry for entry in entries if entry.kind is Kind.JOURNAL_CHECKPOINT)
    return tuple(_findings(journal, entries, kept, cards))


def _cards(roster: Roster) -> Mapping[str, Signer]:
    credentials = (one for person in roster.people.values() for one in person.credentials)
    return {one.key.fingerprint: card_signer(one.key) for one in credentials if signs_checkpoints(one.key)}


def _findings(
    journal: Journal, entries: Sequence[Entry], kept: Iterable[Entry], cards: Mapping[str, Signer]
) -> Iterator[str]:
    now, key = head_of(journal), journal.station_key
    station = Signer(name=now.origin, type=SignatureType.ED25519, key=key)
    for entry in kept:
        memory, note = f"the checkpoint in entry {entry.seq}", str(entry.payload.get("note")).encode()
        try:
            remembered = remembered_note(memory, note, origin=now.origin, station_key=key)
            signers = verify_note(note, (station, *cards.values())).signers
        except (Malformed, Untrusted) as error:
            yield f"{memory}: {error}"
            continue
        found = contradiction(remembered, now, journal.consistency)
        if found is not None:
            yield found
        wanted = cards.get(_key_that_signs(entries, entry))
        if wanted is not None and wanted not in signers:
            yield f"{memory}: it is not signed by {wanted.name}, which countersigned"


def _key_that_signs(entries: Sequence[Entry], kept: Entry) -> str:
    """Return the fingerprint of the key that countersigned where a checkpoint was made; empty elsewhere."""
    if kept.payload.get("cause") != COUNTERSIGN or kept.ref is None:
        return ""
    return entries[kept.ref].actor.key or ""
