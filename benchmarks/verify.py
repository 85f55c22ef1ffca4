"""What it costs a deployer to verify a whole release, beside what no verifier can do without.

Run with the directory of a demo's world (`make demo` makes build/demo). A release is verified once, so
each figure is of a fresh process that has done nothing but import; the start of the interpreter and the
imports are counted for nobody. The peer is python-tuf's own client refreshing the same trust root from
the same files, and SHA-256 over the same artifacts.
"""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from measured.table import Row, show

from workstation.console.demo.python_tuf import downloaded
from workstation.core.recompute import recompute
from workstation.core.release_contents import is_reserved
from workstation.core.verdict import Allowed
from workstation.intake.release_reader import read_release
from workstation.trust.verification import verify_repository

PROOF_LIMIT = 64 * 1024
WAYS = ("SHA-256", "python-tuf", "read", "verify")
ROUNDS = 7
FRESH = 2


def main() -> None:
    """Measure and print, or say what is missing; asked for one way, do it once and print its seconds."""
    world = Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo")
    releases = sorted((world / "stick-out").glob("*-stable"))
    if not releases:
        print(f"no release in {world}/stick-out: `make demo` makes one")
    elif len(sys.argv) > FRESH:
        _once(sys.argv[FRESH], world, releases[-1])
    else:
        _table(world, releases[-1])


def _table(world: Path, release: Path) -> None:
    found = {what: statistics.median(_fresh(what, world) for _ in range(ROUNDS)) for what in WAYS}
    show(f"verifying {release.name}", [
        Row("SHA-256 of every file", found["SHA-256"]),
        Row("python-tuf: refresh of the same trust root", found["python-tuf"]),
        Row("both", found["SHA-256"] + found["python-tuf"]),
        Row("reading the release, every digest compared", found["read"], "SHA-256 of every file"),
        Row("verify: all of it, verdict recomputed", found["verify"], "both"),
    ])  # fmt: skip
    read = read_release(release)
    proof = sum(layer.size for layer in read.bundle.layers if is_reserved(layer.title))
    print(f"  the proof (trust root, countersignatures, journal) has {proof:,} bytes,", end=" ")
    print(f"{proof / PROOF_LIMIT:.2f} of 64 KiB")


def _fresh(what: str, world: Path) -> float:
    command = [sys.executable, __file__, str(world), what]
    return float(subprocess.run(command, check=True, capture_output=True).stdout)


def _once(what: str, world: Path, release: Path) -> None:
    root = (world / "far-side" / "root.json").read_bytes()
    with tempfile.TemporaryDirectory() as scratch:
        began = time.perf_counter()
        match what:
            case "verify":
                _verified(release, root)
            case "read":
                read_release(release)
            case "SHA-256":
                _hashed(release)
            case _:
                downloaded(world / "trust" / "repository", Path(scratch), root=root)
        print(time.perf_counter() - began)


def _hashed(release: Path) -> list[bytes]:
    blobs = (release / "blobs" / "sha256").iterdir()
    return [hashlib.sha256(blob.read_bytes()).digest() for blob in blobs]


def _verified(release: Path, root: bytes) -> None:
    now, read = datetime.now(UTC), read_release(release)
    trust = verify_repository(read.contents.trust, root=root, now=now)
    found = recompute(read.contents, read.documents, trust.snapshot, now=now)
    if found.verdict != Allowed():
        raise SystemExit(f"the release does not verify: {found.verdict}")


if __name__ == "__main__":
    main()
