"""Strict JSON: one text, one meaning, or `Malformed`.

UTF-8 without BOM, no duplicate keys, no floats, NaN or -0, integers within ±(2^53 - 1) (RFC 7493),
no lone surrogates, nesting at most 32.
"""

from __future__ import annotations

import json
from typing import Final, TypeAlias

from workstation.core.errors import Malformed

JsonValue: TypeAlias = "bool | int | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 32
MAX_INTEGER: Final = 2**53 - 1
_BOM: Final = b"\xef\xbb\xbf"


def parse(data: bytes, *, where: str, limit: int = MAX_BYTES, decimals: bool = False) -> JsonValue:
    """Return the value of `data`; raises Malformed naming `where`. `limit` is in bytes.

    With `decimals`, for formats that are not ours, a number that is no integer is kept as its text.
    """
    if len(data) > limit:
        raise Malformed(where, f"{len(data)} bytes found, at most {limit} wanted")
    if data.startswith(_BOM):
        raise Malformed(where, "a byte order mark was found, plain UTF-8 wanted")
    try:
        value: JsonValue = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=lambda pairs: _object(pairs, where),
            parse_float=lambda text: text if decimals else _refuse_number(text, where),
            parse_constant=lambda text: _refuse_number(text, where),
            parse_int=lambda text: _integer(text, where),
        )
    except UnicodeDecodeError as error:
        raise Malformed(where, f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Malformed(
            where, f"not JSON at line {error.lineno} column {error.colno}: {error.msg}"
        ) from error
    except RecursionError as error:
        raise Malformed(where, f"nested deeper than {MAX_DEPTH}") from error
    _refuse_oddities(value, where, MAX_DEPTH)
    return value


def parse_object(data: bytes, *, where: str, limit: int = MAX_BYTES, decimals: bool = False) -> JsonObject:
    """Return the object in `data`; raises Malformed when it is anything else."""
    value = parse(data, where=where, limit=limit, decimals=decimals)
    if not isinstance(value, dict):
        raise Malformed(where, f"{kind_of(value)} found, an object wanted")
    return value


def dump(value: JsonValue) -> bytes:
    """Return compact ASCII JSON with keys in the order given; what we write ourselves."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")


def kind_of(value: JsonValue) -> str:
    """Name a JSON value's kind in the words of RFC 8259."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "an object"


def _object(pairs: list[tuple[str, JsonValue]], where: str) -> JsonObject:
    found: JsonObject = {}
    for key, value in pairs:
        if key in found:
            raise Malformed(where, f"key {key!a} found twice in one object, once wanted")
        found[key] = value
    return found


def _integer(text: str, where: str) -> int:
    if text == "-0" or len(text) > len(str(MAX_INTEGER)) + 1 or abs(int(text)) > MAX_INTEGER:
        _refuse_number(text, where)
    return int(text)


def _refuse_number(text: str, where: str) -> JsonValue:
    raise Malformed(where, f"number {text[:40]} found, an integer within 2^53 - 1 wanted")


def _refuse_oddities(value: JsonValue, where: str, depth_left: int) -> None:
    """Refuse lone surrogates anywhere, and nesting beyond what is left."""
    match value:
        case str():
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                raise Malformed(where, "a lone surrogate was found in a string, Unicode wanted")
        case list() | dict() if not depth_left:
            raise Malformed(where, f"nested deeper than {MAX_DEPTH}")
        case list():
            for item in value:
                _refuse_oddities(item, where, depth_left - 1)
        case dict():
            for key, item in value.items():
                _refuse_oddities(key, where, depth_left)
                _refuse_oddities(item, where, depth_left - 1)
        case _:
            pass
