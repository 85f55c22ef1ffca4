"""The one place that asks what time it is. Everywhere else time is a parameter."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from workstation.core.entry import EntryTime


def now() -> datetime:
    """Return the time in UTC, to the second below."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 (the one place)


def reading(*, boot: int, floor_ms: int) -> EntryTime:
    """Return all clocks at this moment for a journal entry.

    `boot` counts this machine's starts; `floor_ms` is the latest signed time seen so far.
    """
    wall_ms = time.time_ns() // 1_000_000
    suspended_too = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return EntryTime(boot=boot, mono_ms=suspended_too, rtc_ms=wall_ms, floor_ms=max(floor_ms, 0))
