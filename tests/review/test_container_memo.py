"""The same container twice is read once, and says the same as if it had been read twice."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review.archives import tar_of, zip_of

from workstation.review import walk
from workstation.review.compare import compare
from workstation.review.ledger import Ledger
from workstation.review.limits import Limits
from workstation.review.memo import Memo
from workstation.review.source import BytesSource, Entry

INNER = zip_of({"a/text.txt": b"some text\n", "b.bin": bytes(range(256)) * 8})
ODD = gzip.compress(b"one", mtime=0) + gzip.compress(b"two", mtime=0)
NESTED = zip_of({"lib/inner.zip": INNER, "odd.gz": ODD, "closed.7z": b"7z\xbc\xaf\x27\x1c and more"})
BROKEN = INNER[:40] + b"?" + INNER[41:]


def sides(
    old: dict[str, bytes], new: dict[str, bytes], limits: Limits | None = None
) -> tuple[Ledger, Ledger]:
    first = Ledger(limits or Limits())
    second = Ledger(limits or Limits(), beside=first)
    for artifacts, ledger in ((old, first), (new, second)):
        for name, data in artifacts.items():
            walk.walk_artifact(name, BytesSource(data), ledger)
    return first, second


def written(ledger: Ledger) -> tuple[object, ...]:
    return (
        dict(ledger.members),
        dict(ledger.texts),
        ledger.findings,
        ledger.not_inspected,
        [list(paths) for paths in ledger.sets],
        ledger.entries,
        ledger.unpacked,
    )


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """Return the places of the zip archives that were really read."""
    places = list[str]()
    read = walk.zip_entries

    def counted(source: BytesSource, where: str, ledger: Ledger) -> Iterator[Entry]:
        places.append(where)
        return read(source, where, ledger)

    monkeypatch.setattr(walk, "zip_entries", counted)
    return places


def test_an_archive_that_is_there_twice_is_read_once(opened: list[str]) -> None:
    ledger, _ = sides({"x.tar": tar_of({"one/i.zip": INNER, "two/i.zip": INNER})}, {})

    assert opened == ["x.tar!/one/i.zip"]
    assert ledger.texts["x.tar!/two/i.zip!/a/text.txt"] == b"some text\n"


def test_an_artifact_that_did_not_change_is_looked_into_once(opened: list[str]) -> None:
    old, new = sides({"n.zip": NESTED}, {"n.zip": NESTED})

    assert opened == ["n.zip", "n.zip!/lib/inner.zip"]
    assert written(old) == written(new)


def test_an_archive_by_another_name_is_read_again(opened: list[str]) -> None:
    sides({"x.tar": tar_of({"i.zip": INNER, "i.jar": INNER})}, {})

    assert opened == ["x.tar!/i.zip", "x.tar!/i.jar"]


def test_what_was_struck_out_is_not_told_again(opened: list[str]) -> None:
    lying = tar_of({"i.zip": INNER, "../out": b""})

    ledger, _ = sides({"x.tar": tar_of({"lying.tar": lying, "deep/er.tar": tar_of({"i.zip": INNER})})}, {})

    assert opened == ["x.tar!/lying.tar!/i.zip", "x.tar!/deep/er.tar!/i.zip"]
    assert "x.tar!/deep/er.tar!/i.zip!/b.bin" in ledger.members
    assert not any(path.startswith("x.tar!/lying.tar!") for path in ledger.members)


def test_what_is_told_again_counts_against_the_limits() -> None:
    ledger, _ = sides({"x.tar": tar_of({"one/i.zip": INNER, "two/i.zip": INNER})}, {}, Limits(entries=6))

    assert [one.rule for one in ledger.findings] == ["DIFF-LIMIT"]


PARTS = st.dictionaries(
    st.sampled_from(["a/i.zip", "b/i.zip", "n.zip", "c/n.zip", "odd.gz", "t.txt"]),
    st.sampled_from([INNER, NESTED, BROKEN, ODD, b"text\n"]),
    max_size=5,
)


@given(PARTS, PARTS)
@settings(max_examples=40)
def test_it_says_the_same_as_reading_all_of_it(before: dict[str, bytes], now: dict[str, bytes]) -> None:
    releases = {"d-1.0.tar": tar_of(before)}, {"d-1.1.tar": tar_of(now)}
    remembered = sides(*releases)
    with pytest.MonkeyPatch.context() as forgetful:
        forgetful.setattr(Memo, "find", lambda *_: None)
        read = sides(*releases)

    assert [written(one) for one in remembered] == [written(one) for one in read]
    assert compare(*remembered) == compare(*read)
