"""Cut the power again and again: `python -m journal.harness_power_loss RECORD COUNT SEED MODE SYNC`.

Prints how many states came out whole, how many were told as loss or damage, and how many lost an
acknowledged entry without a word; each with the first few states, to look at again.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from journal.harness_workload import set_database
from journal.io_shim import quick_directory, recorded
from journal.journal_world import SEAL_KEY, TIME, LogWorld, boot
from journal.power_loss import Disk

from workstation.core.merkle import leaf_hash
from workstation.journal.audit import audit
from workstation.journal.failure import JournalFailure

EXAMPLES = 5


def moments(calls, count, chance):
    """Yield, in order, moments at which the power goes: (number of calls done, disk)."""
    first = next(at for at, call in enumerate(calls) if call.what == "M") + 1
    chosen = sorted(chance.randint(first, len(calls)) for _ in range(count))
    disk, done = Disk(), 0
    for moment in chosen:
        for call in calls[done:moment]:
            disk.after(call)
        done = moment
        yield moment, disk


def outcome(directory, acknowledged):
    """Open what is left; return what became of the entries that were acknowledged."""
    world = LogWorld(directory=directory)
    try:
        log = world.open()
    except JournalFailure as error:
        return f"told: {error.name}"
    try:
        if list(map(leaf_hash, log.bodies(0, len(acknowledged)))) != acknowledged:
            return "lost"
        if audit(log, bytearray(SEAL_KEY)).findings:
            return "told: found by verification"
        log.append(boot(), TIME)
    finally:
        log.close()
    return "whole"


def main(record, count, seed, mode, sync):
    """Make the states, open each, and print the sum."""
    chance, found = random.Random(seed), {}
    calls = recorded(record)
    set_database(mode, sync)
    leaves = written_leaves(record.with_name("leaves.json"))
    for number, (moment, disk) in enumerate(moments(calls, count, chance)):
        with quick_directory() as scratch:
            for name, data in disk.state(chance).items():
                (Path(scratch) / name).write_bytes(data)
            what = outcome(Path(scratch), leaves[: disk.acknowledged])
        kept = found.setdefault(what, {"count": 0, "examples": []})
        kept["count"] += 1
        if len(kept["examples"]) < EXAMPLES:
            kept["examples"].append([number, moment])
    print(json.dumps(found))


def written_leaves(path):
    """Return the leaf hashes of the entries the workload wrote, in order."""
    return [bytes.fromhex(leaf) for leaf in json.loads(path.read_text())]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
