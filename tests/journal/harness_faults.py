"""Let one call go wrong, and the next time another: `python -m journal.harness_faults SHARE FIRST STEP`.

Run under the shim. Every SHARE-th call is tried, in every STEP-th way it can fail from FIRST on; prints,
for each way, how many were tried and what came of the journal.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from journal.harness_workload import FLUSH_EVERY, entry_of
from journal.io_shim import Shim
from journal.journal_world import SEAL_KEY, TIME, LogWorld

from workstation.core.errors import JournalError
from workstation.core.merkle import leaf_hash
from workstation.journal import log as log_module
from workstation.journal.audit import audit
from workstation.journal.failure import JournalFailure

BEFORE, AFTER = 10, 24
WAYS = (
    *(("K", partial, False) for partial in (0, 1, 24, 512, 2048)),
    *((kind, partial, sticky) for kind in "EN" for partial in (0, 512) for sticky in (False, True)),
    *(("S", partial, False) for partial in (1, 100, 4095)),
)


def in_a_child(work):
    """Run `work(write)` in a forked child; return what it wrote and whether it was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        status = 1
        try:
            work(lambda text: os.write(writing, f"{text}\n".encode()))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = told.read().splitlines()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"a child ended by signal {os.WTERMSIG(status)}")
    return lines, os.WIFSIGNALED(status), os.waitstatus_to_exitcode(status) == 1


def append_under(world, arm):
    """Return work that opens the journal and appends, with something armed; it says what it was told."""

    def work(say):
        shim = Shim()
        arm(shim)
        try:
            log = world.open()
            say(f"at {log.head().size}")
            for number in range(AFTER):
                entry = log.append(entry_of(number), TIME)
                say(f"acknowledged {entry.leaf().hex()}")
            log.close()
        except (JournalError, OSError) as error:
            # What the caller is told; a defect would end the child with 1.
            say(f"told {getattr(error, 'name', 'disk')}")
        say(f"struck {shim.struck}")
        say(f"calls {shim.calls}")

    return work


def found_by(world, acknowledged):
    """Return work that opens the journal again and says what it finds."""

    def work(say):
        try:
            log = world.open()
        except JournalFailure as error:
            say(f"not opened: {error.name}")
            return
        leaves = [leaf_hash(body) for body in log.bodies(0, BEFORE + AFTER + 2)]
        findings = audit(log, bytearray(SEAL_KEY)).findings
        log.append(entry_of(0), TIME)
        again = audit(log, bytearray(SEAL_KEY)).findings
        log.close()
        missing = [leaf for leaf in acknowledged if leaf not in leaves]
        more = len(leaves) - len(acknowledged)
        if missing:
            say("lost")
        elif findings or again:
            say("found damaged")
        elif more not in {0, 1}:
            say(f"{more} entries nobody was told of")
        else:
            say("whole")

    return work


def tried(base, leaves, world, at, way):
    """Let call `at` fail in one way; return what came of it, and which call it was if nobody was told."""
    kind, partial, sticky = way
    shutil.rmtree(world.directory)
    shutil.copytree(base.directory, world.directory)
    lines, killed, crashed = in_a_child(
        append_under(world, lambda shim: shim.arm(at, kind, partial, sticky=sticky))
    )
    said = [bytes.fromhex(line.split()[1]) for line in lines if line.startswith("acknowledged")]
    ((what,), _, broken) = in_a_child(found_by(world, [*leaves, *said]))
    told = killed or any(line.startswith("told") for line in lines)
    untold = [] if told else [line for line in lines if line.startswith("struck")]
    return ("crashed" if crashed or broken else what), untold


def main(share, first, step):
    """Try, and print the sum."""
    home = Path(os.environ["IO_SHIM_DIRECTORY"])
    log_module.FLUSH_EVERY = FLUSH_EVERY
    base, world = LogWorld(directory=home / "base"), LogWorld(directory=home / "now")
    base.directory.mkdir()
    log = base.create()
    for number in range(BEFORE):
        log.append(entry_of(number), TIME)
    leaves = [leaf_hash(body) for body in log.bodies(0, BEFORE + 1)]
    log.close()
    shutil.copytree(base.directory, world.directory)
    lines, _, _ = in_a_child(append_under(world, Shim.count))
    calls = int(lines[-1].split()[1])
    found = {"calls": calls, "ways": {}}
    for number, way in [*enumerate(WAYS)][first::step]:
        sums = found["ways"].setdefault(" ".join(map(str, way)), {"tried": 0, "untold": []})
        for at in range(number % share, calls, share):
            what, untold = tried(base, leaves, world, at, way)
            sums["tried"] += 1
            sums["untold"] += untold
            sums[what] = sums.get(what, 0) + 1
    print(json.dumps(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
