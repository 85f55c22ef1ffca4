"""Two releases compared: every change is listed, paired with what it was, and explained by rank."""

from __future__ import annotations

import gzip
import random
import tarfile

import pytest
from review.archives import (
    ar_of,
    deb,
    diffed,
    metadata,
    record_line,
    refusals,
    rules,
    sdist,
    tar_info,
    tar_of,
    walked,
    wheel,
    zip_of,
)

from workstation.core.release_diff import ChangeKind, ReleaseDiff, ReviewVerdict
from workstation.review.limits import Limits
from workstation.review.versions import goes_back, versioned, without_version

OLD, NEW = "demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"
# Made of members alone, so the compression library of a machine has no part in it.
GOLDEN = "b8e3ec0f1c43cd4e4c1c60e184fb99add7aa935b7ff7d0f29585bb4651d56e52"
CODE = b"def run():\n    return 1\n"


def wheels(old: dict[str, bytes], new: dict[str, bytes], **fields: object):
    before, now = {"demo/a.py": CODE, **old}, {"demo/a.py": CODE, **new}
    return diffed({OLD: wheel("demo", "1.0", before)}, {NEW: wheel("demo", "1.1", now, **fields)})


def worth_a_look(found: ReleaseDiff) -> list[tuple[int, str]]:
    """Return what is not folded away as noise."""
    return [(one.rank, one.sentence) for one in found.findings if one.rank > 20]


def inside(paths: tuple[str, ...]) -> list[str]:
    return [path.removeprefix(f"{NEW}!/") for path in paths]


def test_two_equal_releases_have_no_difference() -> None:
    data = wheel("demo", "1.0", {"demo/a.py": CODE})

    found = diffed({OLD: data}, {OLD: data})

    assert (found.changes, found.findings, found.not_inspected) == ((), (), ())


def test_members_pair_across_a_new_version_in_their_paths() -> None:
    found = wheels({}, {"demo/b.py": b"x\n"})

    assert inside(found.added) == ["demo/b.py"]
    assert found.removed == ()
    assert inside(found.content_changed) == ["demo-1.1.dist-info/METADATA", "demo-1.1.dist-info/RECORD"]
    assert found.changes[0].old.path == f"{OLD}!/demo-1.0.dist-info/METADATA"


def test_an_sdist_pairs_below_its_renamed_folder() -> None:
    old = sdist("demo", "2.31.0", {"demo.py": b"a\n", "gone.py": b"g\n"})
    new = sdist("demo", "2.32.0", {"demo.py": b"b\n"})

    found = diffed({"demo-2.31.0.tar.gz": old}, {"demo-2.32.0.tar.gz": new})

    assert found.content_changed == (
        "demo-2.32.0.tar.gz!/demo-2.32.0/PKG-INFO",
        "demo-2.32.0.tar.gz!/demo-2.32.0/demo.py",
    )
    assert found.removed == ("demo-2.31.0.tar.gz!/demo-2.31.0/gone.py",)
    assert [row.text for row in found.changes[-1].rows if row.kind.value == "added"] == ["b"]


def test_moved_bytes_are_a_move() -> None:
    found = wheels({"demo/here.py": b"moved\n"}, {"demo/there.py": b"moved\n"})

    moved = next(change for change in found.changes if change.kind is ChangeKind.MOVED)
    assert (moved.old.path, moved.new.path) == (f"{OLD}!/demo/here.py", f"{NEW}!/demo/there.py")
    assert not [change for change in found.changes if change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED)]


def test_artifacts_of_a_folder_pair_by_name_without_version() -> None:
    old = {OLD: wheel("demo", "1.0", {"a.py": b"x\n"}), "SHA256SUMS": b"1\n", "web/x-1.0.tgz": b"old"}
    new = {NEW: wheel("demo", "1.1", {"a.py": b"x\n"}), "SHA256SUMS": b"2\n", "notes.txt": b"new\n"}

    found = diffed(old, new)

    assert "SHA256SUMS" in found.content_changed
    assert found.added == (NEW, "notes.txt")
    assert found.removed == (OLD, "web/x-1.0.tgz")
    assert f"{NEW}!/demo-1.1.dist-info/METADATA" in found.content_changed


def test_modes_owners_and_links_are_listed_apart_from_content() -> None:
    def release(mode: int, uid: int, target: str) -> bytes:
        return tar_of({"run": b"x"}, tar_info("l", type=tarfile.SYMTYPE, linkname=target), mode=mode, uid=uid)

    found = diffed({"a.tar": release(0o644, 1, "run")}, {"a.tar": release(0o755, 0, "other")})

    assert found.mode_changed == ("a.tar!/run",)
    assert found.owner_changed == ("a.tar!/run",)
    assert found.link_changed == ("a.tar!/l",)
    assert found.content_changed == ()
    assert {("DIFF-MODE", 55, "run"), ("DIFF-OWNER", 90, "run"), ("DIFF-LINK", 60, "l")} <= rules(found)


