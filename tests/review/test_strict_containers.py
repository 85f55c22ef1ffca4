"""The strict readers: what is well-formed is listed whole, and what lies is refused with its place."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.archives import raw_entry, raw_zip, refusals, tar_info, tar_of, walked, zip_of

from workstation.core.release_diff import MemberKind
from workstation.review.limits import Limits

FILES = {"pkg/__init__.py": b"x = 1\n", "pkg/data.bin": bytes(range(256)) * 40, "empty": b""}
contents = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.py", fullmatch=True), st.binary(max_size=400)
)


def listed(name: str, data: bytes) -> dict[str, int]:
    ledger = walked(name, data)
    assert refusals(ledger) == []
    return {path.partition("!/")[2]: one.size for path, one in ledger.members.items() if "!/" in path}


def sizes(files: dict[str, bytes]) -> dict[str, int]:
    return {name: len(data) for name, data in files.items()}


@given(contents)
def test_a_zip_is_listed_as_it_was_written(files: dict[str, bytes]) -> None:
    found = listed("a.zip", zip_of(files)) if files else {}

    assert found == sizes(files)


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("long", [False, True])
def test_every_common_form_of_tar_is_listed_as_it_was_written(form: int, long: bool) -> None:
    name = "deep/" * 40 + "name.py" if long and form != tarfile.USTAR_FORMAT else "name.py"
    files = {**FILES, name: b"y"}

    found = listed("a.tar", tar_of(files, form=form))

    assert found == sizes(files)


def test_a_name_beyond_ascii_in_a_pax_header_is_no_lie() -> None:
    found = listed("a.tar", tar_of({"docs/größe-日本.txt": b"x"}))

    assert found == {"docs/größe-日本.txt": 1}


def test_an_old_v7_tar_is_read() -> None:
    data = bytearray(tar_of({"a.txt": b"hello"}, form=tarfile.USTAR_FORMAT))
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])

    assert listed("a.tar", bytes(data)) == {"a.txt": 5}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_tar_shows_its_members_directly(pack) -> None:
    found = listed("a.tar.x", pack(tar_of(FILES)))

    assert found == sizes(FILES)


def test_a_compressed_file_has_one_content() -> None:
    found = listed("a.txt.gz", gzip.compress(b"hello"))

    assert found == {"content": 5}


def test_a_zip_written_as_a_stream_is_read() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: object) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"x = 1\n" * 100)

    assert listed("a.zip", pipe.getvalue()) == {"a.py": 600}


def test_nested_containers_are_joined_in_the_path() -> None:
    jar = zip_of({"lib/inner.tar.gz": gzip.compress(tar_of({"x.py": b"x"}))})

    ledger = walked("outer.zip", zip_of({"inner.jar": jar}))

    assert "outer.zip!/inner.jar!/lib/inner.tar.gz!/x.py" in ledger.members


def test_modes_owners_and_links_of_a_tar_are_kept() -> None:
    link = tar_info("link", type=tarfile.SYMTYPE, linkname="a.py", mode=0o777)
    hard = tar_info("hard", type=tarfile.LNKTYPE, linkname="a.py", mode=0o644)

    ledger = walked("a.tar", tar_of({"a.py": b"x"}, link, hard, mode=0o4755, uid=3, gid=4))

    member = ledger.members["a.tar!/a.py"]
    assert (member.mode, member.owner) == (0o4755, "3:4")
    assert (ledger.members["a.tar!/link"].kind, ledger.members["a.tar!/link"].target) == (
        MemberKind.LINK,
        "a.py",
    )
    assert ledger.members["a.tar!/hard"].kind is MemberKind.HARD_LINK
    assert refusals(ledger) == []


def entry(name: bytes, data: bytes, **lies: object) -> tuple[bytes, bytes, bytes]:
    return (name, *raw_entry(name, data, **lies))


def test_the_raw_zips_of_these_tests_are_well_formed_without_their_lie() -> None:
    found = listed("a.zip", raw_zip([entry(b"a", b"one"), entry(b"b", b"two")]))

    assert found == {"a": 3, "b": 3}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (raw_zip([entry(b"a", b"one"), entry(b"b", b"one")], offsets=[0, 0]), "overlap"),
        (raw_zip([entry(b"good.py", b"x", local_name=b"evil.py")]), "another name stands beside its data"),
        (raw_zip([entry(b"a", b"x", crc=7)]), "another length or checksum"),
        (raw_zip([entry(b"a", b"x"), entry(b"a", b"y")]), "there twice"),
        (raw_zip([entry(b"a", b"x", flags=1)]), "encrypted"),
        (raw_zip([entry(b"a", b"x")], tail=b"more"), "bytes follow the end"),
        (raw_zip([entry(b"a", b"x")]) * 2, "bytes stand before the archive"),
        (raw_zip([entry(b"/etc/passwd", b"x")]), "absolute"),
        (raw_zip([entry(b"../../x", b"x")]), "leads out"),
        (raw_zip([entry(b"a\\..\\b", b"x")]), "backslash"),
        (raw_zip([entry(b"a\0b", b"x")]), "control"),
        (raw_zip([entry("a\u202eb".encode(), b"x", flags=0x800)]), "control, bidirectional"),
        (raw_zip([entry(b"a/./b", b"x")]), "a dot"),
        (raw_zip([entry(b"a.py ", b"x")]), "ends in a dot or a space"),
        (raw_zip([entry(b"a", b"x"), entry(b"a/b", b"y")]), "written through a file"),
        (raw_zip([entry(b"a", b"x")])[:-30], "without an end record"),
        (raw_zip([entry(b"a", b"x")]).replace(b"PK\3\4", b"PK\3\5", 1), "without|no local header|not begin"),
    ],
)
def test_a_zip_that_lies_is_refused(data: bytes, sentence: str) -> None:
    found = refusals(walked("a.jar", data))

    assert any(part in one for one in found for part in sentence.split("|")), found


def test_an_entry_only_the_data_knows_is_refused() -> None:
    hidden, _ = raw_entry(b"hidden", b"x")
    _, local, central = entry(b"a", b"one")

    found = refusals(walked("a.zip", raw_zip([(b"a", hidden + local, central)], offsets=[len(hidden)])))

    assert "bytes no directory knows stand before this entry" in found


def test_a_zip_bomb_is_refused_by_its_announced_ratio_before_it_is_unpacked() -> None:
    bomb = zip_of({"zeros": bytes(40 << 20)})

    ledger = walked("a.zip", bomb)

    assert ledger.findings[0].rule == "DIFF-LIMIT"
    assert "more than 250 times" in refusals(ledger)[0]
    assert "a.zip!/zeros" not in ledger.members


def test_a_gzip_bomb_is_stopped_on_its_way() -> None:
    limits = Limits(ratio_from=1 << 20)

    ledger = walked("a.gz", gzip.compress(bytes(4 << 20)), limits)

    assert "it unpacks to more than 250 times its size" in refusals(ledger)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(entries=2), "more than 2 entries"),
        (Limits(unpacked_total=100), "more than 100 unpacked bytes"),
        (Limits(member=2000), "more than 2000 bytes in one member"),
    ],
)
def test_a_limit_that_is_crossed_refuses(limits: Limits, sentence: str) -> None:
    found = refusals(walked("a.tar.gz", gzip.compress(tar_of(FILES)), limits))

    assert any(sentence in one for one in found), found


def test_containers_nested_too_deep_are_refused() -> None:
    data = b"x"
    for _ in range(9):
        data = zip_of({"inner.zip": data})

    found = refusals(walked("a.zip", data))

    assert found == ["containers nested deeper than 8"]


def wrong_checksum() -> bytes:
    data = bytearray(tar_of({"a": b"x", "b": b"y", "c": b"z"}))
    data[1024 + 5] ^= 1
    return bytes(data)


def after_end() -> bytes:
    return tar_of({"a": b"x"}) + tar_of({"hidden": b"y"})


def one_zero_block() -> bytes:
    first, second = tar_of({"a": b"x"})[:1024], tar_of({"hidden": b"y"})
    return first + bytes(512) + second


def pax_size() -> bytes:
    data = bytearray(tar_of({"a": b"x" * 600}, pax_headers={"size": "5"}))
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (wrong_checksum(), "checksum is wrong"),
        (after_end(), "data follows the end marker"),
        (one_zero_block(), "members follow a block of zeros"),
        (tar_of({"a": b"x" * 3000})[:2000], "cut short"),
        (tar_of({"a": b"x", "./a": b"y"}), "there twice"),
        (tar_of({"/a": b"x"}), "absolute"),
        (tar_of({"x/../../a": b"x"}), "leads out"),
        (tar_of({"a\nb": b"x"}), "control"),
        (tar_of({}, tar_info("dev", type=tarfile.CHRTYPE)), "a character device"),
        (tar_of({}, tar_info("pipe", type=tarfile.FIFOTYPE)), "a named pipe"),
        (tar_of({}, tar_info("x", type=tarfile.LNKTYPE, linkname="../etc/passwd")), "did not come before"),
        (
            tar_of({}, tar_info("l", type=tarfile.SYMTYPE, linkname="d"), tar_info("l/x")),
            "written through a link",
        ),
        (tar_of({"a": b"x"}, pax_headers={"GNU.sparse.realsize": "99"}), "sparse"),
        (tar_of({"a": b"x"}, pax_headers={"path": "b"}), "stands over another"),
        (pax_size(), "stands over a tar size"),
        (tar_of({"a": b"x"}, tar_info("odd", type=b"Z")), "unknown kind"),
    ],
)
def test_a_tar_that_lies_is_refused(data: bytes, sentence: str) -> None:
    found = refusals(walked("a.tar", data))

    assert any(sentence in one for one in found), found


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_stream_cut_short_is_refused(pack) -> None:
    whole = pack(tar_of(FILES))

    found = refusals(walked("a.tar.gz", whole[: len(whole) - 9]))

    assert any("cut short" in one for one in found), found


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_bytes_after_a_compressed_stream_are_refused(pack) -> None:
    found = refusals(walked("a.tar.gz", pack(tar_of(FILES)) + b"hidden payload"))

    assert any("bytes follow the end" in one for one in found), found


def test_several_streams_in_one_file_are_all_read_and_mentioned() -> None:
    data = tar_of(FILES)

    ledger = walked("a.tar.gz", gzip.compress(data[:700]) + gzip.compress(data[700:]))

    assert "a.tar.gz!/pkg/__init__.py" in ledger.members
    assert [one.sentence for one in ledger.findings] == ["several gzip streams stand one after another"]


def test_padding_between_xz_streams_is_no_lie() -> None:
    data = tar_of(FILES)

    ledger = walked("a.tar.xz", lzma.compress(data[:700]) + bytes(8) + lzma.compress(data[700:]) + bytes(4))

    assert refusals(ledger) == []
    assert "a.tar.xz!/pkg/__init__.py" in ledger.members


def test_a_lie_in_nested_test_data_makes_only_that_opaque() -> None:
    ledger = walked("a.tar", tar_of({"tests/bad.zip": raw_zip([entry(b"a", b"x", crc=7)]), "a.py": b"x"}))

    assert refusals(ledger) == []
    assert [one.path for one in ledger.not_inspected] == ["a.tar!/tests/bad.zip"]
    assert "a.tar!/tests/bad.zip" in ledger.members
    assert not [path for path in ledger.members if path.startswith("a.tar!/tests/bad.zip!/")]


def test_a_nested_bomb_refuses_all_the_same() -> None:
    ledger = walked("a.tar", tar_of({"tests/bomb.zip": zip_of({"zeros": bytes(40 << 20)})}))

    assert len(refusals(ledger)) == 1


def test_a_zip_behind_other_data_is_pointed_out() -> None:
    ledger = walked("a.py", b"print('hello')\n" + zip_of({"__main__.py": b"x"}))

    assert [one.rank for one in ledger.findings] == [88]
    assert len(ledger.not_inspected) == 1


@pytest.mark.parametrize("name", ["a.whl", "a.tar.gz", "a.deb"])
def test_an_artifact_that_is_not_what_its_name_promises_is_refused(name: str) -> None:
    found = refusals(walked(name, b"hello"))

    assert found == ["it does not begin as the container its name promises"]


def test_an_artifact_this_review_cannot_open_says_so_loudly() -> None:
    ledger = walked("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(600))

    assert [(one.rule, one.rank) for one in ledger.findings] == [("DIFF-OPAQUE", 90)]
    assert len(ledger.not_inspected) == 1


@pytest.mark.parametrize(
    ("link", "sentence"),
    [("/etc/shadow", "absolute path"), ("../../x", "leads out")],
)
def test_a_link_that_leaves_the_archive_is_pointed_out(link: str, sentence: str) -> None:
    ledger = walked("a.tar", tar_of({}, tar_info("d/l", type=tarfile.SYMTYPE, linkname=link)))

    assert [sentence in one.sentence for one in ledger.findings] == [True]


def test_a_link_in_a_zip_is_pointed_out() -> None:
    ledger = walked("a.zip", zip_of({"l": b"target"}, {"l": 0o120777}))

    assert ledger.members["a.zip!/l"].target == "target"
    assert [one.rank for one in ledger.findings] == [60]


def test_names_that_differ_only_in_case_are_pointed_out() -> None:
    ledger = walked("a.zip", zip_of({"Readme": b"x", "readme": b"y"}))

    assert "only in spelling" in ledger.findings[0].sentence


@given(
    st.binary(max_size=300),
    st.sampled_from([b"PK\3\4", b"\x1f\x8b", b"BZh91AY&SY", b"\xfd7zXZ\0", b"!<arch>\n", b""]),
)
def test_no_bytes_make_the_walk_fail(data: bytes, magic: bytes) -> None:
    ledger = walked("a.bin", magic + data)

    assert "a.bin" in ledger.members


@given(st.data())
def test_no_single_changed_byte_makes_the_walk_fail(data: st.DataObject) -> None:
    whole = bytearray(
        data.draw(st.sampled_from([zip_of(FILES), tar_of(FILES), gzip.compress(tar_of(FILES), mtime=0)]))
    )
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))

    ledger = walked("a.bin", bytes(whole))

    assert "a.bin" in ledger.members
