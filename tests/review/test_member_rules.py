"""What a member as such is worth a look for, and what looks like it and is not; each rule both ways."""

from __future__ import annotations

import tarfile

import pytest
from review.archives import diffed, metadata, rules, tar_info, tar_of, wheel, zip_of

from workstation.core.diff_rules import DIFF_RULES, baseline_rank

OLD, NEW = "demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"


def names(old: dict[str, bytes], new: dict[str, bytes], mode: int = 0o644) -> set[tuple[str, int, str]]:
    base = {"base": b"x"}
    return rules(diffed({"a.tar": tar_of({**base, **old})}, {"a.tar": tar_of({**base, **new}, mode=mode)}))


def test_a_link_that_was_a_file_is_found_and_a_file_that_stays_one_is_not() -> None:
    link = tar_info("b", type=tarfile.SYMTYPE, linkname="a")

    found = rules(diffed({"x.tar": tar_of({"a": b"1", "b": b"2"})}, {"x.tar": tar_of({"a": b"1"}, link)}))
    assert ("DIFF-KIND", 75, "b") in found
    assert "DIFF-KIND" not in {rule for rule, _, _ in names({"b": b"1"}, {"b": b"2"})}


def test_a_device_is_found_and_a_folder_is_not() -> None:
    device = tar_info("tty", type=tarfile.CHRTYPE, devmajor=5)
    folder = tar_info("d", type=tarfile.DIRTYPE, mode=0o755)
    old = {"x.tar": tar_of({"a": b"1"})}

    assert ("DIFF-DEVICE", 90, "tty") in rules(diffed(old, {"x.tar": tar_of({"a": b"1"}, device)}))
    assert rules(diffed(old, {"x.tar": tar_of({"a": b"1"}, folder)})) == set()


def test_an_executable_added_is_found_and_one_that_changed_is_not() -> None:
    assert ("DIFF-EXECUTABLE", 50, "run") in names({}, {"run": b"#!/bin/sh\n"}, mode=0o755)
    assert "DIFF-EXECUTABLE" not in {rule for rule, _, _ in names({"run": b"1"}, {"run": b"2"}, mode=0o755)}


def test_a_class_within_a_nested_jar_is_found_and_one_beside_it_is_not() -> None:
    def release(jar: dict[str, bytes], **beside: bytes) -> dict[str, bytes]:
        return {"x.zip": zip_of({"lib/a.jar": zip_of({"b.txt": b"1", **jar}), **beside})}

    evil = {"Evil.class": b"\xca\xfe\xba\xbe\0\0\0\x34"}
    assert ("DIFF-CLASS", 48, "Evil.class") in rules(diffed(release({}), release(evil)))
    assert "DIFF-CLASS" not in {rule for rule, _, _ in rules(diffed(release({}), release({}, **evil)))}


def test_one_more_statement_that_brings_in_a_power_is_found_and_its_use_is_not() -> None:
    old = b"import subprocess\nsubprocess.run(x)\n"
    again = old + b"def f():\n    import subprocess\n"
    used = old + b"subprocess.run(y)\n"

    assert ("DIFF-USE", 46, "a.py") in names({"a.py": old}, {"a.py": again})
    assert "DIFF-USE" not in {rule for rule, _, _ in names({"a.py": old}, {"a.py": used})}


@pytest.mark.parametrize(
    ("path", "line", "rule", "rank"),
    [
        ("tests/a.py", b"import socket\n", "DIFF-FIRST-USE-TESTS", 29),
        ("a.py", b"u = 'https://evil.example/x'\n", "DIFF-HOST", 48),
        ("tests/a.py", b"u = 'https://evil.example/x'\n", "DIFF-HOST-TESTS", 20),
        ("a.md", "x \u202e y\n".encode(), "DIFF-BIDI-PROSE", 55),
        ("a.md", "x\u200by\n".encode(), "DIFF-INVISIBLE-PROSE", 54),
        ("a.md", b"x\x08y\n", "DIFF-CONTROL-PROSE", 10),
    ],
)
def test_a_line_added_is_found_and_the_same_line_from_before_is_not(
    path: str, line: bytes, rule: str, rank: int
) -> None:
    came = names({path: b"first\n"}, {path: b"first\n" + line})
    stayed = names({path: b"first\n" + line}, {path: b"first\n" + line + b"last\n"})

    assert (rule, rank, path) in came
    assert rule not in {name for name, _, _ in stayed}


