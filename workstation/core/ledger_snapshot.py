"""A ledger as bytes and back, so that a long journal need not be folded whole at every start.

A snapshot is a shortcut and no authority: the state stays the fold of the entries. Bytes that are not
exactly what a ledger of this shape is written as are refused, and the journal is folded again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, cast, get_origin

from cattrs import Converter
from cattrs.errors import BaseValidationError

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.errors import Malformed
from workstation.core.ledger import Ledger
from workstation.core.strict_json import JsonValue

T = TypeVar("T")
MAX_SNAPSHOT: Final = 128 * 1024 * 1024
_WHERE: Final = "snapshot"


def to_bytes(ledger: Ledger) -> bytes:
    """Return the snapshot: canonical JSON; raises Malformed when it would be too large to be read."""
    found = canonical(cast("JsonValue", _converter.unstructure(ledger)), where=_WHERE)
    if len(found) > MAX_SNAPSHOT:
        raise Malformed(_WHERE, f"{len(found)} bytes found, at most {MAX_SNAPSHOT} wanted")
    return found


def parse_snapshot(data: bytes) -> Ledger:
    """Return the ledger in `data`; raises Malformed."""
    document = parse_canonical(data, where=_WHERE, limit=MAX_SNAPSHOT)
    try:
        ledger = _converter.structure(document, Ledger)
    except (BaseValidationError, KeyError, TypeError, ValueError) as error:
        raise Malformed(_WHERE, f"not a ledger of ours: {error}") from error
    if to_bytes(ledger) != data:
        raise Malformed(_WHERE, "a ledger that is written differently found")
    return ledger


_converter: Final = Converter(forbid_extra_keys=True)


def _exactly(kind: type[T]) -> None:
    def structure(value: object, _: type[T]) -> T:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"{type(value).__name__} found, {kind.__name__} wanted")
        return value

    _converter.register_structure_hook(kind, structure)


def _is_set(kind: object) -> bool:
    return get_origin(kind) is frozenset


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _sorted(_kind: object) -> Callable[[Iterable[Any]], list[object]]:
    """Return what writes a set in one order: that of its items' canonical bytes."""

    def unstructure(values: Iterable[Any]) -> list[object]:
        written = [_converter.unstructure(value) for value in values]
        return sorted(written, key=lambda item: canonical(cast("JsonValue", item)))

    return unstructure


def _tuple(kind: Any) -> Callable[[Iterable[Any]], list[object]]:  # noqa: ANN401 (any tuple type)
    del kind
    return lambda values: [_converter.unstructure(value) for value in values]


def _bytes(value: object, _: type[bytes]) -> bytes:
    if not isinstance(value, str) or bytes.fromhex(value).hex() != value:
        raise TypeError(f"{type(value).__name__} found, hex digits wanted")
    return bytes.fromhex(value)


for _kind in (str, int, bool):
    _exactly(_kind)
_converter.register_structure_hook(bytes, _bytes)
_converter.register_unstructure_hook(bytes, bytes.hex)
_converter.register_unstructure_hook_factory(_is_set, _sorted)
_converter.register_unstructure_hook_factory(_is_tuple, _tuple)
