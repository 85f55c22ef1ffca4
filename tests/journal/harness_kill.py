"""Kill -9, again and again: `python -m journal.harness_kill COUNT SEED`.

Each child opens the journal, says where it stands, and appends until it is killed at a moment of
chance: while opening, while writing, while acknowledging. Prints what came of it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

from journal.harness_workload import entry_of
from journal.io_shim import quick_directory
from journal.journal_world import SEAL_KEY, TIME, LogWorld

from workstation.core.merkle import Frontier
from workstation.journal import log as log_module
from workstation.journal.audit import audit

LONGEST_SECONDS = 0.012
AFTER_OPENING = 0.6
OPENED, ACKNOWLEDGED = 0, 1
WORD = struct.Struct(">BQ32s32s")
"""Which of the two, a size, a leaf hash, and the root the journal then has."""


class Witness:
    """Somebody outside, who remembers every entry that was acknowledged."""

    def __init__(self):
        self.frontier = Frontier()
        self.sums = {"acknowledged": 0, "lost": 0, "unacknowledged": 0, "killed while opening": 0}

    def heard(self, words):
        """Compare what one child said with what is remembered."""
        if not words:
            self.sums["killed while opening"] += 1
        for what, size, leaf, root in words:
            more = size - self.frontier.size
            # Opening may bring to light one entry that was written and never acknowledged.
            if more == 1:
                self.frontier, _ = self.frontier.grown(leaf)
                self.sums["acknowledged" if what == ACKNOWLEDGED else "unacknowledged"] += 1
            if self.frontier.size != size or self.frontier.root() != root:
                self.sums["lost"] += 1


def append_for_ever(world, say):
    """Open, say so, and append until the end."""
    log = world.open()
    size = log.head().size
    last = bytes.fromhex(log._last)
    say(WORD.pack(OPENED, size, last, log.head().root))
    while True:
        leaf = log.append(entry_of(size), TIME).leaf()
        size += 1
        say(WORD.pack(ACKNOWLEDGED, size, leaf, log.head().root))


def killed_after(world, seconds, *, opened):
    """Let a child run for so long, once it has `opened` or from its start; return what it said until then."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        try:
            append_for_ever(world, lambda data: os.write(writing, data))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        data = told.read(WORD.size) if opened else b""
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        data += told.read()
    _, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError("a child ended by itself: the journal could not be opened or written")
    return list(WORD.iter_unpack(data[: len(data) - len(data) % WORD.size]))


def main(count, seed):
    """Kill so many times, then verify everything."""
    chance, witness = random.Random(seed), Witness()
    log_module.FLUSH_EVERY = 20
    with quick_directory() as home:
        world = LogWorld(directory=Path(home))
        log = world.create()
        witness.frontier, _ = witness.frontier.grown(bytes.fromhex(log._last))
        log.close()
        for _ in range(count):
            seconds = chance.random() * LONGEST_SECONDS
            witness.heard(killed_after(world, seconds, opened=chance.random() < AFTER_OPENING))
        log = world.open()
        witness.heard([(OPENED, log.head().size, bytes.fromhex(log._last), log.head().root)])
        findings = audit(log, bytearray(SEAL_KEY)).findings
        log.close()
    print(json.dumps(witness.sums | {"kills": count, "findings": findings}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
