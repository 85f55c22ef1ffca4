"""`trim`: what the policy keeps no longer leaves the store."""

from __future__ import annotations

from argparse import Namespace

from workstation.console.opening import desk_of
from workstation.console.reply import Reply, refusal_reply
from workstation.core.strict_json import JsonObject
from workstation.desk.face import Refused
from workstation.desk.store_room import StoreRoom


def trim(arguments: Namespace) -> Reply:
    """Drop the artifacts of releases that the policy keeps no longer; what proves the releases stays."""
    with desk_of(arguments) as desk:
        room = StoreRoom(desk.parts)
        found = room.superfluous()
        going = sorted(found)
        outcome = None if arguments.dry_run or not going else room.drop(tuple(going))
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    count = len({digest for digests in found.values() for digest in digests})
    said = f"entry {outcome}" if outcome is not None else "nothing was dropped"
    document: JsonObject = {
        "requests": [*going],
        "digests": [*sorted({digest for digests in found.values() for digest in digests})],
        "entry": outcome,
    }
    lines = (f"{len(going)} releases are kept no longer, {count} artifacts of theirs are here: {said}",)
    return Reply(document=document, lines=lines)
