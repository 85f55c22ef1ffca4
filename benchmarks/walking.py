"""What walking costs, beside its floor: unpacking the same bytes and taking their SHA-256, and nothing else.

A wheel, a Debian package and a tree of 100,000 files; a million files against their limits; and two
trees of 99 MB of which 40 files of 2,000 changed, from the first glimpse on. Processor time, as the
machine may be busy with other things.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from workstation.core.glimpse import Glimpse
from workstation.review.ledger import Ledger
from workstation.review.limits import Limits
from workstation.review.prepare import NamedFile, release_diff
from workstation.review.source import FileSource
from workstation.review.walk import walk_artifact

CHUNK = 1 << 18
MILLION = 1_000_000
UNLIMITED = Limits(entries=4 * MILLION)
_BODIES = 997


def main() -> None:
    """Measure and print; `--walk FILE` walks one file in a process of its own and prints time and memory."""
    if sys.argv[1:2] == ["--walk"]:
        print(*_walked(Path(sys.argv[2])))
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as scratch:
        folder = Path(scratch)
        _beside_the_floor("wheel, 17 MB unpacked in 400 files", _wheel(folder), _zip_floor)
        _beside_the_floor(".deb, 60 MB unpacked in 2,000 files", _deb(folder), _deb_floor)
        tree = _tree(folder, 100_000, 10_000)
        _beside_the_floor(".tar.gz of 100,000 files of 10 kB", tree, _tar_floor)
        tree.unlink()
        many = _million(folder)
        seconds, memory = _in_a_process(many)
        print(f"a million files in a .tar: {seconds:.1f} CPU-s (at most 60), {memory:.0f} MB (at most 400)")
        many.unlink()
        _two_trees(folder)


def _walked(path: Path) -> tuple[float, float]:
    """Walk a file; return processor seconds and the most memory held, in MB."""
    ledger = Ledger(UNLIMITED)
    began = time.process_time()
    with path.open("rb") as file:
        walk_artifact(path.name, FileSource(file.fileno(), path.stat().st_size), ledger)
    taken = time.process_time() - began
    assert not ledger.findings, ledger.findings[:3]
    return taken, _most_memory(os.getpid())


def _most_memory(pid: int) -> float:
    """Return the most memory a process held, in MB; `getrusage` would tell its parent's too."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1000


def _in_a_process(path: Path) -> tuple[float, float]:
    command = [sys.executable, __file__, "--walk", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def _beside_the_floor(title: str, path: Path, floor: Callable[[Path], object]) -> None:
    began = time.process_time()
    floor(path)
    least = time.process_time() - began
    seconds, memory = _in_a_process(path)
    ratio = f"{seconds / least:.2f} times the floor of {least:.2f}"
    print(f"{title}: {seconds:.2f} CPU-s = {ratio}, {memory:.0f} MB", flush=True)


def _zip_floor(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            hashlib.sha256(archive.read(name)).digest()
    hashlib.sha256(path.read_bytes()).digest()


def _deb_floor(path: Path) -> None:
    """Hash the package, its packed part and every file in it; no way around either is known."""
    data = path.read_bytes()
    packed = data[data.rindex(b"\xfd7zXZ\0") :]
    hashlib.sha256(data).digest()
    hashlib.sha256(packed).digest()
    with lzma.open(io.BytesIO(packed)) as unpacked:
        for piece in _pieces(unpacked):
            hashlib.sha256(piece).digest()


def _tar_floor(path: Path) -> None:
    hashlib.sha256(path.read_bytes()).digest()
    with gzip.open(path) as unpacked:
        for piece in _pieces(unpacked):
            hashlib.sha256(piece).digest()


def _pieces(file: io.BufferedIOBase | lzma.LZMAFile | gzip.GzipFile) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _wheel(folder: Path) -> Path:
    path = folder / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(400):
            archive.writestr(f"made/module_{number}.py", _text(43_000, number))
    return path


def _deb(folder: Path) -> Path:
    path = folder / "made_1.0_all.deb"
    parts = (
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", lzma.compress(_tar({"./control": b"Package: made\n"}))),
        (
            "data.tar.xz",
            lzma.compress(_tar({f"./usr/share/made/{n}": _text(30_000, n) for n in range(2000)})),
        ),
    )
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, data in parts:
            file.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode())
            file.write(data + b"\n" * (len(data) % 2))
    return path


def _tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            _add(archive, name, data)
    return buffer.getvalue()


def _tree(folder: Path, count: int, size: int) -> Path:
    path = folder / "tree.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=3) as archive:
        for number in range(count):
            name = f"tree/d{number // 200:05}/s{number // 20 % 10}/file_{number}.txt"
            _add(archive, name, _text(size, number))
    return path


def _million(folder: Path) -> Path:
    path = folder / "million.tar"
    with tarfile.open(path, "w") as archive:
        for number in range(MILLION):
            name = f"tree/d{number // 2000:05}/s{number // 20 % 100}/file_{number}.txt"
            _add(archive, name, b"content of file %d\n" % number)
            archive.members.clear()  # the writer remembers every member otherwise
    return path


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _two_trees(folder: Path) -> None:
    """Compare two folders as the command line does, the child's start and all."""
    sides = [folder / "old", folder / "new"]
    for side in sides:
        side.mkdir()
        for number in range(2000):
            text = _text(49_500, number)
            changed = side.name == "new" and number % 50 == 0
            (side / f"file_{number}.txt").write_bytes(text + b"one more line\n" * changed)
    old, new = ([NamedFile(name=path.name, path=path) for path in sorted(side.iterdir())] for side in sides)
    began, first, memories = time.perf_counter(), list[float](), [0.0]

    def watch(glimpse: Glimpse) -> None:
        if glimpse.changed and not first:
            first.append(time.perf_counter() - began)
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        memories.extend(_most_memory(int(child)) for child in children)

    found = release_diff(old, new, watch=watch)
    taken = time.perf_counter() - began
    assert len(found.content_changed) == 2000 // 50
    print(
        f"two trees of 99 MB, 2,000 files, 40 changed: first changes after {first[0]:.2f} s (at most 0.5),"
        f" all after {taken:.2f} s (at most 2), {max(memories):.0f} MB (at most 150)"
    )


def _text(size: int, seed: int) -> bytes:
    """Return text that packs about as well as source code does."""
    return f"file {seed}\n".encode() + _body(size, seed % _BODIES)


@lru_cache(maxsize=_BODIES)
def _body(size: int, seed: int) -> bytes:
    chance = random.Random(seed)
    words = [f"word{chance.randrange(3000):04}" for _ in range(64)]
    lines = (" ".join(chance.choices(words, k=8)) for _ in range(size // 72))
    return ("\n".join(lines) + "\n").encode()


if __name__ == "__main__":
    main()