def test_setuid_gained_is_a_finding() -> None:
    old, new = tar_of({"su": b"x"}, mode=0o755), tar_of({"su": b"x"}, mode=0o4755)

    found = diffed({"a.tar": old}, {"a.tar": new})

    assert ("DIFF-SETUID", 90, "su") in rules(found)


def test_a_container_packed_again_is_a_finding_although_no_member_differs() -> None:
    files = {"a.py": b"x\n" * 100}

    found = diffed(
        {"a.tar.gz": gzip.compress(tar_of(files), 1)}, {"a.tar.gz": gzip.compress(tar_of(files), 9)}
    )

    assert rules(found) == {("DIFF-REPACKED", 62, "a.tar.gz")}
    assert found.content_changed == ("a.tar.gz",)


def test_the_same_version_with_other_bytes_is_a_finding() -> None:
    found = diffed(
        {OLD: wheel("demo", "1.0", {"a.py": b"1\n"})}, {OLD: wheel("demo", "1.0", {"a.py": b"2\n"})}
    )

    assert ("DIFF-SAME-VERSION", 98, OLD) in rules(found)


def test_a_version_that_goes_back_is_a_finding() -> None:
    found = diffed({NEW: wheel("demo", "1.1", {})}, {OLD: wheel("demo", "1.0", {})})

    assert ("DIFF-VERSION-BACK", 98, OLD) in rules(found)


@pytest.mark.parametrize(
    ("name", "text", "rule", "rank"),
    [
        ("demo.pth", b"import os\n", "DIFF-RUNS-ITSELF", 92),
        ("sitecustomize.py", b"x = 1\n", "DIFF-RUNS-ITSELF", 92),
        ("setup.py", b"x = 1\n", "DIFF-RUNS-ITSELF", 89),
        ("demo-1.1.data/scripts/pip", b"#!python\n", "DIFF-RUNS-ITSELF", 90),
        ("demo/postinstall.sh", b"x\n", "DIFF-RUNS-ITSELF", 91),
        (
            "demo-1.1.dist-info/entry_points.txt",
            b"[console_scripts]\ndemo = demo:run\n",
            "DIFF-ENTRY-POINT",
            90,
        ),
        (
            "demo-1.1.dist-info/entry_points.txt",
            b"[console_scripts]\npython = demo:run\n",
            "DIFF-ENTRY-POINT",
            93,
        ),
        ("demo/x.py", "a = '\u202e'\n".encode(), "DIFF-BIDI", 95),
        ("demo/x.js", "a = '\ufe01\U000e0101'\n".encode(), "DIFF-INVISIBLE", 94),
        ("demo/x.py", b"a = 1\rb = 2\n", "DIFF-CONTROL", 50),
        ("demo/x.py", b"a = '" + b"A" * 3000 + b"'\n", "DIFF-LONG-LINE", 74),
        ("demo/x.py", b"a = 1\n" * 40_000, "DIFF-LARGE-CODE", 66),
        ("demo/x.py", b"import subprocess\n", "DIFF-FIRST-USE", 56),
        ("demo/x.py", b"eval(x)\n", "DIFF-FIRST-USE", 54),
        ("demo/x.py", b"import socket\n", "DIFF-FIRST-USE", 54),
        ("demo/x.py", b"base64.b64decode(x)\n", "DIFF-FIRST-USE", 54),
        ("demo/x.py", b"os.environ['TOKEN']\n", "DIFF-FIRST-USE", 52),
        ("demo/x.so", b"\x7fELF\0\0\0" * 30, "DIFF-PROGRAM-BROKEN", 70),
        ("demo/x.bin", b"abc\0" * 30, "DIFF-BINARY", 35),
        ("demo/blob", b"\0" + random.Random(1).randbytes(5000), "DIFF-DENSE", 52),
        ("demo/configure", b"x\n", "DIFF-BUILD-FILE", 58),
    ],
)
def test_what_is_worth_a_look_is_found(name: str, text: bytes, rule: str, rank: int) -> None:
    found = wheels({}, {name: text})

    assert (rule, rank, name) in rules(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"import subprocess\n", b"import subprocess\nx = 1\n"),
        (b"a = '" + b"A" * 3000 + b"'\n", b"a = '" + b"A" * 3100 + b"'\n"),
        ("a = '\u202e'\nb = 1\n".encode(), "a = '\u202e'\nb = 2\n".encode()),
        (b"x = retrieval(1)\n", b"x = retrieval(2)\n"),
    ],
)
def test_what_was_there_before_is_not_found_again(old: bytes, new: bytes) -> None:
    found = wheels({"demo/x.py": old}, {"demo/x.py": new})

    assert f"{NEW}!/demo/x.py" in found.content_changed
    assert worth_a_look(found) == []


