"""The rarer lies of zip, tar, ar and xz, one by one: each is refused or pointed out, by its sentence."""

from __future__ import annotations

import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import pytest
from review.archives import raw_entry, raw_zip, refusals, tar_info, tar_of, walked, zip_of

from workstation.review.limits import Limits

FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF


def one(name: bytes = b"a", data: bytes = b"one", **lies: object) -> tuple[bytes, bytes, bytes]:
    return (name, *raw_entry(name, data, **lies))


def patched(data: bytes, magic: bytes, offset: int, layout: str, value: int) -> bytes:
    """Return `data` with one number changed, `offset` bytes after the last `magic`."""
    found = bytearray(data)
    struct.pack_into(layout, found, data.rindex(magic) + offset, value)
    return bytes(found)


def zip64(
    *, place_shift: int = 0, magic: bytes = b"PK\6\6", locator: bytes = b"PK\6\7", length: int = 44
) -> bytes:
    """Build a zip archive whose end record leaves everything to the zip64 one."""
    plain = raw_zip([one(b"a"), one(b"b")])
    body, end = plain[:-22], plain[-22:]
    count, size, start = struct.unpack("<HII", end[10:20])
    record = struct.pack("<4sQHHIIQQQQ", magic, length, 45, 45, 0, 0, count, count, size, start)
    pointer = struct.pack("<4sIQI", locator, 0, len(body) + place_shift, 1)
    last = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, FULL16, FULL16, FULL32, FULL32, 0)
    return body + record + pointer + last


def test_more_entries_than_old_readers_can_count_are_pointed_out() -> None:
    few, many = (zip_of(dict.fromkeys(map(str, range(count)), b"")) for count in (65_534, 65_537))

    assert [one.sentence for one in walked("a.zip", few).findings] == []
    assert [(one.rank, one.sentence) for one in walked("a.zip", many).findings] == [
        (20, "65537 entries; a reader without zip64 sees others")
    ]


def test_a_zip64_end_record_is_read() -> None:
    ledger = walked("a.zip", zip64())

    assert refusals(ledger) == []
    assert {"a.zip!/a", "a.zip!/b"} <= set(ledger.members)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (zip64(locator=b"XXXX"), "the zip64 locator is missing"),
        (zip64(magic=b"XXXX"), "the zip64 end record is missing"),
        (zip64(place_shift=-5), "the zip64 end record is missing"),
        (zip64(length=45), "does not end at its locator"),
    ],
)
def test_a_zip64_end_record_that_lies_is_refused(data: bytes, sentence: str) -> None:
    found = refusals(walked("a.zip", data))

    assert any(sentence in one for one in found), found


def test_a_member_written_with_zip64_sizes_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"hello")

    ledger = walked("a.zip", buffer.getvalue())

    assert refusals(ledger) == []
    assert ledger.members["a.zip!/a"].size == 5


PLAIN = raw_zip([one(b"a"), one(b"b")])
END, CENTRAL, LOCAL = b"PK\5\6", b"PK\1\2", b"PK\3\4"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (patched(PLAIN, END, 4, "<H", 3), "in several parts"),
        (patched(PLAIN, END, 8, "<H", 1), "counts its entries twice"),
        (patched(patched(PLAIN, END, 8, "<H", 1), END, 10, "<H", 1), "holds more than its records"),
        (patched(patched(PLAIN, END, 8, "<H", 3), END, 10, "<H", 3), "is damaged"),
        (patched(PLAIN, END, 16, "<I", 9999), "lies outside the archive"),
        (patched(PLAIN, END, 12, "<I", 40), "is damaged"),
        (patched(PLAIN, CENTRAL, 30, "<H", 500), "is cut short"),
        (patched(PLAIN, CENTRAL, 20, "<I", FULL32), "a zip64 size is missing"),
        (patched(PLAIN, CENTRAL, 20, "<I", 50), "reaches into the central directory"),
        (patched(PLAIN, CENTRAL, 42, "<I", 3), "overlap"),
        (patched(PLAIN, CENTRAL, 10, "<H", 8), "disagree on how it is packed"),
        (patched(PLAIN, CENTRAL, 24, "<I", 2), "disagree on its size"),
        (patched(PLAIN, LOCAL, 8, "<H", 12), "disagree on how it is packed"),
        (patched(patched(PLAIN, CENTRAL, 10, "<H", 14), LOCAL, 8, "<H", 14), "method 14"),
        (patched(PLAIN, LOCAL, 0, "<I", 7), "the entry has no local header"),
        (PLAIN + PLAIN[-22:], "a second zip end record"),
        (raw_zip([one(b"folder/", b"data")]), "a folder with data"),
        (raw_zip([one(b"\xff\xfe", b"x", flags=0x800)]), "not the UTF-8 it says it is"),
        (zip_of({"pipe": b""}, {"pipe": 0o010644}), "a device or pipe"),
    ],
)
def test_a_zip_directory_that_lies_is_refused(data: bytes, sentence: str) -> None:
    found = refusals(walked("a.zip", data))

    assert any(sentence in one for one in found), found


