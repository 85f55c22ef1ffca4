"""A value and its place: every wrong type is refused with the place, what was found and what was wanted."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.errors import Malformed
from workstation.core.identity import digest_of, short
from workstation.core.shape import Shape, time_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


READERS = {
    "fields": lambda shape: shape.fields("a"),
    "open_fields": lambda shape: shape.open_fields()["a"],
    "items": lambda shape: shape.items(at_least=1, at_most=2),
    "text": lambda shape: shape.text(at_most=5),
    "identifier": lambda shape: shape.identifier(),
    "printable": lambda shape: shape.printable(at_most=5),
    "digest": lambda shape: shape.digest(),
    "integer": lambda shape: shape.integer(1, 3),
    "constant": lambda shape: shape.constant("x"),
    "boolean": lambda shape: shape.boolean(),
    "choice": lambda shape: shape.choice(Colour),
    "time": lambda shape: shape.time(),
    "base64": lambda shape: shape.base64(),
    "purl": lambda shape: shape.purl(with_version=True),
}


def refusal_of(reader, shape):
    """Return why `reader` refuses, or None; anything else it raises is a defect."""
    try:
        reader(shape)
    except Malformed as error:
        return error
    return None


@pytest.mark.parametrize("reader", READERS)
@settings(deadline=None)  # the machine may be busy
@given(value=JSON)
def test_any_value_is_read_or_refused_with_its_place(reader, value):
    found = refusal_of(READERS[reader], Shape(value, "document.place"))

    assert found is None or (found.where.startswith("document.place") and found.why)


@pytest.mark.parametrize(
    ("reader", "value", "message"),
    [
        ("fields", [], "d: an array found, an object wanted"),
        ("fields", {}, "d.a: nothing found, a value wanted"),
        ("fields", {"a": 1, "b": 2}, "d.b: unknown field found, none wanted"),
        ("open_fields", "x", "d: 'x' found, an object wanted"),
        ("open_fields", {"b": 1}, "d.a: nothing found, a value wanted"),
        ("items", {}, "d: an object found, an array wanted"),
        ("items", [], "d: 0 items found, 1 to 2 wanted"),
        ("items", [1, 2, 3], "d: 3 items found, 1 to 2 wanted"),
        ("text", "123456", "d: '123456' found, a string of at most 5 characters wanted"),
        ("text", None, "d: null found, a string of at most 5 characters wanted"),
        ("identifier", "app\n", "d: 'app\\n' found, an identifier of letters, digits and ._+@- wanted"),
        ("digest", "AB" * 32, f"d: '{'AB' * 29}A found, 64 lower-case hex digits of a SHA-256 wanted"),
        ("integer", 4, "d: 4 found, an integer from 1 to 3 wanted"),
        ("integer", True, "d: True found, an integer from 1 to 3 wanted"),
        ("constant", "y", "d: 'y' found, 'x' wanted"),
        ("boolean", 1, "d: 1 found, true or false wanted"),
        ("choice", "green", "d: 'green' found, one of red, blue wanted"),
        ("time", "2026-11-20", "d: '2026-11-20' found, a time such as 2026-11-20T09:00:00Z wanted"),
        ("base64", "****", "d: not base64"),
        ("base64", "é", "d: not base64"),
        ("base64", "YQ", "d: not base64"),
        ("base64", "YR==", "d: base64 with stray bits found, the canonical form wanted"),
        ("purl", "http://x", "d: 'http://x' found, a package URL such as pkg:pypi/urllib3@2.2.2 wanted"),
        (
            "purl",
            "pkg:pypi/urllib3",
            "d: 'pkg:pypi/urllib3' found, a canonical package URL with a version wanted",
        ),
        (
            "purl",
            "pkg:PyPI/Urllib3@2",
            "d: 'pkg:PyPI/Urllib3@2' found, a canonical package URL with a version wanted",
        ),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_wanted(reader, value, message):
    with pytest.raises(Malformed) as caught:
        READERS[reader](Shape(value, "d"))

    assert str(caught.value) == message


def test_places_are_spelled_as_a_path():
    top = Shape({"list": [{"name": 1}]}, "document")
    (item,) = top.fields("list")["list"].items()

    assert item.fields("name")["name"].where == "document.list[0].name"
    assert [(name, shape.where) for name, shape in item.fields("name").each()] == [
        ("name", "document.list[0].name")
    ]


def test_an_optional_field_is_there_or_not():
    fields = Shape({"a": None}, "d").fields("a", optional=("b",))

    assert fields.get("b") is None
    assert fields["a"].value is None


def test_a_version_is_refused_where_none_is_wanted():
    with pytest.raises(Malformed, match="without a version wanted"):
        Shape("pkg:pypi/x@1", "d").purl(with_version=False)


@pytest.mark.parametrize("text", ["", " a", "a ", "a\tb", "a\u200bb", "é", "\x7f", "a\n"])
def test_what_cannot_be_printed_plainly_is_not_printable(text):
    with pytest.raises(Malformed, match=r"d: .* found, printable ASCII wanted"):
        Shape(text, "d").printable()


@pytest.mark.parametrize("text", ["", "-a", ".a", "a b", "a/b", "../a", "a\x00", "é", "a" * 129, "a\u0131"])
def test_what_could_mislead_is_no_identifier(text):
    with pytest.raises(Malformed, match="an identifier"):
        Shape(text, "d").identifier()


@pytest.mark.parametrize("text", ["a", "0", "a.b_c+d@e-f", "A" * 128])
def test_a_plain_name_is_an_identifier(text):
    assert Shape(text, "d").identifier() == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-11-20T09:00:00",
        "2026-11-20t09:00:00z",
        "2026-11-20T9:00:00Z",
        "2026-11-20T09:00:60Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20 09:00:00Z",
        "\u0662026-11-20T09:00:00Z",
        "0001-1-1T00:00:00Z",
    ],
)
def test_a_time_has_one_spelling(text):
    with pytest.raises(Malformed, match="a time such as"):
        Shape(text, "d").time()


@pytest.mark.parametrize(
    "text", ["2026-11-20T09:00:00+00:00", "2026-11-20T09:00:00Z ", "2026-11-20T09:00:00.0Z"]
)
def test_a_time_has_seconds_and_no_more(text):
    with pytest.raises(Malformed, match="at most 20 characters wanted"):
        Shape(text, "d").time()


@settings(deadline=None)  # the machine may be busy
@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 (made aware in the test)
def test_a_time_is_read_as_it_is_written(moment):
    aware = moment.replace(microsecond=0, tzinfo=UTC)

    assert Shape(time_text(aware), "d").time() == aware


def test_a_time_is_written_in_utc():
    moment = datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=1)))

    assert time_text(moment) == "2026-11-20T09:00:00Z"


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=50))
def test_base64_has_one_spelling(data):
    assert Shape(base64.b64encode(data).decode(), "d").base64() == data


def test_a_long_value_is_shown_in_part():
    with pytest.raises(Malformed) as caught:
        Shape("x" * 1000, "d").digest()

    assert len(str(caught.value)) < 150


def test_a_constant_has_the_type_it_is_written_with():
    Shape(True, "d").constant(wanted=True)
    with pytest.raises(Malformed, match="d: 1 found, True wanted"):
        Shape(1, "d").constant(wanted=True)


def test_a_label_is_the_beginning_of_a_digest():
    assert short(digest_of(b"")) == "e3b0c44298fc"
