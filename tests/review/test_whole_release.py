"""A release as a whole: lists of digests, artifacts, sources beside what was built, and its baseline."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from review.archives import deb, diffed, rules, sdist, tar_of, wheel

from workstation.core.diff_rules import DIFF_RULES
from workstation.core.release_diff import ChangeKind, Finding, ReviewVerdict
from workstation.review.grouping import grouped

OLD, NEW = "demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"


def sums(**files: bytes) -> bytes:
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return "".join(lines).encode()


def test_a_list_of_digests_that_holds_says_nothing() -> None:
    release = {"SHA256SUMS": sums(a=b"1", b=b"2"), "a": b"1", "b": b"2", "SHA256SUMS.asc": b"x"}

    assert diffed(release, release).findings == ()


@pytest.mark.parametrize(
    ("files", "path", "sentence"),
    [
        ({"a": b"other", "b": b"2"}, "a", "its SHA-256 is another than 'SHA256SUMS' says"),
        ({"a": b"1"}, "SHA256SUMS", "it lists 'b', and that is not there"),
        ({"a": b"1", "b": b"2", "c": b"3"}, "c", "it is not on the list 'SHA256SUMS'"),
    ],
)
def test_a_file_that_is_not_what_the_list_says_refuses(
    files: dict[str, bytes], path: str, sentence: str
) -> None:
    listed = {"SHA256SUMS": sums(a=b"1", b=b"2")}
    found = diffed({**listed, "a": b"1", "b": b"2"}, {**listed, **files})

    assert found.verdict is ReviewVerdict.REFUSED
    assert (path, sentence) in {(one.path, one.sentence) for one in found.findings if one.rule == "DIFF-SUMS"}


def test_a_debian_source_is_held_against_its_own_checksums() -> None:
    digest = hashlib.sha256(b"orig").hexdigest()
    dsc = f"Format: 3.0 (quilt)\nChecksums-Sha256:\n {digest} 4 x.orig.tar\n {'0' * 64} 9 away.tar\n".encode()

    whole, changed = {"x.dsc": dsc, "x.orig.txt": b"1"}, {"x.dsc": dsc, "x.orig.tar": tar_of({"a": b"b"})}
    assert diffed({}, whole).verdict is ReviewVerdict.REVIEWABLE
    assert ("DIFF-SUMS", 100, "x.orig.tar") in rules(diffed({}, changed))


def test_an_artifact_of_a_new_version_came_and_went_and_is_compared_within() -> None:
    old = {OLD: wheel("demo", "1.0", {"a.py": b"x\n"}), "notes": b"1"}
    new = {NEW: wheel("demo", "1.1", {"a.py": b"y\n"}), "notes": b"1"}

    found = diffed(old, new)

    assert (found.added, found.removed) == ((NEW,), (OLD,))
    assert f"{NEW}!/a.py" in found.content_changed
    assert next(one.kind for one in found.changes if one.path == NEW) is ChangeKind.REPLACED
    assert ("DIFF-ARTIFACT", 40, NEW) in rules(found)


def test_one_file_against_one_file_is_the_same_artifact_however_named() -> None:
    found = diffed({OLD: wheel("demo", "1.0", {})}, {NEW: wheel("demo", "1.1", {})})

    assert (found.added, found.removed) == ((), ())


def test_a_signature_that_is_gone_is_found() -> None:
    found = diffed({"a": b"1", "a.asc": b"x"}, {"a": b"1"})

    assert ("DIFF-SIGNATURE-GONE", 60, "a.asc") in rules(found)


def pair(built: bytes, source: bytes, version: str) -> dict[str, bytes]:
    return {
        f"demo-{version}-py3-none-any.whl": wheel("demo", version, {"demo/a.py": built}),
        f"demo-{version}.tar.gz": sdist("demo", version, {"src/demo/a.py": source}),
    }


def test_a_wheel_that_is_not_built_from_its_source_is_found() -> None:
    honest, other = pair(b"x\n", b"x\n", "1.0"), pair(b"x\nimport evil\n", b"x\n", "1.1")
    without = {**pair(b"x\n", b"x\n", "1.1"), NEW: wheel("demo", "1.1", {"demo/b.py": b"y\n"})}

    assert ("DIFF-BUILT-ALONE", 64, "demo/a.py") in rules(diffed(honest, other))
    assert ("DIFF-BUILT-ALONE", 64, "demo/b.py") in rules(diffed(honest, without))


def test_a_wheel_built_from_its_source_is_not_found_nor_what_differed_before() -> None:
    honest, later = pair(b"x\n", b"x\n", "1.0"), pair(b"y\n", b"y\n", "1.1")
    known, again = pair(b"x1\n", b"x2\n", "1.0"), pair(b"y1\n", b"y2\n", "1.1")

    assert "DIFF-BUILT-ALONE" not in {rule for rule, _, _ in rules(diffed(honest, later))}
    assert "DIFF-BUILT-ALONE" not in {rule for rule, _, _ in rules(diffed(known, again))}


def npm(dist: bytes, source: bytes) -> bytes:
    return gzip.compress(tar_of({"package/dist/x.js": dist, "package/src/x.js": source}), mtime=0)


def test_a_built_file_that_changed_alone_is_found() -> None:
    old, alone, both = npm(b"1", b"a"), npm(b"2", b"a"), npm(b"2", b"b")

    rule = ("DIFF-BUILT-ALONE", 64, "package/dist/x.js")
    assert rule in rules(diffed({"x-1.0.0.tgz": old}, {"x-1.0.1.tgz": alone}))
    assert rule not in rules(diffed({"x-1.0.0.tgz": old}, {"x-1.0.1.tgz": both}))


def test_a_first_release_is_a_baseline_ranked_for_what_it_is() -> None:
    release = {NEW: wheel("demo", "1.1", {"x.pth": b"import x\n", "demo/x.py": b"import socket\n"})}

    found = diffed({}, release)

    assert found.baseline
    assert ("DIFF-RUNS-ITSELF", 92, "x.pth") in rules(found)
    assert ("DIFF-FIRST-USE", 30, "demo/x.py") in rules(found)
    assert not diffed(release, release).baseline


def test_every_finding_is_declared_and_within_its_ranks() -> None:
    old = {"a.deb": deb({"control": b"Package: x\n"}, tar_of({"x": b"1"}))}
    new = {"a.deb": deb({"control": b"Package: x\nDepends: y\n"}, tar_of({"x": b"2"}, mode=0o4755))}

    for one in (*diffed(old, new).findings, *diffed({}, new).findings):
        rule = DIFF_RULES[one.rule]
        assert min(rule.least, rule.baseline) <= one.rank <= rule.most


def finding(path: str, *, rule: str = "DIFF-HOST", rank: int = 48, sentence: str = "it names x") -> Finding:
    return Finding(rule=rule, rank=rank, path=path, sentence=sentence)


def test_what_one_rule_finds_in_one_folder_is_one_finding() -> None:
    (group,) = grouped([finding("a.whl!/x/b.py"), finding("a.whl!/x/a.py"), finding("a.whl!/x/a.py")])

    assert (group.path, group.paths) == ("a.whl!/x", ("a.whl!/x/a.py", "a.whl!/x/b.py"))
    assert group.sentence == "2 files: it names x, 2 times (a.py, b.py)"


def test_two_folders_stay_apart_and_many_become_one() -> None:
    few = grouped([finding("a/1"), finding("b/1")])
    many = grouped([finding("r!/a/1"), finding("r!/b/1"), finding("r!/c/1")])

    assert [one.path for one in few] == ["a/1", "b/1"]
    assert [(one.path, len(one.paths)) for one in many] == [("r", 3)]


def test_a_group_never_mixes_what_is_high_with_what_is_not() -> None:
    found = grouped(
        [
            finding(f"{name}/x", rank=rank)
            for name, rank in zip("abcdef", (90, 90, 90, 30, 30, 30), strict=True)
        ]
    )

    assert [one.rank for one in found] == [90, 30]


def test_no_member_of_a_group_is_lost_however_many_there_are() -> None:
    (group,) = grouped(finding(f"{number}/x", sentence=f"it names {number}") for number in range(500))

    assert len(group.paths) == 500
    assert group.sentence.endswith("and 476 more of other kinds")


def test_a_name_that_could_pass_for_words_is_quoted() -> None:
    (group,) = grouped([finding("x/a); it is fine (b"), finding("x/c")])

    assert "'a); it is fine (b'" in group.sentence


def test_the_page_of_the_format_names_every_rule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "spec" / "release-diff.md").read_text(encoding="utf-8")

    assert [rule for rule in DIFF_RULES if f"`{rule}`" not in page and not rule.endswith("-PROSE")] == []
