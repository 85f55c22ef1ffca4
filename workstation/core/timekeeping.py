"""What two readings of the clocks say about each other. Nothing here reads one.

A step while the machine runs shows between its own clock and the time since its start. One while it
was off shows only when it goes back behind something. Set forward while off it never shows: so two
people attest the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.strict_json import MAX_INTEGER

if TYPE_CHECKING:
    from workstation.core.entry import EntryTime
    from workstation.core.strict_json import JsonObject

STEP_MS: Final = 5000
"""A change smaller than this is the drift of clocks, or their being read one after the other."""


def step_ms(before: EntryTime, now: EntryTime) -> int:
    """Return by how much the machine's clock was set between two readings of one start, in milliseconds."""
    return (now.rtc_ms - before.rtc_ms) - (now.mono_ms - before.mono_ms)


def noticed(before: EntryTime | None, now: EntryTime) -> tuple[Draft, ...]:
    """Return the entries that say how the clock was set since `before`; none when it was not, or not seen."""
    found: list[Draft] = []
    if before is not None and before.boot == now.boot:
        step = step_ms(before, now)
        if abs(step) >= STEP_MS:
            found.append(_draft(Kind.CLOCK_STEP, {"millis": _bounded(step)}))
    elif before is not None and now.rtc_ms < before.rtc_ms:
        found.append(_behind(before.rtc_ms, now.rtc_ms))
    if now.rtc_ms < now.floor_ms and (before is None or before.rtc_ms >= before.floor_ms or found):
        found.append(_behind(now.floor_ms, now.rtc_ms))
    return tuple(found)


def _behind(floor_ms: int, rtc_ms: int) -> Draft:
    return _draft(Kind.CLOCK_ROLLBACK, {"millis": _bounded(floor_ms - rtc_ms), "floor": floor_ms})


def _draft(kind: Kind, payload: JsonObject) -> Draft:
    return Draft(kind=kind, outcome=Outcome.INFO, payload=payload)


def _bounded(millis: int) -> int:
    return max(-MAX_INTEGER, min(millis, MAX_INTEGER))
