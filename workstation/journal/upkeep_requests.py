"""What the journal writer is asked about tiles, texts beside the entries, and snapshots of the fold."""

from __future__ import annotations

import base64
from itertools import islice
from typing import TYPE_CHECKING, Final

from workstation.core.entry import parse_time
from workstation.core.strict_json import MAX_INTEGER, JsonObject
from workstation.journal import upkeep

if TYPE_CHECKING:
    from workstation.core.shape import Shape
    from workstation.core.strict_json import JsonValue
    from workstation.journal.opened import Opened

MOST_TEXTS: Final = 256
"""Texts in one answer; the client asks again for more."""


def tile(opened: Opened, request: Shape) -> JsonObject:
    """Return a tile of the tree."""
    asked = request.fields("op", "level", "index", "width")
    level, index, width = (asked[name].integer(0, MAX_INTEGER) for name in ("level", "index", "width"))
    return {"tile": _base64(opened.log.tree.tile(level, index, width))}


def beside(opened: Opened, request: Shape) -> JsonObject:
    """Return texts kept beside entries."""
    asked = request.fields("op", "start", "stop")
    start, stop = (asked[name].integer(0, MAX_INTEGER) for name in ("start", "stop"))
    found: list[JsonValue] = [
        {"seq": each.seq, "name": each.name, "salt": _base64(each.salt), "text": each.value.decode()}
        for each in islice(opened.log.besides(start, stop), MOST_TEXTS)
    ]
    return {"beside": found}


def redact(opened: Opened, request: Shape) -> JsonObject:
    """Take away what an entry says is to be."""
    upkeep.redact(opened.log, request.fields("op", "order")["order"].integer(0, MAX_INTEGER))
    return {}


def snapshot(opened: Opened, request: Shape) -> tuple[JsonObject, bytearray | None]:
    """Return the newest snapshot of the fold: its size (0 when there is none), and its bytes."""
    request.fields("op")
    found = upkeep.snapshot(opened.log)
    return ({"size": 0}, None) if found is None else ({"size": found.size}, bytearray(found.body))


def keep_snapshot(opened: Opened, request: Shape, body: bytearray) -> JsonObject:
    """Keep a snapshot of the fold, and return the entry that holds its digest."""
    asked = request.fields("op", "size", "time")
    size, time = asked["size"].integer(0, MAX_INTEGER), parse_time(asked["time"])
    return {"body": upkeep.keep_snapshot(opened.log, size, bytes(body), time).to_bytes().decode()}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
