"""Several processes that all want to write: `python -m journal.harness_two_writers DIRECTORY COUNT`.

Each opens the journal through its lock, appends, and lets go; whoever is turned away tries again.
Prints whether two were ever in it at once, and whether what was acknowledged is what is there.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from journal.journal_world import SEAL_KEY, TIME, LogWorld, boot

from workstation.journal.audit import audit
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.lock import Lock

TURNS, APPENDS = 5, 3


def write_in_turn(directory, say):
    """Take the lock so often, and write each time; say when in, when out, and when turned away."""
    turns = 0
    while turns < TURNS:
        try:
            lock = Lock(directory / "journal.lock")
        except JournalFailure as error:
            if error.name is not FailureName.HELD:
                raise
            say("away")
            continue
        say("in")
        log = LogWorld(directory=directory).open()
        for number in range(APPENDS):
            log.append(boot(number), TIME)
        log.close()
        say("out")
        lock.close()
        turns += 1


def main(directory, count):
    """Let them all begin at once, and print what was seen."""
    LogWorld(directory=directory).create().close()
    reading, writing = os.pipe()
    pids = []
    for _ in range(count):
        pid = os.fork()
        if not pid:
            status = 1
            try:
                write_in_turn(directory, lambda said: os.write(writing, f"{said}\n".encode()))
                status = 0
            finally:
                os._exit(status)
        pids.append(pid)
    os.close(writing)
    inside = most = away = ins = 0
    with os.fdopen(reading) as told:
        for said in map(str.strip, told):
            inside += {"in": 1, "out": -1}.get(said, 0)
            most, away, ins = max(most, inside), away + (said == "away"), ins + (said == "in")
    ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    log = LogWorld(directory=directory).open()
    findings, size = audit(log, bytearray(SEAL_KEY)).findings, log.head().size
    log.close()
    print(
        json.dumps(
            {
                "most at once": most,
                "turned away": away,
                "acknowledged": ins * APPENDS,
                "entries": size,
                "findings": [*findings, *(f"a writer ended with {status}" for status in ended if status)],
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
