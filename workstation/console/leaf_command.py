"""`journal check-leaves`: what whoever may not read the journal can still hold against a checkpoint."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation.bootstrap import journal_directory
from workstation.console.documents import read_document
from workstation.console.memory_commands import raw_key_in
from workstation.console.opening import state_directory
from workstation.console.reply import Reply
from workstation.core.checkpoint import parse_note
from workstation.core.errors import JournalError, Usage
from workstation.core.memory import Remembered, remembered_note
from workstation.core.strict_json import JsonObject
from workstation.journal.leaf_check import CheckedLeaves, check_leaf_log
from workstation.journal.leaf_format import LEAF_LOG


def check_leaves(arguments: Namespace) -> Reply:
    """Check a leaf log without any key, and that it goes on from a checkpoint kept elsewhere."""
    if (arguments.note is None) is not (arguments.station is None):
        raise Usage("--note", "--note and --station wanted together: a note nobody verifies says nothing")
    path = (
        journal_directory(state_directory(arguments)) / LEAF_LOG
        if arguments.file is None
        else Path(arguments.file)
    )
    kept = None if arguments.note is None else _kept(arguments.note, arguments.station)
    found = check_leaf_log(path, kept=0 if kept is None else kept.head.size)
    if kept is not None:
        _expect_goes_on(found, kept)
    document: JsonObject = {
        "size": found.size,
        "root": found.root.hex(),
        "checkpoint": None if kept is None else kept.head.size,
    }
    held = "no checkpoint was given" if kept is None else f"it goes on from the first {kept.head.size}"
    return Reply(document=document, lines=(f"{found.size} leaves, root {found.root.hex()}; {held}",))


def _kept(note: str, station: str) -> Remembered:
    data = read_document(note)
    origin = parse_note(data).checkpoint.origin
    return remembered_note(Path(note).name, data, origin=origin, station_key=raw_key_in(station))


def _expect_goes_on(found: CheckedLeaves, kept: Remembered) -> None:
    if found.size < kept.head.size:
        raise JournalError(f"{kept.memory}: it remembers {kept.head.size} entries, {found.size} are there")
    if found.kept_root.hex() != kept.head.root:
        raise JournalError(f"{kept.memory}: the first {kept.head.size} entries are not those it remembers")
