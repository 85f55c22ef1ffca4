"""The index of a side, held against plain dictionaries, and the two sides held against each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.archives import tar_of

from workstation.core.release_diff import Member, MemberKind
from workstation.review import index as module
from workstation.review.counterparts import counterparts
from workstation.review.earlier import Earlier
from workstation.review.index import MemberIndex
from workstation.review.ledger import Ledger
from workstation.review.limits import Limits
from workstation.review.source import BytesSource
from workstation.review.texts import TextStore
from workstation.review.walk import walk_artifact

TWO = (("1.0", b"1"), ("1.1", b"two"))
PATHS = st.lists(
    st.sampled_from([f"{a}!/{b}{c}" for a in "xy" for b in ("", "p/", "p/q/", "n.jar!/") for c in "abc"]),
    max_size=40,
)


def member(path: str, content: str = "") -> Member:
    return Member(path=path, kind=MemberKind.FILE, size=len(content), digest=content.encode().hex() * 32)


def index_of(*members: Member) -> MemberIndex:
    index = MemberIndex()
    for one in members:
        index.add(one)
    return index


@given(PATHS)
def test_the_index_holds_what_a_dictionary_would(paths: list[str]) -> None:
    members = [member(path, str(number % 10)) for number, path in enumerate(paths)]
    plain: dict[str, Member] = {}
    for one in members:
        plain.setdefault(one.path, one)

    index = index_of(*members)

    assert dict(index) == plain
    assert len(index) == len(plain)
    assert all(index.kind(path) is MemberKind.FILE for path in plain)
    assert index.kind("x!/elsewhere") is None


def test_members_written_to_the_database_are_found_as_those_that_wait(monkeypatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 3)
    index = index_of(*(member(f"a!/{number:02}") for number in range(10)))

    again = member("a!/01", "other")
    index.add(again)

    assert len(index) == 10
    assert index["a!/01"] != again
    assert [name for name, _ in index.within("a!")] == [f"{number:02}" for number in range(10)]


def test_what_came_since_a_mark_can_be_struck_out() -> None:
    index = index_of(member("a!/one"), member("a!/n.jar"))
    mark = index.mark()
    index.add(member("a!/n.jar!/x"))
    index.add(member("a!/n.jar!/p/y"))

    index.forget(mark)

    assert set(index) == {"a!/one", "a!/n.jar"}
    index.add(member("a!/n.jar!/z"))
    assert len(index) == 3


@pytest.mark.parametrize("loose", [0, 300_000, 1 << 30])
@given(parts=st.lists(st.binary(max_size=2000), max_size=12))
def test_texts_come_back_from_their_blocks_packed_or_not(loose: int, parts: list[bytes]) -> None:
    texts = [part * 100 for part in parts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workstation.review.texts._LOOSE", loose)
        store = TextStore()
        places = [store.keep(text) for text in texts]

    assert [store.at(place, len(text)) for place, text in zip(places, texts, strict=True)] == texts
    assert store.size == sum(map(len, texts))


@given(PATHS, PATHS)
def test_every_member_is_on_one_list_or_the_same_on_both_sides(old: list[str], new: list[str]) -> None:
    before = {path: member(path, str(number % 2)) for number, path in enumerate(old)}
    now = {path: member(path, str(number % 2)) for number, path in enumerate(new)}

    found = counterparts(index_of(*before.values()), index_of(*now.values()), {"x": "x", "y": "y"})

    both = before.keys() & now.keys()
    assert {pair[1].path for pair in found.differing} == {path for path in both if before[path] != now[path]}
    assert {one.path for one in found.added} == now.keys() - before.keys()
    assert {one.path for one in found.removed} == before.keys() - now.keys()
    assert all(found.before(path) == before.get(path) for path in now)


def test_folders_named_by_version_are_counterparts() -> None:
    old = index_of(member("d-1.0.zip!/d-1.0/a", "1"), member("d-1.0.zip!/d-1.0/gone"))
    new = index_of(member("d-1.1.zip!/d-1.1/a", "2"), member("d-1.1.zip!/d-1.1/b-1.1"))

    found = counterparts(old, new, {"d-1.1.zip": "d-1.0.zip"})

    assert [(was.path, now.path) for was, now in found.differing] == [
        ("d-1.0.zip!/d-1.0/a", "d-1.1.zip!/d-1.1/a")
    ]
    assert [one.path for one in found.added] == ["d-1.1.zip!/d-1.1/b-1.1"]
    assert found.before("d-1.1.zip!/d-1.1/b-1.1") is None


def test_a_path_named_by_version_has_a_counterpart_only_where_it_is_the_only_one() -> None:
    old = index_of(member("d-1.0.zip!/x-1.0/a", "1"), member("d-1.0.zip!/y/b-1.0", "1"))
    new = index_of(member("d-1.1.zip!/x-1.1/a", "1"), member("d-1.1.zip!/y/b-1.1", "2"))

    found = counterparts(old, new, {"d-1.1.zip": "d-1.0.zip"})

    assert [now.path for _, now in found.differing] == ["d-1.1.zip!/y/b-1.1"]
    assert found.before("d-1.1.zip!/y/b-1.1") == old["d-1.0.zip!/y/b-1.0"]


def test_a_text_that_did_not_change_is_held_once_for_both_sides() -> None:
    old = Ledger(Limits())
    earlier = Earlier(old.members, {"demo-1.1.tar": "demo-1.0.tar"})
    new = Ledger(Limits(), beside=old, earlier=earlier)
    before, now = ({f"demo-{version}/same": b"same\n", f"demo-{version}/b": text} for version, text in TWO)
    walk_artifact("demo-1.0.tar", BytesSource(tar_of(before)), old)
    held = old.text_store.size

    walk_artifact("demo-1.1.tar", BytesSource(tar_of(now)), new)

    assert new.text_store.size == held + len(b"two")
    assert dict(new.texts) == {"demo-1.1.tar!/demo-1.1/same": b"same\n", "demo-1.1.tar!/demo-1.1/b": b"two"}
    assert dict(old.texts) == {"demo-1.0.tar!/demo-1.0/same": b"same\n", "demo-1.0.tar!/demo-1.0/b": b"1"}