def test_a_new_dependency_is_found_and_a_respelled_one_is_not() -> None:
    old = wheel("demo", "1.0", {}, requires=("Charset_Normalizer (>=2)", "idna"))
    new = wheel(
        "demo", "1.1", {}, requires=("charset-normalizer >=2", "idna<4", "evil", "pip ; extra == 'x'")
    )

    found = diffed({OLD: old}, {NEW: new})

    assert worth_a_look(found) == [
        (74, "a new dependency: evil; a new optional dependency: pip"),
        (28, "depends: idna before, idna <4 now"),
    ]
    assert (8, "dependencies mean what they meant and are spelled otherwise: charset-normalizer") in [
        (one.rank, one.sentence) for one in found.findings
    ]


def test_an_npm_package_gains_a_script_and_a_dependency() -> None:
    old = b'{"weight": 1.5, "dependencies": {"ms": "1"}}'
    new = b'{"weight": 1.5, "dependencies": {"ms": "2", "evil": "1"}, "scripts": {"preinstall": "sh x"}}'

    found = diffed(
        {"x-1.0.0.tgz": gzip.compress(tar_of({"package/package.json": old}))},
        {"x-1.0.1.tgz": gzip.compress(tar_of({"package/package.json": new}))},
    )

    assert worth_a_look(found) == [
        (93, "the script preinstall is now: sh x"),
        (74, "a new dependency: evil"),
        (28, "depends: ms 1 before, ms 2 now"),
    ]


def test_a_package_json_that_says_something_twice_is_found() -> None:
    twice = b'{"scripts": {"install": "a"}, "scripts": {}}'

    found = diffed({}, {"x.tgz": gzip.compress(tar_of({"package/package.json": twice}))})

    assert ("DIFF-METADATA", 70, "package/package.json") in rules(found)


def test_a_deb_shows_its_scripts_dependencies_and_files() -> None:
    old = deb({"control": b"Package: x\nDepends: libc6\n"}, tar_of({"./usr/bin/x": b"1\n"}))
    new = deb(
        {"control": b"Package: x\nDepends: libc6 (>= 2), curl | wget\n", "postinst": b"#!/bin/sh\n"},
        tar_of({"./usr/bin/x": b"2\n"}),
    )

    found = diffed({"x_1.0_all.deb": old}, {"x_1.1_all.deb": new})

    assert found.content_changed == (
        "x_1.1_all.deb!/control.tar.gz!/control",
        "x_1.1_all.deb!/data.tar.gz!/usr/bin/x",
    )
    assert {("DIFF-RUNS-ITSELF", 91, "postinst"), ("DIFF-DEPENDENCY", 74, "control")} <= rules(found)


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        (
            [("debian-binary", b"2.0\n"), ("data.tar", tar_of({})), ("control.tar", tar_of({}))],
            "wants debian-binary",
        ),
        (
            [
                ("debian-binary", b"2.0\n"),
                *[(n, tar_of({})) for n in ("control.tar", "data.tar", "data.tar.x")],
            ],
            "wants",
        ),
    ],
)
def test_a_deb_with_other_parts_is_refused(members: list[tuple[str, bytes]], sentence: str) -> None:
    found = refusals(walked("x.deb", ar_of(members)))

    assert any(sentence in one for one in found)


def test_a_lie_in_the_data_of_a_deb_refuses() -> None:
    bad = bytearray(tar_of({"a": b"x", "b": b"y"}))
    bad[1024] ^= 1

    found = diffed({}, {"x.deb": deb({"control": b"Package: x\n"}, bytes(bad))})

    assert found.verdict is ReviewVerdict.REFUSED


def test_an_ar_member_cut_short_is_refused() -> None:
    found = refusals(walked("x.a", ar_of([("a", b"12345678")])[:-3]))

    assert found == ["an ar member is cut short"]


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ("demo/a.py,sha256=AAAA,3\n", "its digest is another than RECORD says"),
        ("", "RECORD does not list it"),
        (record_line("demo/a.py", CODE) + "\nghost.py,sha256=AA,1\n", "and it is not there"),
        (record_line("demo/a.py", CODE) + "\n" + record_line("demo/a.py", CODE), "lists it twice"),
        ("demo/a.py,,\n", "no digest for it"),
        ("demo/a.py,md5=AAAA,3\n", "sha256 wanted"),
    ],
)
def test_a_wheel_its_record_contradicts_is_refused(record: str, sentence: str) -> None:
    rest = [
        record_line("demo-1.0.dist-info/METADATA", metadata("demo", "1.0")),
        "demo-1.0.dist-info/RECORD,,",
    ]

    ledger = walked(OLD, wheel("demo", "1.0", {"demo/a.py": CODE}, record="\n".join([*rest, record])))

    assert {one.rule for one in ledger.findings} == {"DIFF-RECORD"}
    assert any(sentence in one for one in refusals(ledger)), refusals(ledger)


