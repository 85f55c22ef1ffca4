"""Every reader of hostile bytes, with something well-formed to start from.

A reader may refuse whatever it likes, with a sentence. It may not raise, hang, eat memory, or say
two things about the same bytes.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zstandard
from review.archives import ar_of, deb, sdist, tar_info, tar_of, wheel, zip_of
from review.cpio_writer import cpio_of
from review.oci_writer import layout_of
from review.rpm_writer import rpm_of

from workstation.review.ledger import Ledger
from workstation.review.limits import MIB, Limits
from workstation.review.source import BytesSource
from workstation.review.walk import walk_artifact

FILES = {"d/a.txt": b"text\n" * 20, "b": b"\0binary" * 9, "c/x.sh": b"#!/bin/sh\n"}
LIMITS = Limits(
    entries=2000,
    unpacked_total=32 * MIB,
    member=16 * MIB,
    nested_container=8 * MIB,
    ratio_from=MIB,
    text_held=16 * MIB,
)


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: the name its input goes by, and what makes its first inputs."""

    name: str
    seeds: Callable[[], list[bytes]]


def disk_image(*command: str) -> Callable[[], list[bytes]]:
    def make() -> list[bytes]:
        if shutil.which(command[0]) is None:
            return []
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "in"
            for name, data in FILES.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            (folder / "link").symlink_to("b")
            filled = [part.format(Path(scratch) / "out") for part in command]
            subprocess.run(filled, cwd=folder, check=True, capture_output=True)
            return [(Path(scratch) / "out").read_bytes()]

    return make


def tars() -> list[bytes]:
    links = [
        tar_info("l", type=b"2", linkname="b"),
        tar_info("h", type=b"1", linkname="b"),
        tar_info("n" * 150, type=b"5"),
    ]
    return [tar_of(FILES, *links, form=form) for form in (0, 1, 2)]


TARGETS = {
    "zip": Target("a.zip", lambda: [zip_of(FILES), zip_of({"n.zip": zip_of(FILES)})]),
    "wheel": Target("demo-1.0-py3-none-any.whl", lambda: [wheel("demo", "1.0", {"demo/a.py": b"x = 1\n"})]),
    "tar": Target("a.tar", tars),
    "sdist": Target("demo-1.0.tar.gz", lambda: [sdist("demo", "1.0", {"a.py": b"x = 1\n"})]),
    "gzip": Target("a.gz", lambda: [gzip.compress(b"text" * 50, mtime=0)]),
    "bzip2": Target("a.bz2", lambda: [bz2.compress(b"text" * 50)]),
    "xz": Target("a.xz", lambda: [lzma.compress(b"text" * 50), lzma.compress(tar_of(FILES))]),
    "zstd": Target("a.zst", lambda: [zstandard.compress(b"text" * 50), zstandard.compress(tar_of(FILES))]),
    "ar": Target("a.a", lambda: [ar_of([("a/", b"one"), ("b/", b"three")])]),
    "deb": Target("a.deb", lambda: [deb({"control": b"Package: a\n"}, tar_of(FILES))]),
    "cpio": Target("a.cpio", lambda: [cpio_of(FILES), cpio_of(FILES, checksums=True)]),
    "rpm": Target("a.rpm", lambda: [rpm_of(FILES)]),
    "oci": Target("i.tar", lambda: [layout_of(FILES, {".wh.b": b"", "d/a.txt": b"new"})]),
    "squashfs": Target(
        "a.squashfs", disk_image("mksquashfs", ".", "{}", "-noappend", "-quiet", "-no-progress")
    ),
    "iso": Target(
        "a.iso",
        disk_image("xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-no-pad", "-o", "{}", "."),
    ),
}


def walked_twice(name: str, data: bytes) -> None:
    """Walk some bytes twice; raises AssertionError when what is said differs, or says nothing."""
    first, second = (_walked(name, data) for _ in range(2))
    assert first.findings == second.findings
    assert first.not_inspected == second.not_inspected
    assert dict(first.members) == dict(second.members)
    assert name in first.members
    assert all(one.sentence for one in first.findings)


def _walked(name: str, data: bytes) -> Ledger:
    ledger = Ledger(LIMITS)
    walk_artifact(name, BytesSource(data), ledger)
    return ledger
