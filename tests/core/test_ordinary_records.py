"""What is read at one go reads the same as field by field, or is left to be read field by field."""

from __future__ import annotations

import copy
import json

import pytest
from core.documents import credential, person, roster_bytes, roster_document
from core.keys import edwards, p256, p384, rsa_2048
from core.refusing import refused
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core import roster_document as reader
from workstation.core.credential_document import read_credential
from workstation.core.ed25519_point import SMALL_ORDER, P, refusal_of_point
from workstation.core.errors import Malformed, Untrusted
from workstation.core.ordinary_key import ordinary_numbers
from workstation.core.ordinary_records import ordinary_credential, ordinary_person
from workstation.core.public_key import parse_ordinary_spki, parse_spki
from workstation.core.shape import Shape

CARD = credential(p256("ordinary"), "countersign", tokenSerial="token-1")
PERSON = json.loads(json.dumps(person("olga", CARD, roles=("approver",), aliases=("olga@example.org",))))
CARD = PERSON["credentials"][0]
ODD = st.sampled_from(
    [None, True, 0, 1, "", " ", "x", "countersign", "é", "\u2028", "a" * 600, [], [None], ["x"], ["x", "x"],
     ["countersign"] * 7, ["p"] * 17, {},
     {"since": "2026-01-05T09:00:00Z"}, [{"since": "2026-01-05T09:00:00Z"}],
     "2026-13-05T09:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T09:00:00z", "0026-01-05T09:00:00Z", "AA==",
     "AB==", "ab" * 32, "AB" * 32, "active", "revoked", "-1", "token 1"]
)  # fmt: skip


def places(value, path=()):
    """Return every place in a document, and one that is not there."""
    yield path
    if isinstance(value, dict):
        yield (*path, "more")
        for name, item in value.items():
            yield from places(item, (*path, name))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def put(document, path, value):
    """Return a copy with another value at a place, or nothing where the value is `put` itself."""
    found = copy.deepcopy(document)
    if not path:
        return value
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    if value is put:
        inner.pop(path[-1], None) if isinstance(inner, dict) else inner.pop(path[-1])
    else:
        inner[path[-1]] = value
    return found


def carefully(read, value):
    """Return what the careful reader makes of a value, or None where it refuses."""
    try:
        return read(Shape(value, "here"))
    except Malformed:
        return None


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(places(CARD))), ODD | st.just(put))
def test_a_credential_reads_the_same_at_one_go_as_field_by_field(path, value):
    changed = put(CARD, path, value)

    found = ordinary_credential(changed)

    assert found is None or found == carefully(read_credential, changed)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(places(PERSON))), ODD | st.just(put))
def test_a_person_reads_the_same_at_one_go_as_field_by_field(path, value):
    changed = put(PERSON, path, value)

    found = ordinary_person(changed)

    assert found is None or found == carefully(reader._careful_person, changed)


def test_nearly_everybody_is_read_at_one_go():
    people = json.loads(roster_bytes(roster_document()))["people"]

    read = [ordinary_person(each) for each in people]

    # One has a key in a file, which is not ordinary.
    assert [each["id"] for each, found in zip(people, read, strict=True) if found is None] == ["bob"]


@pytest.mark.parametrize("key", [p256("a"), p384("a"), edwards("a"), rsa_2048()])
def test_an_ordinary_key_is_the_key_the_careful_reader_finds(key):
    assert parse_ordinary_spki(key.public.spki, where="key") == parse_spki(key.public.spki, where="key")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([p256("a"), p384("a"), edwards("a")]), st.integers(0, 10**6), st.binary(max_size=3))
def test_a_key_with_any_byte_changed_is_no_other_key_than_the_careful_reader_finds(key, place, more):
    spki = bytearray(key.public.spki + more)
    spki[place % len(spki)] ^= 1 << place % 8
    data = bytes(spki)

    found = ordinary_numbers(data)

    if found is not None and (found[0] != "ed25519" or refusal_of_point(data[12:]) is None):
        assert parse_ordinary_spki(data, where="key") == parse_spki(data, where="key")


@pytest.mark.parametrize("y", [*SMALL_ORDER, P, P + 1, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_weak_and_odd_points_are_left_to_the_careful_reader(y, sign):
    spki = bytes.fromhex("302a300506032b6570032100") + (y | sign << 255).to_bytes(32, "little")

    with pytest.raises(Malformed, match="an Ed25519 key that is"):
        parse_ordinary_spki(spki, where="key")


def test_an_odd_key_is_told_of_where_it_stands():
    with refused(Malformed, "roster.json.key: not a public key in SubjectPublicKeyInfo form"):
        parse_ordinary_spki(b"no key", where="roster.json.key")


def test_bytes_that_are_no_point_have_a_name_at_one_go_and_nothing_verifies_under_them():
    no_point = bytes.fromhex("302a300506032b6570032100") + b"\x02" + b"\0" * 31

    found = parse_ordinary_spki(no_point, where="key")

    assert found.spki == no_point
    with pytest.raises(Untrusted, match="the signature does not verify"):
        found.verify(b"\0" * 64, b"message", where="here")
