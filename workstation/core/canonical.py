"""Canonical JSON: one value, one text (RFC 8785, JCS), in the profile of our own documents.

The profile is what `strict_json` reads back: ASCII keys, no floats, integers within 2^53 - 1,
nesting at most 32. What is hashed or signed is written by this module and by nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rfc8785

from workstation.core import strict_json
from workstation.core.errors import Malformed

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject, JsonValue


def canonical(value: JsonValue, *, where: str = "json") -> bytes:
    """Return the canonical UTF-8 bytes of `value`; raises Malformed outside the profile."""
    _refuse_outside_profile(value, where, strict_json.MAX_DEPTH)
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise Malformed(where, str(error)) from error


def parse_canonical(data: bytes, *, where: str, limit: int = strict_json.MAX_BYTES) -> JsonObject:
    """Return the object in `data`; raises Malformed when it is not one, or not its canonical text."""
    found = strict_json.parse_object(data, where=where, limit=limit)
    if canonical(found, where=where) != data:
        raise Malformed(where, "another spelling found, the canonical one (RFC 8785) wanted")
    return found


def _refuse_outside_profile(value: JsonValue, where: str, depth_left: int) -> None:
    match value:
        case None | bool() | int() | str():
            return
        case list() | dict() if not depth_left:
            raise Malformed(where, f"nested deeper than {strict_json.MAX_DEPTH}")
        case list():
            for item in value:
                _refuse_outside_profile(item, where, depth_left - 1)
        case dict():
            for key, item in value.items():
                _refuse_key(key, where)
                _refuse_outside_profile(item, where, depth_left - 1)
        case _:  # pyright: ignore[reportUnnecessaryComparison] (a bytearray, float or tuple gets here at run time)
            # A key, a PIN or a passphrase is a bytearray: it can never become text.
            raise Malformed(where, f"a {type(value).__name__} found, a JSON value without floats wanted")


def _refuse_key(key: object, where: str) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise Malformed(where, f"key {key!a} found, ASCII text wanted")
