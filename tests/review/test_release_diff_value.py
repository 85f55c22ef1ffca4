"""The release diff as a value: its lists, its JSON both ways, its digest."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from review.archives import diffed

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.release_diff import (
    ChangeKind,
    FileChange,
    Finding,
    Member,
    MemberKind,
    NotInspected,
    ReleaseDiff,
    ReviewVerdict,
    RowKind,
    TextRow,
)
from workstation.core.release_diff_reader import from_json
from workstation.process import frames
from workstation.review import answering

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
digest = st.one_of(st.just(""), st.binary(max_size=3).map(lambda data: hashlib.sha256(data).hexdigest()))
members = st.builds(
    Member,
    path=text,
    kind=st.sampled_from(MemberKind),
    size=st.integers(0, 1 << 40),
    mode=st.integers(0, 0o7777),
    owner=st.sampled_from(["", "0:0", "1000:1000"]),
    target=text,
    digest=digest,
)
rows = st.builds(
    TextRow,
    kind=st.sampled_from(RowKind),
    old=st.none() | st.integers(1, 99),
    new=st.none() | st.integers(1, 99),
    text=text,
)
both = st.sampled_from([ChangeKind.CHANGED, ChangeKind.MOVED])
changes = st.one_of(
    st.builds(
        FileChange, kind=st.just(ChangeKind.ADDED), new=members, rows=st.lists(rows, max_size=3).map(tuple)
    ),
    st.builds(FileChange, kind=st.just(ChangeKind.REMOVED), old=members),
    st.builds(FileChange, kind=both, old=members, new=members, rows=st.lists(rows, max_size=3).map(tuple)),
)
findings = st.builds(Finding, rule=st.just("DIFF-X"), rank=st.integers(0, 100), path=text, sentence=text)
diffs = st.builds(
    ReleaseDiff,
    changes=st.lists(changes, max_size=5).map(tuple),
    findings=st.lists(findings, max_size=4).map(tuple),
    not_inspected=st.lists(st.builds(NotInspected, path=text, why=text), max_size=3).map(tuple),
)


def a_diff() -> ReleaseDiff:
    old = Member(path="a.whl!/x", kind=MemberKind.FILE, size=1, mode=0o644, owner="0:0", digest="0" * 64)
    new = Member(path="a.whl!/x", kind=MemberKind.FILE, size=2, mode=0o755, owner="1:1", digest="1" * 64)
    return ReleaseDiff(
        changes=(
            FileChange(
                kind=ChangeKind.CHANGED,
                old=old,
                new=new,
                rows=(TextRow(kind=RowKind.ADDED, new=1, text="x"),),
            ),
        ),
        findings=(Finding(rule="DIFF-MODE", rank=55, path="a.whl!/x", sentence="it became executable"),),
        not_inspected=(NotInspected(path="b", why="too long"),),
    )


@given(diffs)
def test_a_release_diff_comes_back_from_its_json(diff: ReleaseDiff) -> None:
    document = strict_json.parse_object(strict_json.dump(diff.to_json()), where="x")

    assert from_json(document) == diff


@given(diffs)
def test_the_digest_is_over_the_canonical_json(diff: ReleaseDiff) -> None:
    wanted = hashlib.sha256(rfc8785.dumps(json.loads(json.dumps(diff.to_json())))).hexdigest()

    assert diff.digest() == wanted


def test_the_document_of_the_diff_command() -> None:
    document = a_diff().to_json()

    document.pop("changes")
    assert document == {
        "verdict": "reviewable",
        "added": [],
        "removed": [],
        "content_changed": ["a.whl!/x"],
        "mode_changed": ["a.whl!/x"],
        "owner_changed": ["a.whl!/x"],
        "link_changed": [],
        "findings": [
            {"rule": "DIFF-MODE", "rank": 55, "path": "a.whl!/x", "sentence": "it became executable"},
        ],
        "not_inspected": [{"path": "b", "why": "too long"}],
    }


def test_a_finding_of_rank_100_refuses() -> None:
    found = ReleaseDiff(findings=(Finding(rule="DIFF-LIMIT", rank=100, path="a", sentence="too much"),))

    assert found.verdict is ReviewVerdict.REFUSED


def test_a_moved_member_left_one_path_and_came_up_at_another() -> None:
    old, new = Member(path="a!/x", kind=MemberKind.FILE), Member(path="a!/y", kind=MemberKind.FILE)

    found = ReleaseDiff(changes=(FileChange(kind=ChangeKind.MOVED, old=old, new=new),))

    assert (found.added, found.removed, found.content_changed) == (("a!/y",), ("a!/x",), ())


def _set(document: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["verdict"], "refused"),
        (["content_changed"], []),
        (["added"], ["c"]),
        (["extra"], 1),
        (["changes", 0, "old"], None),
        (["changes", 0, "kind"], "renamed"),
        (["changes", 0, "new", "mode"], 0o10000),
        (["changes", 0, "new", "size"], -1),
        (["changes", 0, "new", "digest"], "xyz"),
        (["changes", 0, "rows", 0, "new"], 0),
        (["changes", 0, "rows", 0, "kind"], "blank"),
        (["findings", 0, "rank"], 101),
        (["findings", 0, "rule"], "with space"),
        (["not_inspected", 0, "why"], None),
    ],
)
def test_a_document_that_contradicts_itself_is_malformed(path: list[Any], value: Any) -> None:
    document = copy.deepcopy(a_diff().to_json())
    _set(document, path, value)

    with pytest.raises(Malformed):
        from_json(document)


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_a_diff_told_in_pieces_is_the_same_diff(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_ROWS", rows)
    names = [f"{number}.txt" for number in range(7)]
    found = diffed(dict.fromkeys(names, b"old\n"), dict.fromkeys(names, b"new\nand more\n"))
    reading, writing = os.pipe()
    told = answering.Told()

    rest = answering.tell_changes(writing, found)

    os.close(writing)
    with suppress(frames.PeerGone):
        while True:
            told.take(frames.receive_json(reading))
    os.close(reading)
    assert rest["changes"] == []
    assert from_json(rest, before=told.changes) == found


def test_a_child_that_never_ends_telling_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_MOST", 3)
    found = diffed({}, {f"{number}": b"" for number in range(4)})

    with pytest.raises(Malformed, match="more than 3 changes"):
        answering.Told().take({"changes": found.to_json()["changes"]})
