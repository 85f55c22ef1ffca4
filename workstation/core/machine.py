"""What the journal's entries say of the machine itself: its starts, its clocks, its memories outside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from workstation.core.entry import EntryTime, Kind, Outcome
from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER

if TYPE_CHECKING:
    from workstation.core.entry import Entry

TPM_MEMORY: Final = "tpm"
"""The name of the machine's TPM among the memories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine after a number of entries."""

    boots: int = 0
    """How often it has started since its journal began."""

    boot_id: str = ""
    """What its kernel called the last of these starts."""

    last: EntryTime | None = None
    floor_ms: int = 0
    """Milliseconds since 1970: the latest time in anything signed that was verified here."""

    attested: bool = False
    """Two people have said the time since the last start, and nobody was seen to set the clock since."""

    consulted: bool = False
    """Every memory outside that was at hand has been asked since the last start."""

    memories: dict[str, int] = field(default_factory=dict[str, int])
    """The memories outside that hold a checkpoint of this journal, and of how many entries."""

    counted: int = 0
    """What the TPM's counter stood at when a checkpoint was last put there."""

    counting: int = 0
    """How often it may have risen since, with nobody left to say so."""

    def after(self, entry: Entry) -> Machine:
        """Return the machine after one more entry; raises Malformed when it says something impossible."""
        found = replace(self, last=entry.time, floor_ms=max(self.floor_ms, _signed_ms(entry)))
        match entry.kind, entry.outcome:
            case Kind.BOOT, Outcome.INFO if isinstance(boot_id := entry.payload.get("id"), str):
                return replace(found, boots=entry.time.boot, boot_id=boot_id, attested=False, consulted=False)
            case Kind.CLOCK_ATTEST, Outcome.DONE:
                return replace(found, attested=True)
            case Kind.CLOCK_STEP, Outcome.INFO:
                return replace(found, attested=False)
            case Kind.JOURNAL_CONSULT, Outcome.INFO:
                return replace(found, consulted=True)
            case Kind.JOURNAL_ANCHOR | Kind.JOURNAL_WITNESS, Outcome.DONE:
                return _remembered(found, entry)
            case Kind.JOURNAL_ANCHOR, Outcome.ALLOWED if entry.payload.get("memory") == TPM_MEMORY:
                return replace(found, counting=self.counting + 1)
            case _:
                return found


def _remembered(machine: Machine, entry: Entry) -> Machine:
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    witness, size = payload.get("witness"), payload["size"].integer(0, MAX_INTEGER)
    name = payload["memory"].text() if witness is None else f"witness:{witness.text()}"
    counter = payload.get("counter")
    machine = replace(machine, memories={**machine.memories, name: size})
    if counter is None:
        return machine
    return replace(machine, counted=counter.integer(0, MAX_INTEGER), counting=0)


def _signed_ms(entry: Entry) -> int:
    """Return the time of something signed and verified that this entry tells of, else 0."""
    if entry.outcome is not Outcome.DONE:
        return 0
    name = {Kind.RECEIPT: "at", Kind.COUNTERSIGN: "at", Kind.CLOCK_ATTEST: "utc"}.get(entry.kind)
    found = None if name is None else entry.payload.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