def with_extra(extra: bytes) -> bytes:
    name, local, central = one()
    central = central[:30] + struct.pack("<H", len(extra)) + central[32:]
    body = local
    directory = central + struct.pack("<I", 0) + name + extra
    return body + directory + struct.pack("<4sHHHHIIH", END, 0, 0, 1, 1, len(directory), len(body), 0)


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        (struct.pack("<HHB", 0x7075, 6, 1) + b"12345", "a second name or comment"),
        (struct.pack("<HH", 1, 99), "an extra field is cut short"),
    ],
)
def test_an_extra_field_that_lies_is_refused(extra: bytes, sentence: str) -> None:
    found = refusals(walked("a.zip", with_extra(extra)))

    assert any(sentence in one for one in found), found


def streamed(descriptor: bytes) -> bytes:
    """Build a zip archive of one entry whose sizes follow its data."""
    name, _, central = one(flags=8)
    local = struct.pack("<4sHHHHHIIIHH", LOCAL, 20, 8, 0, 0, 33, 0, 0, 0, 1, 0) + b"aone" + descriptor
    return raw_zip([(name, local, central)])


SIZES = (zlib.crc32(b"one"), 3, 3)


@pytest.mark.parametrize(
    "descriptor",
    [
        b"PK\7\10" + struct.pack("<III", *SIZES),
        struct.pack("<III", *SIZES),
        b"PK\7\10" + struct.pack("<IQQ", *SIZES),
        struct.pack("<IQQ", *SIZES),
    ],
)
def test_every_form_of_data_descriptor_is_read(descriptor: bytes) -> None:
    found = refusals(walked("a.zip", streamed(descriptor)))

    assert found == []


def test_a_data_descriptor_that_lies_is_refused() -> None:
    found = refusals(walked("a.zip", streamed(b"PK\7\10" + struct.pack("<III", 1, 3, 3))))

    assert any("after its data disagrees" in one for one in found), found


def test_an_entry_that_unpacks_to_more_than_announced_is_refused() -> None:
    data = zip_of({"a": b"x" * 500})
    for magic, offset in ((CENTRAL, 24), (LOCAL, 22)):
        data = patched(data, magic, offset, "<I", 100)

    found = refusals(walked("a.zip", data))

    assert any("more than the 100 bytes announced" in one for one in found), found


def test_a_bzip2_member_of_a_zip_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", b"hello" * 100)

    ledger = walked("a.zip", buffer.getvalue())

    assert (refusals(ledger), ledger.members["a.zip!/a"].size) == ([], 500)


def test_damaged_deflate_data_is_refused() -> None:
    data = bytearray(zip_of({"a": b"hello world" * 50}))
    data[31] ^= 0xFF

    assert refusals(walked("a.zip", bytes(data)))


def tar_with(kind: bytes, record: bytes, name: str = "a") -> bytes:
    """Build a tar archive of one member after a metadata record of our own."""
    header = tarfile.TarInfo("././@x")
    header.type, header.size = kind, len(record)
    padded = record + bytes(-len(record) % 512)
    return header.tobuf(tarfile.USTAR_FORMAT) + padded + tar_of({name: b"x"}, form=tarfile.USTAR_FORMAT)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (tar_with(b"x", b"10 path=b\n10 path=a\n"), "given twice"),
        (tar_with(b"x", b"99 path=b\n"), "a wrong length"),
        (tar_with(b"x", b"nonsense\n"), "a wrong length"),
        (tar_with(b"x", b"8 pathb\n"), "has no value"),
        (tar_with(b"x", b"9 size=x\n"), "is not a number"),
        (tar_with(b"x", b"12 path=a\0b\n"), "holds a NUL"),
        (tar_with(b"g", b"10 path=a\n"), "a global pax record sets path"),
        (tar_with(b"L", b"a\0hidden\0"), "a GNU long name holds a NUL"),
        (tar_with(b"x", b"x" * 600)[:800], "cut short"),
        (tar_with(b"x", b"17 path=/etc/x/a\n"), "absolute"),
    ],
)
def test_a_tar_record_that_lies_is_refused(data: bytes, sentence: str) -> None:
    found = refusals(walked("a.tar", data))

    assert any(sentence in one for one in found), found


