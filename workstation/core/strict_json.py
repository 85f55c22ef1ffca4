"""Strict JSON: one text, one meaning, or `Malformed`.

UTF-8 without BOM, no duplicate keys, no floats, NaN or -0, integers within ±(2^53 - 1) (RFC 7493),
no lone surrogates, nesting at most 32.
"""

from __future__ import annotations

import json
from collections import Counter
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
    _refuse_depth(value, where)
    if b"\\u" in data:
        # UTF-8 has no surrogates: a lone one can only come from an escape.
        _refuse_surrogates(value, where)
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
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise Malformed(where, f"key {twice!a} found twice in one object, once wanted")
    return found


def _integer(text: str, where: str) -> int:
    if text == "-0" or len(text) > len(str(MAX_INTEGER)) + 1 or abs(int(text)) > MAX_INTEGER:
        _refuse_number(text, where)
    return int(text)


def _refuse_number(text: str, where: str) -> JsonValue:
    raise Malformed(where, f"number {text[:40]} found, an integer within 2^53 - 1 wanted")


def _refuse_depth(value: JsonValue, where: str) -> None:
    """Refuse nesting beyond MAX_DEPTH, level by level: most values hold nothing."""
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, list | dict)
        ]
        if not level:
            return
    raise Malformed(where, f"nested deeper than {MAX_DEPTH}")


def _refuse_surrogates(value: JsonValue, where: str) -> None:
    match value:
        case str():
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                raise Malformed(where, "a lone surrogate was found in a string, Unicode wanted")
        case list():
            for item in value:
                _refuse_surrogates(item, where)
        case dict():
            for key, item in value.items():
                _refuse_surrogates(key, where)
                _refuse_surrogates(item, where)
        case _:
            pass
