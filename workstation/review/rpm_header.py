"""The headers of an RPM: tags with values (rpm's docs/manual/format.md and tags.md), read strictly."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.review.ledger import Lie

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.source import Source

LEAD: Final = 96
MAGIC: Final = b"\xed\xab\xee\xdb"
_HEADER_MAGIC: Final = b"\x8e\xad\xe8\x01"
_INTRO: Final = struct.Struct(">4s4sII")
_ENTRY: Final = struct.Struct(">IIII")
_MOST_ENTRIES: Final = 65_536
_MOST_BYTES: Final = 64 * 1024 * 1024
_NUMBERS: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8}  # type of number, and its size in bytes
_TEXT, _BINARY, _TEXTS, _TRANSLATED = 6, 7, 8, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class RpmHeader:
    """A header's values by tag: numbers, texts (a byte that is not UTF-8 spelled out), or plain bytes."""

    values: Mapping[int, tuple[int, ...] | tuple[str, ...] | bytes]
    start: int
    end: int

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the numbers of a tag, none where it is missing or of another type."""
        found = self.values.get(tag, ())
        return tuple(one for one in found if isinstance(one, int)) if isinstance(found, tuple) else ()

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the texts of a tag, none where it is missing or of another type."""
        found = self.values.get(tag, ())
        return tuple(one for one in found if isinstance(one, str)) if isinstance(found, tuple) else ()

    def text(self, tag: int) -> str:
        """Return the first text of a tag, "" where there is none."""
        return next(iter(self.texts(tag)), "")


def read_header(source: Source, start: int, where: str) -> RpmHeader:
    """Return the header at `start`; raises Lie."""
    intro = source.at(start, _INTRO.size)
    if len(intro) < _INTRO.size or intro[:4] != _HEADER_MAGIC:
        raise Lie(where, "an RPM header is missing or damaged")
    _, _, count, size = _INTRO.unpack(intro)
    if count > _MOST_ENTRIES or size > _MOST_BYTES:
        raise Lie(where, "an RPM header is too large")
    index = source.at(start + _INTRO.size, count * _ENTRY.size)
    store = source.at(start + _INTRO.size + len(index), size)
    if len(index) < count * _ENTRY.size or len(store) < size:
        raise Lie(where, "an RPM header is cut short")
    end = start + _INTRO.size + len(index) + size
    return RpmHeader(values=dict(_values(index, store, where)), start=start, end=end)


def _values(
    index: bytes, store: bytes, where: str
) -> Iterator[tuple[int, tuple[int, ...] | tuple[str, ...] | bytes]]:
    seen = set[int]()
    for tag, kind, place, count in _ENTRY.iter_unpack(index):
        if tag in seen:
            raise Lie(where, f"the RPM header gives tag {tag} twice")
        seen.add(tag)
        yield tag, _value(store, kind, place, count, where)


def _value(
    store: bytes, kind: int, place: int, count: int, where: str
) -> tuple[int, ...] | tuple[str, ...] | bytes:
    if kind in _NUMBERS:
        width = _NUMBERS[kind]
        data = _taken(store, place, width * count, where)
        return tuple(int.from_bytes(data[at : at + width], "big") for at in range(0, len(data), width))
    if kind == _BINARY:
        return _taken(store, place, count, where)
    if kind in (_TEXT, _TEXTS, _TRANSLATED):
        return tuple(_texts(store, place, 1 if kind == _TEXT else count, where))
    if kind == 0:
        return ()
    raise Lie(where, f"an RPM header holds a value of unknown type {kind}")


def _taken(store: bytes, place: int, size: int, where: str) -> bytes:
    if place + size > len(store):
        raise Lie(where, "a value of the RPM header lies outside it")
    return store[place : place + size]


def _texts(store: bytes, place: int, count: int, where: str) -> Iterator[str]:
    for _ in range(count):
        end = store.find(b"\0", place)
        if end < 0:
            raise Lie(where, "a text of the RPM header does not end")
        yield store[place:end].decode("utf-8", "backslashreplace")
        place = end + 1
