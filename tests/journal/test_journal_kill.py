"""A writer killed at any moment loses no acknowledged entry."""

from __future__ import annotations

import os
import random
import signal
import threading

import pytest
from journal.journal_world import boot

from workstation.journal.failure import FailureName, JournalFailure

KILLS = 36


def append_for_ever(journal, acknowledged):
    while True:
        acknowledged.append(journal.append(boot(len(acknowledged))))


def appended_until_killed(journal, delay):
    """Append until the writer dies, `delay` seconds after the first receipt; return what was acknowledged."""
    acknowledged = [journal.append(boot(0))]
    timer = threading.Timer(delay, os.kill, (journal._writer.pid, signal.SIGKILL))
    timer.start()
    with pytest.raises(JournalFailure) as raised:
        append_for_ever(journal, acknowledged)
    timer.join()
    assert raised.value.name is FailureName.WRITER_GONE
    return acknowledged


def test_a_killed_writer_loses_no_acknowledged_entry(station):
    chance = random.Random(4)
    acknowledged, recovered = [], 0
    for _ in range(KILLS):
        journal = station.open()
        recovered += journal.recovered
        acknowledged += appended_until_killed(journal, 0.001 + chance.random() * 0.03)

    with station.open() as journal:
        found = journal.entries()
        assert {entry.leaf() for entry in acknowledged} <= {entry.leaf() for entry in found}
        assert len(acknowledged) <= len(found) - 1 <= len(acknowledged) + KILLS
        assert recovered <= KILLS
        assert journal.verify(bytearray(station.seal_key)).findings == ()
    assert acknowledged
