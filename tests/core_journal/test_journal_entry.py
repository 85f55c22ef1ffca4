"""Entries: the bytes they are written as, and what is refused when they are read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.core.canonical import canonical
from workstation.core.entry import (
    MAX_ENTRY_BYTES,
    NO_LEAF,
    PAYLOAD_KEYS,
    Actor,
    Draft,
    EntryTime,
    Kind,
    Outcome,
    Subject,
    parse_entry,
    placed,
)
from workstation.core.errors import Malformed
from workstation.core.merkle import leaf_hash

TIME = EntryTime(boot=3, mono_ms=81_000, rtc_ms=1_795_000_000_000, floor_ms=1_794_000_000_000, attested=True)
DIGEST = "ab" * 32
GOLDEN = (
    b'{"actor":{"key":"' + DIGEST.encode() + b'","person":"alice","role":"approver","token":"4242"},'
    b'"kind":"countersign","log":"station.example/journal","nonce":"000102030405060708090a0b0c0d0e0f",'
    b'"outcome":"blocked","payload":{"request":"' + DIGEST.encode() + b'"},"prev":"' + b"0" * 64 + b'",'
    b'"reason":"alice built this","ref":6,"rule":"SOD-BUILDER","seq":7,"session":"s1",'
    b'"subject":{"digest":"' + DIGEST.encode() + b'","name":"tool.tar","size":10},'
    b'"time":{"attested":true,"boot":3,"floor_ms":1794000000000,"mono_ms":81000,"rtc_ms":1795000000000},"v":1}'
)


def draft(**changes):
    said = {
        "kind": Kind.COUNTERSIGN,
        "outcome": Outcome.BLOCKED,
        "actor": Actor(person="alice", role="approver", token="4242", key=DIGEST),
        "subject": Subject(digest=DIGEST, name="tool.tar", size=10),
        "rule": "SOD-BUILDER",
        "reason": "alice built this",
        "session": "s1",
        "ref": 6,
        "payload": {"request": DIGEST},
    }
    return Draft(**said | changes)


def entry(**changes):
    nonce = bytes(range(16)).hex()
    return placed(
        draft(**changes), log="station.example/journal", seq=7, prev=NO_LEAF, nonce=nonce, time=TIME
    )


def test_an_entry_is_written_as_these_bytes():
    assert entry().to_bytes() == GOLDEN


def test_an_entry_comes_back_from_its_bytes():
    assert parse_entry(GOLDEN) == entry()


def test_the_leaf_of_an_entry_is_the_hash_of_its_bytes():
    assert entry().leaf() == leaf_hash(GOLDEN)


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    kind=st.sampled_from(Kind), outcome=st.sampled_from(Outcome), reason=TEXTS, person=TEXTS, data=st.data()
)
def test_every_entry_that_can_be_said_can_be_read_back(kind, outcome, reason, person, data):
    keys = st.sampled_from(sorted(PAYLOAD_KEYS[kind]))
    payload = data.draw(st.dictionaries(keys, TEXTS | st.lists(TEXTS, max_size=2), max_size=3))
    said = placed(
        Draft(kind=kind, outcome=outcome, reason=reason, actor=Actor(person=person), payload=payload),
        log="o",
        seq=0,
        prev=NO_LEAF,
        nonce="00" * 16,
        time=TIME,
    )

    assert parse_entry(said.to_bytes()) == said


def test_every_kind_has_a_list_of_payload_keys():
    assert set(PAYLOAD_KEYS) == set(Kind)
    assert all(PAYLOAD_KEYS.values())


def test_a_payload_key_that_is_not_listed_for_the_kind_is_refused():
    with pytest.raises(Malformed, match="release"):
        draft(payload={"release": DIGEST})


def test_a_secret_cannot_become_an_entry():
    with pytest.raises(Malformed, match="bytearray"):
        entry(payload={"envelope": bytearray(b"123456")}).to_bytes()


def test_an_entry_over_the_limit_is_not_written():
    with pytest.raises(Malformed, match="at most"):
        entry(payload={"envelope": "x" * MAX_ENTRY_BYTES}).to_bytes()


def changed(path, value):
    document = json.loads(GOLDEN)
    *parents, last = path.split(".")
    place = document
    for each in parents:
        place = place[each]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return canonical(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("v", 2),
        ("v", True),
        ("kind", "countersigned"),
        ("outcome", "attempted"),
        ("seq", -1),
        ("seq", "7"),
        ("prev", "0" * 63),
        ("prev", "A" * 64),
        ("nonce", "00" * 15),
        ("nonce", "zz" * 16),
        ("log", ""),
        ("ref", -1),
        ("ref", True),
        ("reason", 5),
        ("reason", "x" * 2001),
        ("rule", []),
        ("extra", 1),
        ("actor", None),
        ("actor.pin", "1234"),
        ("actor.person", ...),
        ("subject.size", -1),
        ("subject.digest", "ab"),
        ("time.boot", None),
        ("time.attested", 1),
        ("time.rtc_ms", ...),
        ("payload", []),
        ("payload.release", "x"),
        ("session", ...),
    ],
)
def test_an_entry_with_one_field_wrong_is_refused(path, value):
    with pytest.raises(Malformed, match="entry"):
        parse_entry(changed(path, value))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", GOLDEN + b"\n", GOLDEN.replace(b":7,", b": 7,"), b"\xff"]
)
def test_bytes_that_are_no_canonical_entry_are_refused(data):
    with pytest.raises(Malformed):
        parse_entry(data)
