"""What an entry in the journal costs, beside the disk: a write of as many bytes, and fdatasync.

An entry is acknowledged when it is durable in two files, the database and the leaf log; so the floor
is two writes with fdatasync each, in the same directory, in the same run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from measured.table import Row, measured, show

from workstation import clock
from workstation.core.entry import Draft, EntryTime, Kind, Outcome
from workstation.journal.client import Journal, PassphraseUnlock

PASSPHRASE = b"passphrase of a benchmark"
ENTRY_BYTES = 700


def main() -> None:
    """Measure and print, in a directory on the disk that matters (argument; else the temporary one)."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as scratch:
        home = Path(scratch)
        Journal.create(home / "journal", origin="bench/journal", passphrase=bytearray(PASSPHRASE), now_ms=0)
        unlock = PassphraseUnlock(passphrase=bytearray(PASSPHRASE))
        raw = os.open(home / "raw", os.O_WRONLY | os.O_CREAT, 0o600)
        with Journal.open(home / "journal", unlock, clock=_time) as journal:
            found = measured({
                "one": lambda: _write(raw, ENTRY_BYTES),
                "append": lambda: journal.append(_draft()),
                "head": journal.head,
                "checkpoint": journal.checkpoint,
            })  # fmt: skip
            size = journal.head().size
            whole = measured({"verify": lambda: journal.verify(None)}, rounds=1)["verify"]
        os.close(raw)
    show("the journal", [
        Row("write and fdatasync", found["one"]),
        Row("two of them: the floor", 2 * found["one"]),
        Row("a question to the writer: where does the journal stand", found["head"]),
        Row("append, until it is durable", found["append"], "two of them: the floor"),
        Row("a signed checkpoint", found["checkpoint"]),
        Row(f"verify all {size:,} entries", whole),
    ])  # fmt: skip
    print(f"  {1 / found['append']:,.0f} entries a second, {size / whole:,.0f} verified a second")


def _draft() -> Draft:
    return Draft(kind=Kind.JOURNAL_READ, outcome=Outcome.INFO, reason="x" * 300)


def _time() -> EntryTime:
    return clock.reading(boot=0, floor_ms=0)


def _write(descriptor: int, size: int) -> None:
    os.write(descriptor, bytes(size))
    os.fdatasync(descriptor)


if __name__ == "__main__":
    main()