def test_documentation_that_changed_is_folded_and_code_is_not_called_so() -> None:
    assert names({"a.md": b"1\n"}, {"a.md": b"2\n"}) == {("DIFF-PROSE", 3, "a.md")}
    assert names({"a.py": b"x = 1\n"}, {"a.py": b"x = 2\n"}) == set()


def test_what_moved_to_where_it_runs_by_itself_is_found_and_what_only_moved_is_not() -> None:
    assert ("DIFF-RUNS-ITSELF", 92, "a.pth") in names({"a.txt": b"import x\n"}, {"a.pth": b"import x\n"})
    assert names({"here.py": b"import socket\n"}, {"there.py": b"import socket\n"}) == set()


def test_a_file_that_is_gone_is_counted_and_one_that_moved_is_not() -> None:
    assert ("DIFF-REMOVED", 14, "gone") in names({"gone": b"1"}, {})
    assert "DIFF-REMOVED" not in {rule for rule, _, _ in names({"here": b"1"}, {"there": b"1"})}


def test_a_text_in_which_only_the_version_changed_is_folded_and_any_other_word_is_not() -> None:
    def release(version: str, text: str) -> dict[str, bytes]:
        return {f"demo-{version}-py3-none-any.whl": wheel("demo", version, {"demo/v.py": text.encode()})}

    only = rules(diffed(release("1.0", "v = '1.0'\n"), release("1.1", "v = '1.1'\n")))
    more = rules(diffed(release("1.0", "v = '1.0'\n"), release("1.1", "v = '1.1'\nimport socket\n")))
    assert ("DIFF-VERSION-ONLY", 4, "demo/v.py") in only
    assert ("DIFF-VERSION-ONLY", 4, "demo/v.py") not in more
    assert ("DIFF-FIRST-USE", 54, "demo/v.py") in more


def test_dependencies_that_ask_for_other_versions_or_are_gone_are_told_apart_from_respelled_ones() -> None:
    def release(version: str, *requires: str) -> dict[str, bytes]:
        info = metadata("demo", version, requires)
        return {f"demo-{version}-py3-none-any.whl": wheel("demo", version, {}, info=info)}

    found = rules(diffed(release("1.0", "a>=1", "b", "C_d"), release("1.1", "a>=2", "c-d")))
    name = "demo-1.1.dist-info/METADATA"
    assert {
        ("DIFF-DEPENDENCY-VERSION", 28, name),
        ("DIFF-DEPENDENCY-GONE", 24, name),
        ("DIFF-RESPELLED", 8, name),
    } <= found
    same = {rule for rule, _, _ in rules(diffed(release("1.0", "a>=1"), release("1.1", "a>=1")))}
    assert not same & {"DIFF-DEPENDENCY-VERSION", "DIFF-DEPENDENCY-GONE", "DIFF-RESPELLED"}


def test_an_oddity_of_a_container_is_found_once_and_not_when_it_was_there_before() -> None:
    absolute = tar_of({"a": b"1"}, tar_info("l", type=tarfile.SYMTYPE, linkname="/etc/x"))

    assert ("DIFF-ODDITY", 60, "l") in rules(diffed({"x.tar": tar_of({"a": b"1"})}, {"x.tar": absolute}))
    changed = tar_of({"a": b"2"}, tar_info("l", type=tarfile.SYMTYPE, linkname="/etc/x"))
    assert "DIFF-ODDITY" not in {
        rule for rule, _, _ in rules(diffed({"x.tar": absolute}, {"x.tar": changed}))
    }


@pytest.mark.parametrize("name", DIFF_RULES)
def test_a_baseline_never_ranks_a_rule_higher(name: str) -> None:
    rule = DIFF_RULES[name]

    assert 0 < rule.least <= rule.most <= 100
    assert rule.means
    assert baseline_rank(name, rule.most) <= rule.most
