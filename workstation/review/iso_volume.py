"""The volume descriptors and directory records of an ISO 9660 image (ECMA-119, Joliet)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from workstation.review.ledger import Ledger, Lie, TooMuch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.source import Source

SECTOR: Final = 2048
MAGIC_AT: Final = 16 * SECTOR + 1
MAGIC: Final = b"CD001"
_FIRST: Final = 16
_BOOT, _PRIMARY, _SUPPLEMENTARY, _END = 0, 1, 2, 255
_MOST_DESCRIPTORS: Final = 64
_JOLIET: Final = (b"%/@", b"%/C", b"%/E")
_ROOT_AT, _ROOT_SIZE = 156, 34
_RECORD: Final = struct.Struct("<BB8s8s7sBBB4sB")
_BOTH: Final = struct.Struct("<I")
_FOLDER, _MORE = 0x02, 0x80
_LARGEST_FOLDER: Final = 64 * 1024 * 1024

Extents: TypeAlias = tuple[tuple[int, int], ...]
"""Where a file's data is: first byte and size of each part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One directory record: its raw name, its extents as (first byte, size), and its system use field."""

    name: bytes
    extents: Extents
    folder: bool
    system_use: bytes

    @property
    def size(self) -> int:
        """How many bytes its extents hold."""
        return sum(size for _, size in self.extents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The trees of an image: the primary one, Joliet's if there is one; and where its boot catalog is."""

    primary: Record
    joliet: Record | None
    boot_catalog: int | None
    size: int


def read_volume(source: Source, where: str) -> Volume:
    """Return what the volume descriptors say; raises Lie."""
    primary, joliet, boot, size = None, None, None, 0
    for number in range(_FIRST, _FIRST + _MOST_DESCRIPTORS):
        block = source.at(number * SECTOR, SECTOR)
        if len(block) < SECTOR or block[1:6] != MAGIC:
            raise Lie(where, "a volume descriptor of the ISO image is damaged or missing")
        if block[0] == _END:
            break
        if block[0] == _PRIMARY and primary is None:
            primary, size = _root(block, where), _number(block[80:88], where) * SECTOR
            if _both16(block[128:132], where) != SECTOR:
                raise Lie(where, "an ISO image with other blocks than of 2048 bytes")
        elif block[0] == _SUPPLEMENTARY and block[88:91] in _JOLIET:
            joliet = _root(block, where)
        elif block[0] == _BOOT and block[7:30] == b"EL TORITO SPECIFICATION":
            boot = _BOTH.unpack(block[71:75])[0] * SECTOR
    else:
        raise Lie(where, "the volume descriptors of the ISO image do not end")
    if primary is None:
        raise Lie(where, "the ISO image has no primary volume")
    return Volume(primary=primary, joliet=joliet, boot_catalog=boot, size=size)


def records(source: Source, folder: Record, where: str, ledger: Ledger) -> Iterator[Record]:
    """Yield the records of a folder, without itself and its parent; raises Lie and TooMuch."""
    if folder.size > _LARGEST_FOLDER:
        raise TooMuch(where, f"an ISO folder of {folder.size} bytes found")
    waiting: list[Record] = []
    for start, size in folder.extents:
        for record, more in _in_extent(source, start, size, where):
            waiting.append(record)
            if not more:
                yield _joined(waiting, where, ledger)
                waiting = []
    if waiting:
        raise Lie(where, "a file in several parts has no last part")


def self_record(source: Source, folder: Record, where: str) -> Record:
    """Return a folder's record about itself, which is the first in it."""
    data = source.at(folder.extents[0][0], SECTOR)
    if not data or data[0] < _RECORD.size or len(data) < data[0]:
        raise Lie(where, "an ISO folder does not begin with itself")
    return _record(data[: data[0]], where)[0]


def _in_extent(source: Source, start: int, size: int, where: str) -> Iterator[tuple[Record, bool]]:
    for sector in range(start, start + size, SECTOR):
        block = source.at(sector, min(SECTOR, start + size - sector))
        if len(block) < min(SECTOR, start + size - sector):
            raise Lie(where, "an ISO folder is cut short")
        place = 0
        while place < len(block) and block[place]:
            record = block[place : place + block[place]]
            if len(record) < max(block[place], _RECORD.size):
                raise Lie(where, "a record of an ISO folder is cut short")
            place += len(record)
            found, more = _record(record, where)
            if found.name not in (b"\0", b"\1"):
                yield found, more
        if block[place:].strip(b"\0"):
            raise Lie(where, "bytes follow the records of an ISO folder")


def _record(data: bytes, where: str) -> tuple[Record, bool]:
    _, attributes, extent, size, _, flags, unit, gap, _, length = _RECORD.unpack_from(data)
    if attributes or unit or gap:
        raise Lie(where, "an ISO record with interleaved parts or an attribute record")
    name = data[_RECORD.size : _RECORD.size + length]
    after = _RECORD.size + length + (length + 1) % 2
    if len(name) < length:
        raise Lie(where, "a name in an ISO record is cut short")
    start = _number(extent, where) * SECTOR
    record = Record(
        name=name,
        extents=((start, _number(size, where)),),
        folder=bool(flags & _FOLDER),
        system_use=data[after:],
    )
    return record, bool(flags & _MORE)


def _joined(parts: list[Record], where: str, ledger: Ledger) -> Record:
    first = parts[0]
    if any(part.name != first.name for part in parts):
        raise Lie(where, "the parts of an ISO file have different names")
    extents = tuple(extent for part in parts for extent in part.extents)
    if any(size % SECTOR for _, size in extents[:-1]):
        ledger.lie(where, "a part of an ISO file that is not its last does not fill its blocks")
    return Record(name=first.name, extents=extents, folder=first.folder, system_use=parts[-1].system_use)


def _root(block: bytes, where: str) -> Record:
    return _record(block[_ROOT_AT : _ROOT_AT + _ROOT_SIZE], where)[0]


def _number(field: bytes, where: str) -> int:
    """Return a number given in both byte orders, which have to agree (ECMA-119 7.3.3)."""
    little, big = int.from_bytes(field[:4], "little"), int.from_bytes(field[4:], "big")
    if little != big:
        raise Lie(where, "a number of the ISO image is given twice, differently")
    return little


def _both16(field: bytes, where: str) -> int:
    little, big = int.from_bytes(field[:2], "little"), int.from_bytes(field[2:], "big")
    if little != big:
        raise Lie(where, "a number of the ISO image is given twice, differently")
    return little