@pytest.mark.parametrize("info", [metadata("other", "1.0"), metadata("demo", "2.0"), b"Name: demo\n", b""])
def test_a_wheel_whose_metadata_names_another_is_refused(info: bytes) -> None:
    found = refusals(walked(OLD, wheel("demo", "1.0", {}, info=info)))

    assert len(found) == 1


def test_a_wheel_without_its_own_folder_is_refused() -> None:
    found = refusals(walked(OLD, zip_of({"a.py": b"x"})))

    assert found == ["0 .dist-info folders found, one wanted"]


def test_a_wheel_named_otherwise_than_its_folder_is_refused() -> None:
    found = refusals(walked("demo-9.0-py3-none-any.whl", wheel("demo", "1.0", {})))

    assert len(found) == 1


def test_an_sdist_whose_metadata_names_another_version_is_refused() -> None:
    found = refusals(walked("demo-1.1.tar.gz", sdist("demo", "1.0", {})))

    assert len(found) == 1


def test_a_lie_in_the_release_before_refuses_and_says_whose_it_is() -> None:
    found = diffed({OLD: b"PK\3\4 broken"}, {NEW: wheel("demo", "1.1", {})})

    assert found.verdict is ReviewVerdict.REFUSED
    assert found.findings[0].sentence.startswith("in the release before: ")


def test_findings_come_by_rank_then_path() -> None:
    found = wheels({}, {"z.pth": b"x\n", "a.pth": b"x\n", "demo/x.py": b"import subprocess\n"})

    order = [(-one.rank, one.path) for one in found.findings]
    assert order == sorted(order)
    assert found.findings[0].paths == (f"{NEW}!/a.pth", f"{NEW}!/z.pth")


def test_text_past_the_budget_is_named_as_not_shown_and_still_looked_at() -> None:
    limits = Limits(rows=5)

    found = diffed({"old.py": b"y\n"}, {"big.py": b"import subprocess\n" * 9, "small.py": b"x\n"}, limits)

    assert [one.path for one in found.not_inspected] == ["big.py"]
    assert {change.path: len(change.rows) for change in found.changes if change.new} == {
        "big.py": 0,
        "small.py": 2,
    }
    assert ("DIFF-FIRST-USE", 56, "big.py") in rules(found)


def test_text_too_long_to_compare_is_named_as_not_inspected() -> None:
    found = diffed({}, {"big.py": b"x" * 100}, Limits(text_member=99))

    assert [one.path for one in found.not_inspected] == ["big.py"]


def test_an_unreadable_test_file_that_did_not_change_is_not_mentioned() -> None:
    broken = {"tests/bad.gz": b"\x1f\x8b broken", "a.py": b"1"}

    found = diffed({"a.tar": tar_of(broken)}, {"a.tar": tar_of({**broken, "a.py": b"2"})})

    assert found.not_inspected == ()


def test_the_same_releases_give_the_same_digest() -> None:
    def once() -> str:
        return wheels({"demo/x.py": b"1\n"}, {"demo/x.py": b"import socket\n", "b.pth": b"x"}).digest()

    assert once() == once() == GOLDEN


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("requests-2.31.0-py3-none-any.whl", "2.31.0"),
        ("python_pkcs11-0.9.0.tar.gz", "0.9.0"),
        ("ua-parser-js-0.7.30.tgz", "0.7.30"),
        ("libssl3_3.0.17-1~deb12u2_amd64.deb", "3.0.17-1~deb12u2"),
        ("dist/demo-1.0rc1.zip", "1.0rc1"),
        ("SHA256SUMS", ""),
        ("app.cdx.json", ""),
    ],
)
def test_versions_are_found_in_file_names(name: str, version: str) -> None:
    found = versioned(name).version

    assert found == version


def test_a_version_is_taken_out_of_a_path_only_where_it_stands_alone() -> None:
    found = without_version("x-1.0/a1.0/1.01/v-1.0.txt", "1.0")

    assert found == "x-@version@/a1.0/1.01/v-@version@.txt"


@pytest.mark.parametrize(
    ("old", "new", "back"),
    [
        ("1.10", "1.9", True),
        ("1.9", "1.10", False),
        ("1.0", "1.0.0", False),
        ("2.0", "2.0.post1", False),
        ("x", "1", False),
    ],
)
def test_versions_are_compared_as_numbers(old: str, new: str, back: bool) -> None:
    assert goes_back(old, new) is back
