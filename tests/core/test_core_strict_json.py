"""One text, one meaning: what strict JSON reads and everything it refuses."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.errors import Malformed
from workstation.core.strict_json import MAX_DEPTH, MAX_INTEGER, dump, kind_of, parse, parse_object

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)  # the machine may be busy
@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert parse(dump(value), where="here") == value


@settings(deadline=None)  # the machine may be busy
@given(TEXT, VALUES, VALUES)
def test_a_key_twice_is_refused_however_deep_and_whatever_its_values(key, one, other):
    name, first, second = (dump(part).decode() for part in (key, one, other))
    text = f'[{{"a":{{{name}:{first},"more{key.encode().hex()}":1,{name}:{second}}}}}]'

    with pytest.raises(Malformed, match="found twice in one object"):
        parse(text.encode(), where="here")


def test_a_key_twice_in_another_spelling_is_twice():
    with pytest.raises(Malformed, match="key 'a' found twice"):
        parse(b'{"a":1,"\\u0061":2}', where="here")


@settings(deadline=None)  # the machine may be busy
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_float_is_a_number(number):
    with pytest.raises(Malformed, match="an integer within"):
        parse(json.dumps([number]).encode(), where="here")


@pytest.mark.parametrize(
    "text",
    ["1.0", "1e3", "-0", "-0.0", "NaN", "Infinity", "-Infinity", str(2**53), str(-(2**53)), "9" * 5000],
)
def test_a_number_that_two_programs_could_read_differently_is_refused(text):
    with pytest.raises(Malformed, match=r"here: number .* found, an integer within 2\^53 - 1 wanted"):
        parse(text.encode(), where="here")


@pytest.mark.parametrize("number", [0, -1, 2**53 - 1, -(2**53) + 1])
def test_an_integer_within_bounds_is_read(number):
    assert parse(str(number).encode(), where="here") == number


def test_in_formats_of_others_a_decimal_is_kept_as_its_text():
    assert parse(b'[1.50,2,"x"]', where="here", decimals=True) == ["1.50", 2, "x"]


@pytest.mark.parametrize("text", ["NaN", "-0", str(2**53)])
def test_even_there_what_is_no_number_is_refused(text):
    with pytest.raises(Malformed):
        parse(text.encode(), where="here", decimals=True)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_limit(opening, closing):
    inner = "[]" if opening == "[" else "{}"
    deepest = opening * (MAX_DEPTH - 1) + inner + closing * (MAX_DEPTH - 1)
    too_deep = opening + deepest + closing

    assert parse(deepest.encode(), where="here")
    with pytest.raises(Malformed, match="here: nested deeper than 32"):
        parse(too_deep.encode(), where="here")


def test_nesting_beyond_the_readers_own_strength_is_refused_too():
    with pytest.raises(Malformed, match="nested deeper than 32"):
        parse(b"[" * 200_000 + b"]" * 200_000, where="here")


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '"\\udfff"', '{"\\ud800":1}', '[{"a":["\\udc00"]}]', '"\\udc00\\ud800"']
)
def test_half_a_character_is_no_text(text):
    with pytest.raises(Malformed, match="a lone surrogate"):
        parse(text.encode(), where="here")


def test_two_halves_are_one_character():
    assert parse(b'"\\ud83d\\ude00"', where="here") == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xef\xbb\xbf{}", "a byte order mark was found"),
        (b'"\xff"', "byte 1 is not UTF-8"),
        (b'"\xed\xa0\x80"', "byte 1 is not UTF-8"),
        (b'"\xc0\x80"', "byte 1 is not UTF-8"),
        (b"", "not JSON at line 1 column 1"),
        (b"{} {}", "not JSON at line 1 column 4"),
        (b"{'a':1}", "not JSON"),
        (b"[1,]", "not JSON"),
        (b'"\n"', "not JSON"),
        (b"01", "not JSON"),
        (b"+1", "not JSON"),
        (b"{}\x00", "not JSON"),
        (b"{\x00}", "not JSON"),
    ],
)
def test_what_is_not_json_says_where(data, why):
    with pytest.raises(Malformed, match=f"^here: {why}"):
        parse(data, where="here")


def test_more_than_the_limit_is_not_even_read():
    assert parse(b'"12345"', where="here", limit=7) == "12345"
    with pytest.raises(Malformed, match="here: 7 bytes found, at most 6 wanted"):
        parse(b'"12345"', where="here", limit=6)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ("1", "a number"),
        ('"a"', "a string"),
        ("[]", "an array"),
    ],
)
def test_only_an_object_is_an_object(text, kind):
    with pytest.raises(Malformed, match=f"here: {kind} found, an object wanted"):
        parse_object(text.encode(), where="here")


def test_an_object_has_a_kind_too():
    assert kind_of({}) == "an object"
    assert parse_object(b"{}", where="here") == {}


def refusal_of(data):
    """Return why these bytes are refused, or None; anything else that is raised is a defect."""
    try:
        parse(data, where="here")
    except Malformed as error:
        return error
    return None


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=60))
def test_bytes_are_read_or_malformed_and_nothing_else(data):
    found = refusal_of(data)

    assert found is None or found.where == "here"


def test_what_we_write_is_compact_ascii_in_the_order_given():
    assert dump({"b": [1, None, True], "a": "é"}) == b'{"b":[1,null,true],"a":"\\u00e9"}'