def test_tar_metadata_past_its_limit_is_refused() -> None:
    found = refusals(walked("a.tar", tar_with(b"x", b"x" * 3000), Limits(tar_metadata=2000)))

    assert found == ["a tar metadata record of 3000 bytes found"]


def test_a_long_link_target_is_read() -> None:
    link = tar_info("l", type=tarfile.SYMTYPE, linkname="d/" * 80 + "x")

    ledger = walked("a.tar", tar_of({}, link, form=tarfile.GNU_FORMAT))

    assert ledger.members["a.tar!/l"].target == "d/" * 80 + "x"


def header_with(place: slice, field: bytes) -> bytes:
    data = bytearray(tar_of({"a": b"x"}, form=tarfile.USTAR_FORMAT))
    data[place] = field
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (header_with(slice(124, 136), b"\xff" * 12), "a negative number"),
        (header_with(slice(124, 136), b"0000000000x\0"), "not octal"),
        (tar_of({"a": b"x"})[:1024] + b"\0" * 100, "a tar header is cut short"),
        (header_with(slice(156, 157), b"5"), "a folder with 1 bytes of data"),
    ],
)
def test_a_tar_header_that_lies_is_refused(data: bytes, sentence: str) -> None:
    found = refusals(walked("a.tar", data))

    assert any(sentence in one for one in found), found


@pytest.mark.parametrize(
    ("data", "sentence", "rank"),
    [
        (tar_of({"a": b"x"})[:1024], "has no end marker", 45),
        (tar_of({"a": b"x"}, form=tarfile.GNU_FORMAT, uid=1 << 40), "larger than any system", 45),
        (tar_of({"a": b"x"}, form=tarfile.GNU_FORMAT, mtime=1 << 40), "beyond the year 9999", 20),
        (tar_of({"a": b"x"})[:1018] + b"hidden" + bytes(1024), "the padding behind it", 45),
        (tar_of({"d/" * 600 + "a": b"x"}), "the name has 1201 characters", 60),
        (tar_of({"d" * 300: b"x"}), "longer than 255", 60),
        (header_with(slice(0, 2), b"a\xff"), "not UTF-8", 60),
        (tar_of({"aux.c": b"x"}), "a device on other systems", 60),
    ],
)
def test_what_is_odd_in_a_tar_is_pointed_out_by_rank(data: bytes, sentence: str, rank: int) -> None:
    ledger = walked("a.tar", data)

    assert refusals(ledger) == []
    assert any(sentence in one.sentence and one.rank == rank for one in ledger.findings), ledger.findings


def test_a_name_without_end_is_refused() -> None:
    found = refusals(walked("a.tar", tar_of({"d/" * 3000 + "a": b"x"})))

    assert any("1 to 4096 wanted" in one for one in found), found


def test_a_folder_that_was_a_file_is_refused() -> None:
    found = refusals(walked("a.tar", tar_of({"a/b": b"x", "a": b"y"})))

    assert "this name is a file and a folder" in found


def test_a_damaged_ar_header_is_refused() -> None:
    found = refusals(walked("a.a", b"!<arch>\n" + b"x" * 60))

    assert found == ["an ar header is damaged"]


def test_an_xz_stream_that_wants_too_much_memory_is_refused() -> None:
    small = Limits(xz_memory=1 << 20)

    found = refusals(walked("a.xz", lzma.compress(b"x" * 99, preset=6), small))

    assert found == ["the xz stream is damaged or wants too much"]


def test_a_nested_container_past_its_size_is_refused() -> None:
    data = tar_of({"inner.tar": tar_of({"a": b"x"})})

    found = refusals(walked("a.tar", data, Limits(nested_container=5000)))

    assert found == ["a nested container of more than 5000 bytes"]


def test_more_text_than_is_held_is_named_as_not_inspected() -> None:
    ledger = walked("a.tar", tar_of({"a": b"x" * 60, "b": b"y" * 60}), Limits(text_held=100))

    assert [one.path for one in ledger.not_inspected] == ["a.tar!/b"]
