"""The one place that asks what time it is. Everywhere else time is a parameter."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from workstation.core.entry import EntryTime

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Timekeeper:
    """The clocks of a workstation, with what its journal knows of starts and signed times."""

    def __init__(self) -> None:
        """Know nothing yet; the journal's fold says the rest."""
        self.boot = 0
        self.floor_ms = 0
        self.attested = False

    def reading(self) -> EntryTime:
        """Return all clocks at this moment for a journal entry."""
        return reading(boot=self.boot, floor_ms=self.floor_ms, attested=self.attested)

    def now(self) -> datetime:
        """Return the time decisions are made at: never before anything signed that was seen."""
        return max(now(), datetime.fromtimestamp(self.floor_ms // 1000, UTC))


def boot_id() -> str:
    """Return what the kernel calls this start of the machine."""
    return _BOOT_ID.read_text("ascii").strip()


def now() -> datetime:
    """Return the time in UTC, to the second below."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 (the one place)


def reading(*, boot: int, floor_ms: int, attested: bool = False) -> EntryTime:
    """Return all clocks at this moment for a journal entry.

    `boot` counts this machine's starts; `floor_ms` is the latest signed time seen so far; `attested` says
    whether two people said the time since the last start.
    """
    wall_ms = time.time_ns() // 1_000_000
    suspended_too = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return EntryTime(
        boot=boot, mono_ms=suspended_too, rtc_ms=wall_ms, floor_ms=max(floor_ms, 0), attested=attested
    )
