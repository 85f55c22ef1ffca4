"""What a long journal costs: to fill, to open, to verify, to prove, and to keep.

`benchmarks/journal_size.py [ENTRIES [DIRECTORY]]`. Each row stands beside what the machine needs for the
least of it in the same run: hashing the same bytes, or as many plain SQLite commits.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from measured.table import Row, show

from workstation import clock
from workstation.core.entry import Actor, Draft, EntryTime, Kind, Outcome, Subject
from workstation.core.merkle import verify_inclusion
from workstation.journal.audit import audit
from workstation.journal.leaf_check import check_leaf_log
from workstation.journal.log import Log
from workstation.journal.rows import Station

ENTRIES: Final = 3000
KEY: Final = bytes(range(32))
SEAL_KEY: Final = b"\x55" * 32
CPU: Final = time.process_time


def main(entries: int = ENTRIES, directory: str | None = None) -> None:
    """Measure and print; CPU seconds, but for what waits for the disk."""
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        home = Path(scratch)
        fill = _taken(lambda: _fill(home, entries), time.perf_counter)
        plain = _taken(lambda: _plain_sqlite(home / "plain.db", entries), time.perf_counter)
        opened = _taken(lambda: _opened(home).close(), time.perf_counter)
        log = _opened(home)
        proof = _taken(lambda: _proved(log))
        whole = _taken(lambda: _sound(log, None))
        sealed = _taken(lambda: _sound(log, bytearray(SEAL_KEY)))
        floor = _taken(lambda: _hashed(home))
        log.close()
        leaves = _taken(lambda: _leaves(home, entries))
        kept = {path.name: path.stat().st_size for path in sorted(home.glob("*")) if path.name != "plain.db"}
    show(f"a journal of {entries:,} entries", [
        Row("plain SQLite, as many durable commits", plain),
        Row("fill it, each entry durable before the next", fill, "plain SQLite, as many durable commits"),
        Row("hash every byte of it: the floor", floor),
        Row("verify all of it", whole, "hash every byte of it: the floor"),
        Row("verify all of it, seals too", sealed, "hash every byte of it: the floor"),
        Row("verify the leaf log alone, without a key", leaves, "hash every byte of it: the floor"),
        Row("open it", opened),
        Row("prove one entry, and verify the proof", proof),
    ])  # fmt: skip
    each = {name: size / entries for name, size in kept.items()}
    print("  bytes an entry: " + ", ".join(f"{name} {size:,.0f}" for name, size in each.items() if size >= 1))


def _taken(work: Callable[[], object], clock_: Callable[[], float] = CPU) -> float:
    began = clock_()
    work()
    return clock_() - began


def _fill(home: Path, entries: int) -> None:
    station = Station(origin="bench.example/journal", private_key=KEY)
    now = _time()
    log = Log.create(home, bytearray(KEY), station=station, seal_key=bytearray(SEAL_KEY), now=now)
    for number in range(1, entries):
        log.append(_draft(number), _time())
    log.close()


def _draft(number: int) -> Draft:
    """Return an entry such as the gate writes most."""
    return Draft(
        kind=Kind.REVIEW_OPEN,
        outcome=Outcome.INTENT,
        actor=Actor(person="p-alice", role="approver", token="0123456789abcdef"),
        subject=Subject(digest="ab" * 32, name=f"pkg:pypi/tool@1.{number}"),
        payload={"request": "ab" * 32, "review": "cd" * 32},
    )


def _opened(home: Path) -> Log:
    return Log.open(home, bytearray(KEY))


def _proved(log: Log) -> None:
    head = log.head()
    seq = head.size // 3
    (body,) = log.bodies(seq, seq + 1)
    leaf = hashlib.sha256(b"\0" + body).digest()
    verify_inclusion(leaf, seq, head.size, log.tree.inclusion(seq, head.size), head.root)


def _sound(log: Log, seal_key: bytearray | None) -> None:
    found = audit(log, seal_key)
    if found.findings:
        raise SystemExit(f"the journal does not verify: {found.findings[0]}")


def _leaves(home: Path, entries: int) -> None:
    if check_leaf_log(home / "leaf.log").size != entries:
        raise SystemExit("the leaf log does not verify")


def _hashed(home: Path) -> None:
    for path in home.glob("*"):
        if path.name != "plain.db":
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")


def _plain_sqlite(path: Path, entries: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("create table entry(seq integer primary key, body blob)")
    for seq in range(entries):
        connection.execute("insert into entry values(?, ?)", (seq, bytes(580)))
    connection.close()


def _time() -> EntryTime:
    return clock.reading(boot=0, floor_ms=0)


if __name__ == "__main__":
    os.umask(0o077)
    main(*(int(each) if each.isdigit() else each for each in sys.argv[1:]))  # type: ignore[arg-type]
