"""The little of DER (ITU-T X.690) that keys, certificates and CMS are taken apart with.

Only definite lengths in their shortest form and tags of one byte; all else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.core.errors import Malformed

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_ID: Final = 0x06
SEQUENCE: Final = 0x30
SET: Final = 0x31
_LONG_TAG: Final = 0x1F
_LONG_LENGTH: Final = 0x80
_MOST_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag byte, its content, and all its bytes as they were."""

    tag: int
    content: bytes
    whole: bytes


def only_value(data: bytes, *, where: str, tag: int | None = None) -> Value:
    """Return the one value `data` is, of `tag` if given; raises Malformed."""
    found = _value_at(data, 0, where)
    if len(found.whole) != len(data):
        raise Malformed(where, f"{len(data) - len(found.whole)} bytes after the end found, none wanted")
    if tag is not None and found.tag != tag:
        raise Malformed(where, f"DER tag {found.tag:#04x} found, {tag:#04x} wanted")
    return found


def values_in(content: bytes, *, where: str) -> tuple[Value, ...]:
    """Return the values that stand one after another in `content`; raises Malformed."""
    found: list[Value] = []
    place = 0
    while place < len(content):
        found.append(_value_at(content, place, where))
        place += len(found[-1].whole)
    return tuple(found)


def parts_of(value: Value, *tags: int, where: str) -> tuple[Value, ...]:
    """Return the values in a constructed one, which must begin with these tags; raises Malformed."""
    found = values_in(value.content, where=where)
    if tuple(part.tag for part in found[: len(tags)]) != tags:
        raise Malformed(where, "other DER fields found than this structure has")
    return found


def _value_at(data: bytes, place: int, where: str) -> Value:
    if len(data) - place < 2:  # noqa: PLR2004 (a tag and a length)
        raise Malformed(where, "DER that is cut short")
    tag, first = data[place], data[place + 1]
    if tag & _LONG_TAG == _LONG_TAG:
        raise Malformed(where, "a DER tag of several bytes found, none wanted")
    start, length = place + 2, first
    if first >= _LONG_LENGTH:
        start, length = _long_length(data, place + 2, first - _LONG_LENGTH, where)
    if start + length > len(data):
        raise Malformed(where, "DER that is cut short")
    return Value(tag, data[start : start + length], data[place : start + length])


def _long_length(data: bytes, place: int, count: int, where: str) -> tuple[int, int]:
    digits = data[place : place + count]
    length = int.from_bytes(digits, "big")
    if not 0 < count <= _MOST_LENGTH_BYTES or len(digits) != count or digits[0] == 0 or length < _LONG_LENGTH:
        raise Malformed(where, "a DER length not in its shortest definite form found")
    return place + count, length
