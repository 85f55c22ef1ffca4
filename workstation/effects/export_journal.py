"""Export: entries leave the journal with everything that proves them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from workstation.core.action import ExportJournal
from workstation.core.card_checkpoint import card_signer, signs_checkpoints
from workstation.core.checkpoint import SignatureType, Signer, parse_note
from workstation.core.entry import parse_entry
from workstation.core.errors import JournalError
from workstation.core.identity import Digest
from workstation.core.journal_export import Beside, JournalExport, is_decision, key_line
from workstation.core.ocsf import ocsf_lines
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Exported, Materials
from workstation.permit import Permit
from workstation.record.export_directory import write_export

OCSF: Final = "ocsf.jsonl"


def export_journal(permit: Permit[ExportJournal], tools: Tools, _materials: Materials) -> Effected:
    """Write the export; raises JournalError when there are no such entries, MediaError."""
    asked = permit.action
    export = _exported(asked, tools)
    files = export.files()
    if asked.ocsf:
        files[OCSF] = ocsf_lines(parse_entry(body) for body in export.bodies)
    said = parse_note(export.checkpoint).checkpoint
    words = {
        "origin": export.origin,
        "start": str(export.start),
        "stop": str(export.stop),
        "size": str(said.size),
        "root": said.root.hex(),
        "station": key_line(export.signers[0]),
    }
    digest = write_export(Path(asked.directory), files, words)
    return Effected(
        result=Exported(directory=asked.directory, digest=digest, start=export.start, stop=export.stop),
        payload={
            "start": export.start,
            "stop": export.stop,
            "size": said.size,
            "root": Digest(said.root.hex()),
            "digest": digest,
        },
    )


def _exported(asked: ExportJournal, tools: Tools) -> JournalExport:
    journal = tools.journal
    head, checkpoint = journal.head(), journal.checkpoint()
    start, stop = asked.start, head.size if asked.stop is None else asked.stop
    if not 0 <= start < stop <= head.size:
        raise JournalError(f"entries {start} to {stop} asked for, within 0 to {head.size} wanted")
    bodies = tuple(journal.bodies(start, stop))
    decisions = [entry.seq for entry in map(parse_entry, bodies) if is_decision(entry)]
    return JournalExport(
        origin=head.origin,
        start=start,
        stop=stop,
        bodies=bodies,
        frames=b"".join(journal.frames(start, stop)),
        checkpoint=checkpoint,
        # The way up from the last leaf of a tree passes every complete subtree before it, smallest first.
        before=tuple(reversed(journal.inclusion(start, start + 1))),
        after=journal.consistency(stop, head.size),
        proofs={seq: journal.inclusion(seq, head.size) for seq in decisions},
        signers=_signers(head.origin, tools),
        beside=tuple(
            Beside(seq=each.seq, name=each.name, salt=each.salt, text=each.text)
            for each in journal.beside(start, stop)
        ),
    )


def _signers(origin: str, tools: Tools) -> tuple[Signer, ...]:
    station = Signer(name=origin, type=SignatureType.ED25519, key=tools.journal.station_key)
    if tools.trust is None:
        return (station,)
    cards = (
        card_signer(credential.key)
        for person in tools.trust.snapshot.roster.people.values()
        for credential in person.credentials
        if signs_checkpoints(credential.key)
    )
    return (station, *cards)
