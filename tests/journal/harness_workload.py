"""Something to do to a journal while it is watched: `python -m journal.harness_workload DIRECTORY MODE SYNC`.

It marks in the record how many entries were acknowledged, and prints their leaf hashes. MODE and
SYNC are the database's, so that the harness can be seen to find what a weaker setting loses.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from journal.io_shim import Shim
from journal.journal_world import TIME, LogWorld, boot

from workstation.core.merkle import leaf_hash
from workstation.journal import log as log_module
from workstation.journal import store as store_module
from workstation.journal.schema import SETTINGS

FLUSH_EVERY = 7
APPENDS = 30
STRONG = ("wal", "extra")


def set_database(mode, sync):
    """Have every journal of this process opened with these settings."""
    numbers = {"normal": "1", "full": "2", "extra": "3"}
    # An exclusive lock keeps a rollback journal where it is, instead of removing it.
    locking = "EXCLUSIVE" if mode == "wal" else "NORMAL"
    weak = {
        "journal_mode": (mode.upper(), mode),
        "synchronous": (sync.upper(), numbers[sync]),
        "locking_mode": (locking, locking.lower()),
    }
    store_module.SETTINGS = tuple(
        (name, *weak.get(name, (value, answer))) for name, value, answer in SETTINGS
    )
    if mode != "wal":
        # There is no write-ahead log to empty.
        store_module.Store.flush = lambda _store: None


def entry_of(number):
    """Return a draft of a size of its own."""
    return boot(number, pad=random.Random(number).randint(0, 1500))


def main(directory, mode, sync):
    """Open, append, close, and append again."""
    shim, world = Shim(), LogWorld(directory=directory)
    set_database(mode, sync)
    log_module.FLUSH_EVERY = FLUSH_EVERY
    leaves = []
    for _ in range(2):
        log = world.open() if leaves else world.create()
        leaves = leaves or [leaf_hash(body) for body in log.bodies(0, 1)]
        shim.mark(str(len(leaves)))
        for _ in range(APPENDS):
            leaves.append(log.append(entry_of(len(leaves)), TIME).leaf())
            shim.mark(str(len(leaves)))
        log.close()
    print(json.dumps([leaf.hex() for leaf in leaves]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
