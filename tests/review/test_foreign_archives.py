"""Generated archives of every format: we and two foreign readers see the same, or we refuse."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review.archives import ar_of, tar_info, tar_of, zip_of
from review.cpio_writer import TRAILER, cpio_entry, cpio_of
from review.foreign import Tree, have, read_by_us, tree_of, unpacked_by
from review.rpm_writer import rpm_of

NAMES = st.text("abcXYZ019_-. +é~", min_size=1, max_size=12)
SHORT_NAMES = st.text("abcXYZ019_-", min_size=1, max_size=15)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
CONTENTS = st.one_of(st.binary(max_size=300), st.integers(0, 400_000).map(lambda size: b"ab\n" * (size // 3)))
FILES = st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=6)
PLAIN = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_-]*/?)+(?:\n(?:[A-Za-z0-9_][A-Za-z0-9_-]*/?)+)*")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "zstd": zstandard.ZstdCompressor().compress,
}
slow = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def files_only(tree: Tree) -> Tree:
    """Leave folders out: formats differ in whether they name them."""
    return {
        name: ("file", hashlib.sha256(found).hexdigest()) if isinstance(found, bytes) else (kind, found)
        for name, (kind, found) in tree.items()
        if kind != "folder"
    }


def written(folder: Path, files: dict[str, bytes]) -> bool:
    """Write files below a folder; some sets of names cannot stand beside each other on a disk."""
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError:
        return False
    return files_only(tree_of(folder)).keys() == set(files)


def all_agree(make: Callable[[Path, Path], str], programs: tuple[str, ...], files: dict[str, bytes]) -> None:
    """Make an archive of files, and let everybody read it: `make` returns the name ours goes by."""
    with scratch() as folder:
        (folder / "in").mkdir()
        on_disk = written(folder / "in", files)
        if not on_disk:
            return
        archive = folder / "archive"
        name, _, prefix = make(folder / "in", archive).partition(":")

        ours = read_by_us(archive, name, prefix)

        if PLAIN.fullmatch("\n".join(files)) and len({name.casefold() for name in files}) == len(files):
            assert ours is not None
        if ours is not None:
            assert files_only(ours) == files_only({path: ("file", data) for path, data in files.items()})
            theirs = [files_only(unpacked_by(one, archive, folder / one)) for one in programs]
            assert theirs == [files_only(ours)] * len(programs)


def tool(*command: str, cwd: Path) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=cwd)


def by_bytes(build: Callable[[dict[str, bytes]], bytes], name: str) -> Callable[[Path, Path], str]:
    def make(folder: Path, archive: Path) -> str:
        files = {path: bytes(data) for path, (kind, data) in tree_of(folder).items() if kind == "file"}
        archive.write_bytes(build(files))
        return name

    return make


def squashfs(folder: Path, archive: Path, *more: str) -> str:
    tool("mksquashfs", ".", str(archive), "-noappend", "-quiet", "-no-progress", *more, cwd=folder)
    return "a.squashfs"


def iso(folder: Path, archive: Path, *more: str) -> str:
    tool("xorriso", "-as", "mkisofs", "-quiet", *more, "-o", str(archive), ".", cwd=folder)
    return "a.iso"


@pytest.mark.skipif(not have("bsdtar", "7z"), reason="bsdtar or 7z is missing")
@pytest.mark.parametrize("form", [0, 1, 2])
@slow
@given(files=FILES)
def test_tar_of_every_form(form: int, files: dict[str, bytes]) -> None:
    all_agree(by_bytes(lambda found: tar_of(found, form=form, mode=0o644), "a.tar"), ("bsdtar", "7z"), files)


@pytest.mark.skipif(not have("bsdtar", "unzip"), reason="bsdtar or unzip is missing")
@slow
@given(files=FILES)
def test_zip(files: dict[str, bytes]) -> None:
    all_agree(by_bytes(zip_of, "a.zip"), ("bsdtar", "unzip"), files)


@pytest.mark.skipif(not have("bsdtar", "cpio"), reason="bsdtar or cpio is missing")
@pytest.mark.parametrize("checksums", [False, True])
@slow
@given(files=FILES)
def test_cpio(checksums: bool, files: dict[str, bytes]) -> None:
    def build(found: dict[str, bytes]) -> bytes:
        return cpio_of(found, checksums=checksums)

    all_agree(by_bytes(build, "a.cpio"), ("bsdtar", "cpio"), files)


@pytest.mark.skipif(not have("bsdtar", "7z"), reason="bsdtar or 7z is missing")
@slow
@given(files=FILES)
def test_rpm(files: dict[str, bytes]) -> None:
    all_agree(by_bytes(rpm_of, "a.rpm:payload!/"), ("bsdtar", "7z-twice"), files)


@pytest.mark.skipif(not have("bsdtar", "7z"), reason="bsdtar or 7z is missing")
@pytest.mark.parametrize("packing", ["gzip", "bzip2", "xz", "lzma", "zstd"])
def test_rpm_payloads_of_every_packing(packing: str) -> None:
    def build(found: dict[str, bytes]) -> bytes:
        entries = (
            cpio_entry(f"./{name}".encode(), found[name], mode=33188, inode=n)
            for n, name in enumerate(sorted(found), 1)
        )
        payload = PACKERS[packing](b"".join(entries) + TRAILER)
        digest = hashlib.sha256(payload).hexdigest()
        return rpm_of(found, payload=payload, listed={1125: packing, 5092: [digest]})

    files = {"usr/bin/x": b"program\n", "usr/share/doc": b"words " * 50_000}
    # Neither bsdtar nor 7z of Debian 12 opens a package packed by zstd.
    theirs = () if packing == "zstd" else ("bsdtar", "7z-twice")
    all_agree(by_bytes(build, "a.rpm:payload!/"), theirs, files)


@pytest.mark.skipif(not have("bsdtar", "ar"), reason="bsdtar or ar is missing")
@slow
@given(
    files=st.dictionaries(st.text("abcXYZ019_-", min_size=1, max_size=15), CONTENTS, min_size=1, max_size=5)
)
def test_ar(files: dict[str, bytes]) -> None:
    def build(found: dict[str, bytes]) -> bytes:
        return ar_of([(f"{name}/", data) for name, data in found.items()])

    all_agree(by_bytes(build, "a.ar"), ("bsdtar", "ar"), files)


@pytest.mark.skipif(not have("mksquashfs", "unsquashfs", "7z"), reason="squashfs-tools or 7z is missing")
@pytest.mark.parametrize("packing", ["gzip", "xz", "zstd"])
@slow
@given(files=FILES, block=st.sampled_from(["4K", "128K", "1M"]), ends=st.booleans())
def test_squashfs(packing: str, files: dict[str, bytes], block: str, ends: bool) -> None:
    more = ["-comp", packing, "-b", block, *([] if ends else ["-no-fragments"])]
    all_agree(lambda folder, archive: squashfs(folder, archive, *more), ("unsquashfs", "7z"), files)


@pytest.mark.skipif(not have("xorriso", "bsdtar", "7z"), reason="xorriso, bsdtar or 7z is missing")
@slow
@given(files=FILES, joliet=st.booleans())
def test_iso_with_rock_ridge(files: dict[str, bytes], joliet: bool) -> None:
    more = ["-R", *(["-J", "-joliet-long"] if joliet else [])]
    # 7z reads Joliet where there is one, whose names end after 103 characters.
    all_agree(lambda folder, archive: iso(folder, archive, *more), ("bsdtar", "7z"), files)


@pytest.mark.skipif(
    # GNU tar unpacks by programs of their own.
    not have("bsdtar", "tar", "gzip", "bzip2", "xz", "zstd"),
    reason="bsdtar, GNU tar or one of its packers is missing",
)
@pytest.mark.parametrize("packing", ["gzip", "bzip2", "xz", "zstd"])
@slow
@given(files=FILES)
def test_packed_tar(packing: str, files: dict[str, bytes]) -> None:
    def make(folder: Path, archive: Path) -> str:
        tool("bsdtar", f"--{packing}", "-cf", str(archive), ".", cwd=folder)
        return "a.tar"

    # Python's tarfile knows no zstd before 3.14.
    all_agree(make, ("bsdtar", "tar") if packing == "zstd" else ("bsdtar", "tar", "python"), files)


@pytest.mark.skipif(not have("bsdtar"), reason="bsdtar is missing")
@pytest.mark.parametrize("form", ["ustar", "pax", "gnutar", "newc", "v7"])
def test_links_and_folders_as_another_writer_makes_them(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "in"
    (folder / "d" / "empty").mkdir(parents=True)
    (folder / "d" / "file").write_bytes(b"x" * 1000)
    (folder / "hard").hardlink_to(folder / "d" / "file")
    (folder / "link").symlink_to("d/file")
    tool("bsdtar", "--format", form, "-cf", str(tmp_path / "a"), ".", cwd=folder)

    ours = read_by_us(tmp_path / "a", "a")

    plain = {name: kind for name, (kind, _) in (ours or {}).items()}
    assert plain == {"d": "folder", "d/empty": "folder", "d/file": "file", "hard": "file", "link": "link"}
    assert ours is not None
    assert ours["hard"] == ours["d/file"]
    assert ours["link"] == ("link", "d/file")


@pytest.mark.skipif(not have("mksquashfs", "xorriso"), reason="mksquashfs or xorriso is missing")
@pytest.mark.parametrize("make", [squashfs, lambda folder, archive: iso(folder, archive, "-R")])
def test_links_and_modes_in_images(tmp_path: Path, make: Callable[[Path, Path], str]) -> None:
    folder = tmp_path / "in"
    (folder / "d" / "empty").mkdir(parents=True)
    (folder / "d" / "file").write_bytes(b"x" * 10_000)
    (folder / "d" / "file").chmod(0o4755)
    (folder / "link").symlink_to("d/../d/file")
    name = make(folder, tmp_path / "a")

    ours = read_by_us(tmp_path / "a", name)

    assert ours is not None
    assert {path: kind for path, (kind, _) in ours.items()} == {
        "d": "folder",
        "d/empty": "folder",
        "d/file": "file",
        "link": "link",
    }
    assert ours["link"] == ("link", "d/../d/file")


def test_a_foreign_tree_is_compared_with_its_links(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")

    assert tree_of(tmp_path) == {"a": ("link", "b")}
    assert tar_info("x").name == "x"
