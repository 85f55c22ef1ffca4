"""Cpio archives, RPM packages and zstd streams that lie: each refused with a sentence, or pointed out."""

from __future__ import annotations

import gzip
import hashlib
import struct

import pytest
import zstandard
from review.archives import refusals, tar_of, walked
from review.cpio_writer import TRAILER, cpio_entry, cpio_of
from review.rpm_writer import rpm_of

from workstation.core.release_diff import MemberKind

ONE = cpio_entry(b"a", b"x")
SKIPPED = b"\x50\x2a\x4d\x18" + struct.pack("<I", 4) + b"hide"
FILES = {"usr/bin/a": b"one", "etc/b": b"two"}


def packed(data: bytes, **options: object) -> bytes:
    return zstandard.ZstdCompressor(level=3, **options).compress(data)


@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        (ONE[:50], "damaged or cut short"),
        (ONE, "damaged or cut short"),
        (ONE[:-4], "cut short: 1 bytes are missing"),
        (ONE.replace(b"070701", b"070707") + TRAILER, ""),
        (cpio_entry(b"a\0b") + TRAILER, "does not end where its header says"),
        (cpio_entry(b"") + TRAILER, "a cpio name of 1 bytes found"),
        (cpio_entry(b"n" * 5000) + TRAILER, "a cpio name of 5001 bytes found"),
        (cpio_entry(b"a", b"x", checksum=5) + TRAILER, "another checksum"),
        (cpio_entry(b"d", b"x", mode=0o040755) + TRAILER, "with 1 bytes of data"),
        (cpio_entry(b"d", mode=0o020755) + TRAILER, "a device, pipe or socket"),
        (cpio_entry(b"l", b"t" * 5000, mode=0o120777) + TRAILER, "a link target of 5000 bytes"),
        (ONE + ONE + TRAILER, "there twice"),
        (cpio_entry(b"../a") + TRAILER, "leads out of the archive"),
        (cpio_entry(b"/a") + TRAILER, "absolute"),
        (ONE + TRAILER + b"more", "data follows the end marker"),
        (ONE + cpio_entry(b"TRAILER!!!", b"x", mode=0), "the end marker of the cpio archive holds data"),
    ],
)
def test_a_cpio_archive_that_lies_is_refused(archive: bytes, sentence: str) -> None:
    found = refusals(walked("a.cpio", archive))

    assert any(sentence in one for one in found) if sentence else found == []


def test_padding_of_a_cpio_entry_that_holds_data_is_pointed_out() -> None:
    ledger = walked("a.cpio", cpio_entry(b"a", b"x")[:-1] + b"!" + TRAILER)

    assert [one.sentence for one in ledger.findings] == ["the padding behind it holds data"]


@pytest.mark.parametrize("order", ["data last", "data first", "no data"])
def test_names_of_one_cpio_file_are_hard_links(order: str) -> None:
    data = b"" if order == "no data" else b"content"
    held = cpio_entry(b"a", data, inode=7, links=2)
    other = cpio_entry(b"b", inode=7, links=2)
    archive = (held + other if order == "data first" else other + held) + TRAILER

    members = walked("x.cpio", archive).members

    kinds = {members[f"x.cpio!/{name}"].kind for name in "ab"}
    sizes = {one.size for one in members.values() if one.kind is MemberKind.FILE and one.path != "x.cpio"}
    assert (kinds, sizes) == ({MemberKind.FILE, MemberKind.HARD_LINK}, {len(data)})


def test_an_rpm_is_what_its_header_and_its_payload_agree_on() -> None:
    ledger = walked("a.rpm", rpm_of(FILES, modes={"usr/bin/a": 0o104755}))

    member = ledger.members["a.rpm!/payload!/usr/bin/a"]
    assert refusals(ledger) == []
    assert (member.mode, member.owner, member.size) == (0o4755, "root:root", 3)
    assert ledger.texts["a.rpm!/about/requires"] == b"Requires: libc.so.6\n"


def test_scripts_of_an_rpm_are_shown() -> None:
    ledger = walked("a.rpm", rpm_of(FILES, listed={1024: "rm -rf /tmp/x", 1086: "/bin/sh"}))

    assert ledger.texts["a.rpm!/about/scripts"] == b"after installation, run by /bin/sh:\nrm -rf /tmp/x\n"


BAD_MAGIC = gzip.compress(b"no archive", mtime=0)


@pytest.mark.parametrize(
    ("package", "sentence"),
    [
        (rpm_of(FILES)[:100], "missing or damaged"),
        (rpm_of(FILES)[:150], "cut short"),
        (rpm_of(FILES, digest="0" * 64), "the header has another digest"),
        (rpm_of(FILES, listed={5092: ["0" * 64]}), "the payload has another digest"),
        (rpm_of(FILES, listed={1030: [0o100644, 0o104755]}), "in the payload, 4755 in the header"),
        (rpm_of(FILES, listed={1035: ["0" * 64, "0" * 64]}), "its digest is another than the RPM's header"),
        (rpm_of(FILES, listed={1117: ["b", "other"]}), "the RPM's header does not list it"),
        (rpm_of(FILES, listed={1117: ["b", "other"]}), "lists it, and it is not there"),
        (rpm_of(FILES, listed={1117: ["b"]}), "list of files contradicts itself"),
        (rpm_of(FILES, listed={1116: [0, 9]}), "list of files contradicts itself"),
        (rpm_of(FILES, payload=BAD_MAGIC), "a cpio header is damaged"),
        (rpm_of(FILES, payload=b"plain bytes, not packed"), "packed in a way this review cannot read"),
    ],
)
def test_an_rpm_that_contradicts_itself_is_refused(package: bytes, sentence: str) -> None:
    assert any(sentence in one for one in refusals(walked("a.rpm", package)))


def test_a_file_an_rpm_only_owns_need_not_be_there() -> None:
    package = rpm_of({"a": b"x"}, listed={1037: [0, 64], **two_files()})

    assert refusals(walked("a.rpm", package)) == []


def two_files() -> dict[int, list[int] | list[str]]:
    return {
        1030: [0o100644, 0o100644],
        1035: [hashlib.sha256(b"x").hexdigest(), ""],
        1039: ["root", "root"],
        1040: ["root", "root"],
        1116: [0, 0],
        1117: ["a", "ghost"],
    }


@pytest.mark.parametrize("size", [0, 1, 5])
def test_a_zstd_stream_cut_short_is_refused(size: int) -> None:
    whole = packed(tar_of({"a": b"x" * 5000}))

    found = refusals(walked("a.tar.zst", whole + whole[: size or -3] if size else whole[:-3]))

    assert found


@pytest.mark.parametrize(
    ("data", "rank"),
    [
        (packed(b"hello" * 100), None),
        (packed(b"hello" * 100) + packed(b"more"), 20),
        (packed(b"hello" * 100) + SKIPPED, 45),
        (SKIPPED + packed(b"hello" * 100), None),
        (packed(b"hello" * 100) + b"junk", 100),
        (packed(b"hello" * 100, write_checksum=True)[:-1] + b"\0", 100),
    ],
)
def test_what_stands_between_zstd_frames_is_pointed_out(data: bytes, rank: int | None) -> None:
    ledger = walked("a.zst", data)

    assert [one.rank for one in ledger.findings] == ([] if rank is None else [rank])


def test_cpio_within_gzip_is_looked_into() -> None:
    ledger = walked("initrd.gz", gzip.compress(cpio_of({"init": b"#!/bin/sh\n"}), mtime=0))

    assert "initrd.gz!/init" in ledger.members
