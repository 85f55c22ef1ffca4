"""Turn every bit, one at a time: `python -m journal.harness_bits closed|open STRIDE OFFSET`.

`closed`: the files of a journal that was closed in order; each turned bit has to be told. `open`: the
database, its outstanding write-ahead log and the leaf log as a killed writer leaves them; each turned
bit has to be told, or healed without anything missing. Tries bits OFFSET, OFFSET + STRIDE …
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from journal.io_shim import quick_directory
from journal.journal_world import SEAL_KEY, TIME, LogWorld, boot

from workstation.journal.audit import audit
from workstation.journal.failure import JournalFailure

COUNT = 6


def left_behind(home, *, closed):
    """Return the files of a journal: closed in order, or as they are while it is open."""
    world = LogWorld(directory=home)
    log = world.create(count=COUNT)
    if closed:
        log.close()
        return read(home)
    found = read(home)
    log.close()
    return found


def read(home):
    return {path.name: path.read_bytes() for path in home.iterdir() if path.suffix != ".lock"}


def outcome(home, *, closed):
    """Open and verify what is there; return what came of it."""
    try:
        log = LogWorld(directory=home).open()
    except JournalFailure:
        return "told"
    try:
        if audit(log, bytearray(SEAL_KEY)).findings:
            return "told"
        if log.head().size != COUNT + 1:
            return "lost in silence"
        if closed:
            return "unnoticed"
        log.append(boot(), TIME)
    finally:
        log.close()
    return "healed"


def put(home, files, turned=None, bit=0):
    """Put the files in place, one of them with a bit turned."""
    for path in home.iterdir():
        path.unlink()
    for name, data in files.items():
        changed = bytearray(data)
        if name == turned:
            changed[bit // 8] ^= 1 << bit % 8
        (home / name).write_bytes(changed)


def main(state, stride, offset):
    """Turn bits, and print what came of them by file."""
    closed, sums = state == "closed", {}
    # The cipher writes a line there for every page it refuses.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    with quick_directory() as scratch:
        home = Path(scratch)
        files = left_behind(home, closed=closed)
        for name, data in files.items():
            counted = sums.setdefault(name, {})
            for bit in range(offset, len(data) * 8, stride):
                put(home, files, name, bit)
                what = outcome(home, closed=closed)
                counted[what] = counted.get(what, 0) + 1
    print(json.dumps(sums))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
