"""What a release diff costs, beside the floor: hashing everything that is in the release, unpacked.

Made-up releases of a few sizes, and the demo's two real ones where `make demo` has fetched them. The
child that compares is started anew each time and locked in, so its start is a row of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from measured.table import Row, measured, show

from workstation.review.of_paths import diff_of_paths

SIZES = ((200, 4_000), (2_000, 4_000), (40, 1_000_000))
CHANGED_EVERY = 50


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch) / "empty.txt"
        empty.write_bytes(b"")
        started = measured({"start": lambda: diff_of_paths(empty, empty)}, rounds=3)["start"]
        for count, size in SIZES:
            old, new = _release(Path(scratch), count, size, 1), _release(Path(scratch), count, size, 2)
            _compare(f"{count:,} files of {size:,} bytes", old, new, started)
    downloads = Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo") / "downloads"
    for kind in ("*.whl", "*.tar.gz"):
        found = sorted(downloads.glob(kind))
        if len(found) == len(("before", "after")):
            _compare(f"{found[0].name} to {found[1].name}", found[0], found[1], started)


def _compare(title: str, old: Path, new: Path, started: float) -> None:
    found = measured({
        "floor": lambda: [_hashed(old), _hashed(new)],
        "diff": lambda: diff_of_paths(old, new),
    }, rounds=3)  # fmt: skip
    beyond, floor = max(found["diff"] - started, 0.0), "floor: unpack and SHA-256 both releases"
    show(title, [
        Row(floor, found["floor"]),
        Row("a locked child, started and ended", started),
        Row("release diff, all of it", found["diff"], floor),
        Row("  of it beyond the start", beyond, floor),
    ])  # fmt: skip


def _release(folder: Path, count: int, size: int, version: int) -> Path:
    path = folder / f"made-{count}-{size}-{version}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            changed = version > 1 and number % CHANGED_EVERY == 0
            archive.writestr(f"made/file_{number}.txt", _lines(size, number, "new" if changed else "old"))
    return path


def _lines(size: int, seed: int, word: str) -> str:
    chance = random.Random(seed)
    lines = (f"{chance.getrandbits(64):016x} {number} a line of text" for number in range(size // 40))
    return f"{word}\n" + "\n".join(lines)


def _hashed(path: Path) -> list[bytes]:
    if path.suffix == ".gz":
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(path.read_bytes()))) as archive:
            files = (archive.extractfile(member) for member in archive if member.isfile())
            return [hashlib.sha256(file.read()).digest() for file in files if file is not None]
    with zipfile.ZipFile(path) as archive:
        return [hashlib.sha256(archive.read(name)).digest() for name in archive.namelist()]


if __name__ == "__main__":
    main()
