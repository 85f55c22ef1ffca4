"""Clocks against each other, and what the entries say of the machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.core.entry import Draft, EntryTime, Kind, Outcome, placed
from workstation.core.machine import Machine
from workstation.core.timekeeping import STEP_MS, noticed

NOW = 1_795_000_000_000


def at(*, boot=1, mono=1000, rtc=NOW, floor=0):
    return EntryTime(boot=boot, mono_ms=mono, rtc_ms=rtc, floor_ms=floor)


def kinds(before, now):
    return [draft.kind for draft in noticed(before, now)]


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, at(), []),
        (at(), at(mono=61_000, rtc=NOW + 60_000), []),
        (at(), at(mono=61_000, rtc=NOW + 60_000 + STEP_MS - 1), []),
        (at(), at(mono=61_000, rtc=NOW + 60_000 + STEP_MS), [Kind.CLOCK_STEP]),
        (at(), at(mono=61_000, rtc=NOW + 60_000 - STEP_MS), [Kind.CLOCK_STEP]),
        # While it was off: set back behind the last entry is seen, and nothing else is.
        (at(), at(boot=2, mono=5, rtc=NOW + 1), []),
        (at(), at(boot=2, mono=5, rtc=NOW - 1), [Kind.CLOCK_ROLLBACK]),
        # Off for a minute and set back by half of it: never.
        (at(), at(boot=2, mono=5, rtc=NOW + 30_000), []),
        # A battery that died: the clock begins again at a day of its own, behind everything.
        (at(), at(boot=2, mono=5, rtc=0), [Kind.CLOCK_ROLLBACK]),
        (at(floor=NOW + 9), at(boot=2, mono=5, rtc=0, floor=NOW + 9), [Kind.CLOCK_ROLLBACK] * 2),
        # A drift that never amounts to a step is none, however long it goes on.
        (at(mono=1, rtc=NOW), at(mono=10**9, rtc=NOW + 10**9 - STEP_MS + 1), []),
        # Set forward while it was off: never. That is why two people attest the time.
        (at(), at(boot=2, mono=5, rtc=NOW + 10**10), []),
        (None, at(floor=NOW + 1), [Kind.CLOCK_ROLLBACK]),
        (at(), at(boot=2, rtc=NOW + 5, floor=NOW + 9), [Kind.CLOCK_ROLLBACK]),
        # Told once, not at every entry as long as it lasts.
        (at(floor=NOW + 9), at(mono=2000, rtc=NOW + 1000, floor=NOW + 2000), []),
    ],
)
def test_the_clock_table(before, now, told):
    assert kinds(before, now) == told


@given(st.integers(0, 10**12), st.integers(0, 10**9), st.integers(-(10**9), 10**9))
def test_a_step_is_told_by_its_size_and_drift_is_not(rtc, passed, step):
    before = at(rtc=rtc + 10**12)
    now = at(mono=1000 + passed, rtc=rtc + 10**12 + passed + step)

    told = noticed(before, now)

    assert [draft.payload["millis"] for draft in told] == ([step] if abs(step) >= STEP_MS else [])


def entry(kind, outcome, payload, time):
    draft = Draft(kind=kind, outcome=outcome, payload=payload)
    return placed(draft, log="o", seq=0, prev="0" * 64, nonce="00" * 16, time=time)


def test_the_floor_rises_with_what_was_signed_and_never_sinks():
    machine = Machine()
    for kind, outcome, payload in (
        (Kind.RECEIPT, Outcome.DONE, {"at": NOW}),
        (Kind.RECEIPT, Outcome.DONE, {"at": NOW - 5}),
        (Kind.RECEIPT, Outcome.BLOCKED, {"at": NOW + 50}),
        (Kind.CLOCK_ATTEST, Outcome.INTENT, {"utc": NOW + 60}),
        (Kind.COUNTERSIGN, Outcome.DONE, {"at": True}),
    ):
        machine = machine.after(entry(kind, outcome, payload, at()))

    assert machine.floor_ms == NOW
    assert machine.after(entry(Kind.CLOCK_ATTEST, Outcome.DONE, {"utc": NOW + 60}, at())).floor_ms == NOW + 60


def test_starts_are_counted_by_what_the_kernel_calls_them():
    machine = Machine().after(entry(Kind.BOOT, Outcome.INFO, {"id": "first"}, at(boot=1)))
    machine = machine.after(entry(Kind.BOOT, Outcome.INFO, {"id": "second"}, at(boot=2)))

    assert (machine.boots, machine.boot_id) == (2, "second")


def test_the_time_is_attested_until_the_machine_starts_again_or_its_clock_is_set():
    machine = Machine().after(entry(Kind.CLOCK_ATTEST, Outcome.INTENT, {"utc": NOW}, at()))
    attested = machine.after(entry(Kind.CLOCK_ATTEST, Outcome.DONE, {"utc": NOW}, at()))
    later = attested.after(entry(Kind.JOURNAL_READ, Outcome.INFO, {}, at()))
    behind = attested.after(entry(Kind.CLOCK_ROLLBACK, Outcome.INFO, {"millis": 5}, at()))
    stepped = attested.after(entry(Kind.CLOCK_STEP, Outcome.INFO, {"millis": 5000}, at()))
    started = attested.after(entry(Kind.BOOT, Outcome.INFO, {"id": "second"}, at(boot=2)))

    # Behind a signed time is what two people may have found out; the floor holds it.
    assert [one.attested for one in (machine, attested, later, behind)] == [False, True, True, True]
    assert [one.attested for one in (stepped, started)] == [False, False]


def test_the_memories_outside_have_been_asked_until_the_machine_starts_again():
    asked = Machine().after(entry(Kind.JOURNAL_CONSULT, Outcome.INFO, {"consulted": []}, at()))
    started = asked.after(entry(Kind.BOOT, Outcome.INFO, {"id": "second"}, at(boot=2)))

    assert [Machine().consulted, asked.consulted, started.consulted] == [False, True, False]


def test_memories_are_those_that_were_really_written_to():
    machine = Machine()
    for outcome in (Outcome.INTENT, Outcome.ALLOWED, Outcome.FAILED):
        said = {"memory": "tpm"}
        machine = machine.after(entry(Kind.JOURNAL_ANCHOR, outcome, said, at()))
    assert (machine.memories, machine.counting) == ({}, 1)

    said = {"memory": "tpm", "size": 9, "counter": 4}
    machine = machine.after(entry(Kind.JOURNAL_ANCHOR, Outcome.DONE, said, at()))
    seen = {"witness": "laptop", "size": 12}
    machine = machine.after(entry(Kind.JOURNAL_WITNESS, Outcome.DONE, seen, at()))

    assert machine.memories == {"tpm": 9, "witness:laptop": 12}
    assert (machine.counted, machine.counting) == (4, 0)
