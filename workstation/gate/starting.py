"""What is noticed of the machine when its journal is opened: a new start, and clocks that do not fit."""

from __future__ import annotations

from workstation import clock
from workstation.clock import Timekeeper
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.ledger import Ledger
from workstation.core.timekeeping import noticed


def at_start(ledger: Ledger, keeper: Timekeeper) -> tuple[Draft, ...]:
    """Tell the timekeeper what the journal knows, and return the entries that say what is new."""
    machine, boot_id = ledger.machine, clock.boot_id()
    fresh = machine.boot_id != boot_id
    keeper.boot = machine.boots + 1 if fresh else machine.boots
    keeper.floor_ms, keeper.attested = machine.floor_ms, machine.attested and not fresh
    started = Draft(kind=Kind.BOOT, outcome=Outcome.INFO, payload={"id": boot_id})
    # The start first: what is said of the clocks then stands after it.
    return (*((started,) if fresh else ()), *noticed(machine.last, keeper.reading()))
