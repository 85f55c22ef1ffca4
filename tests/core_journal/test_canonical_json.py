"""Canonical JSON: one value, one text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.errors import Malformed

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = st.text(st.characters(max_codepoint=127), max_size=6)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)


def test_keys_are_sorted_and_nothing_is_padded():
    found = canonical({"b": [1, True, None], "a": "é\n\x1f\u2028"})

    assert found == '{"a":"é\\n\\u001f\u2028","b":[1,true,null]}'.encode()


@given(OBJECTS)
def test_every_document_of_the_profile_comes_back_from_its_canonical_bytes(document):
    assert parse_canonical(canonical(document), where="here") == document


@given(OBJECTS)
def test_the_canonical_text_is_what_the_standard_library_writes_sorted(document):
    expected = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    assert canonical(document) == expected


@pytest.mark.parametrize(
    "other", [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":"\\u00e9"}', b'{"a":1}\n', b'{"a":"\\/"}']
)
def test_another_spelling_of_the_same_document_is_refused(other):
    with pytest.raises(Malformed, match="another spelling"):
        parse_canonical(other, where="here")


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1.0},
        [2**53],
        {"é": 1},
        {1: 2},
        ["\ud800"],
        (1,),
        {"pin": bytearray(b"123456")},
        b"key",
        {"k": {1, 2}},
    ],
)
def test_what_is_outside_the_profile_is_refused(value):
    with pytest.raises(Malformed) as refusal:
        canonical(value, where="here")

    assert refusal.value.where == "here"


def test_a_document_deeper_than_can_be_read_back_is_not_written():
    deep = []
    for _ in range(40):
        deep = [deep]

    with pytest.raises(Malformed, match="nested deeper"):
        canonical(deep)
