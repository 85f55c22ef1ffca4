"""The central directory of a zip archive, strictly (APPNOTE 6.3.10, sections 4.3 to 4.5)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.review.ledger import Ledger, Lie, TooMuch

if TYPE_CHECKING:
    from workstation.review.source import Source

_END: Final = struct.Struct("<4sHHHHIIH")
_LOCATOR: Final = struct.Struct("<4sIQI")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_CENTRAL: Final = struct.Struct("<4sBBHHHHHIIIHHHHHII")
_END_MAGIC: Final = b"PK\5\6"
_LONGEST_COMMENT: Final = 65_535
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_UNICODE_FIELDS: Final = (0x7075, 0x6375)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipRecord:
    """One record of the central directory."""

    name: bytes
    made_by: int
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    attributes: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Where the central directory is, and how many records it has."""

    start: int
    size: int
    records: int
    place: int


def central_directory(source: Source, where: str, ledger: Ledger) -> tuple[list[ZipRecord], int]:
    """Return the records in the order of their data, and where the central directory begins.

    Raises Lie and TooMuch; what can be read past is written down.
    """
    end = _find_end(source, where, ledger)
    if end.records > ledger.limits.entries:
        raise TooMuch(where, f"{end.records} entries announced")
    if end.start + end.size > end.place:
        raise Lie(where, "the central directory lies outside the archive")
    if end.start + end.size < end.place:
        ledger.lie(where, "bytes stand before the archive, or between its directory and its end")
    records = list(_records(source.at(end.start, end.size), end.records, where, ledger))
    return sorted(records, key=lambda record: record.offset), end.start


def hides_a_zip(tail: bytes) -> bool:
    """Whether the last 64 kB of a file hold the end record of a zip archive."""
    if (
        _END_MAGIC not in tail
    ):  # looking from the front is several times as fast, and nearly all files end here
        return False
    place = tail.rfind(_END_MAGIC)
    if place < 0 or len(tail) - place < _END.size:
        return False
    fields: tuple[int, ...] = _END.unpack_from(tail, place)[4:]
    records, size, _, comment = fields
    return place + _END.size + comment <= len(tail) and (records > 0) == (size > 0) and size <= 1 << 32


def _find_end(source: Source, where: str, ledger: Ledger) -> _End:
    tail_start = max(0, source.size - _LONGEST_COMMENT - _END.size)
    tail = source.at(tail_start, source.size)
    place = tail.rfind(_END_MAGIC)
    if place < 0 or len(tail) - place < _END.size:
        raise Lie(where, "a zip archive without an end record")
    _, disk, first_disk, here, records, size, start, comment = _END.unpack_from(tail, place)
    if tail.count(_END_MAGIC) > 1:
        ledger.lie(where, "a second zip end record stands near the end; readers disagree on which counts")
    if place + _END.size + comment != len(tail):
        ledger.lie(where, "bytes follow the end of the zip archive")
    if disk or first_disk or here != records:
        if (disk, first_disk) != (0, 0) and _FULL16 not in (disk, first_disk):
            raise Lie(where, "a zip archive in several parts")
        if here != records:
            raise Lie(where, "the zip end record counts its entries twice, differently")
    found = _End(start=start, size=size, records=records, place=tail_start + place)
    if _FULL32 in (size, start) or records == _FULL16:
        found = _end64(source, found, where)
        if found.records > _FULL16:
            ledger.odd(20, where, f"{found.records} entries; a reader without zip64 sees others")
    return found


def _end64(source: Source, end: _End, where: str) -> _End:
    locator = source.at(end.place - _LOCATOR.size, _LOCATOR.size) if end.place >= _LOCATOR.size else b""
    if len(locator) < _LOCATOR.size or locator[:4] != b"PK\6\7":
        if end.records == _FULL16 and _FULL32 not in (end.size, end.start):
            return end
        raise Lie(where, "the zip64 locator is missing")
    place = _LOCATOR.unpack(locator)[2]
    record = source.at(place, _END64.size)
    if len(record) < _END64.size or record[:4] != b"PK\6\6":
        raise Lie(where, "the zip64 end record is missing")
    length, records, size, start = (_END64.unpack(record)[index] for index in (1, 7, 8, 9))
    if place + 12 + length != end.place - _LOCATOR.size:
        raise Lie(where, "the zip64 end record does not end at its locator")
    return _End(start=start, size=size, records=records, place=place)


def _records(directory: bytes, count: int, where: str, ledger: Ledger) -> Iterator[ZipRecord]:
    place = 0
    for _ in range(count):
        if len(directory) - place < _CENTRAL.size or directory[place : place + 4] != b"PK\1\2":
            raise Lie(where, "a record of the central directory is damaged")
        fields = _CENTRAL.unpack_from(directory, place)
        name_at = place + _CENTRAL.size
        name_length, extra_length, comment_length = fields[11:14]
        extra_at = name_at + name_length
        place = extra_at + extra_length + comment_length
        if place > len(directory):
            raise Lie(where, "a record of the central directory is cut short")
        name = directory[name_at:extra_at]
        extra = dict(_extra_fields(directory[extra_at : extra_at + extra_length], where))
        for field in _UNICODE_FIELDS:
            if field in extra:
                ledger.lie(f"{where}!/{name[:200]!a}", "a second name or comment stands in an extra field")
        yield _record(name, fields, extra.get(1, b""), where)
    if place != len(directory):
        ledger.lie(where, "the central directory holds more than its records")


def _record(name: bytes, fields: tuple[int, ...], zip64: bytes, where: str) -> ZipRecord:
    """Return a record, its 32-bit sizes and offset replaced where the zip64 field has them (4.5.3)."""
    wide = [value[0] for value in struct.iter_unpack("<Q", zip64[: len(zip64) // 8 * 8])]
    values = list[int]()
    for value in (fields[10], fields[9], fields[17]):
        if value == _FULL32 and not wide:
            raise Lie(where, "a zip64 size is missing")
        values.append(wide.pop(0) if value == _FULL32 else value)
    return ZipRecord(
        name=name,
        made_by=fields[2],
        flags=fields[4],
        method=fields[5],
        crc=fields[8],
        packed_size=values[1],
        size=values[0],
        attributes=fields[16],
        offset=values[2],
    )


def _extra_fields(extra: bytes, where: str) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if place + 4 + length > len(extra):
            raise Lie(where, "an extra field is cut short")
        yield kind, extra[place + 4 : place + 4 + length]
        place += 4 + length
