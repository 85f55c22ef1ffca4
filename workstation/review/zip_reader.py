"""Zip archives (wheels, jars) as a stream of entries: both of their directories have to agree."""

from __future__ import annotations

import stat
import struct
import zlib
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.apk_signatures import only_a_block
from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.names import clean
from workstation.review.source import Entry, Read, Source, chunks, nothing, stream
from workstation.review.unpack import Packing, unpacked
from workstation.review.zip_index import ZipRecord, central_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_ENCRYPTED, _SIZES_FOLLOW, _UTF8, _HINTS = 0x1, 0x8, 0x800, 0x6
_UNIX: Final = (3, 19)  # made on Unix, or on OS X
_FULL32: Final = 0xFFFFFFFF
_LONGEST_TARGET: Final = 4096


def zip_entries(source: Source, where: str, ledger: Ledger) -> Iterator[Entry]:
    """Return the entries of a zip archive in the order of their data; raises Lie and TooMuch."""
    records, directory = central_directory(source, where, ledger)
    # The whole layout is settled before a byte is unpacked: overlapping entries are a bomb.
    starts = list(_layout(source, records, directory, where, ledger))
    for record, start in zip(records, starts, strict=True):
        yield from _entry(source, record, start, where, ledger)


def _layout(
    source: Source, records: list[ZipRecord], directory: int, where: str, ledger: Ledger
) -> Iterator[int]:
    """Yield where each entry's data begins; entries have to follow each other without gap or overlap."""
    place = 0
    for record in records:
        path = _path(record, where)
        if record.offset < place:
            raise TooMuch(path, "entries of the zip archive overlap")
        if record.offset > place:
            ledger.lie(path, "bytes no directory knows stand before this entry")
        start, place = _span(source, record, path, ledger)
        if place > directory:
            raise Lie(path, "the entry reaches into the central directory")
        limits = ledger.limits
        if record.size > max(limits.ratio_from, limits.ratio * record.packed_size):
            raise TooMuch(path, f"it unpacks to more than {limits.ratio} times its size")
        yield start
    if place != directory and not only_a_block(source, place, directory):
        ledger.lie(where, "bytes no directory knows stand before the central directory")


def _span(source: Source, record: ZipRecord, path: str, ledger: Ledger) -> tuple[int, int]:
    """Compare an entry's local header with its record; return where its data begins and the entry ends."""
    head = source.at(record.offset, _LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
        raise Lie(path, "the entry has no local header")
    _, _, flags, method, _, _, crc, packed_size, size, name_length, extra_length = _LOCAL.unpack(head)
    name_at = record.offset + _LOCAL.size
    if source.at(name_at, name_length) != record.name:
        ledger.lie(
            path, f"another name stands beside its data: {source.at(name_at, min(name_length, 200))!a}"
        )
    if record.flags & _ENCRYPTED:
        raise Lie(path, "the entry is encrypted")
    if method != record.method or (flags ^ record.flags) & ~(_UTF8 | _HINTS):
        ledger.lie(path, "the two directories disagree on how it is packed")
    start = name_at + name_length + extra_length
    end = start + record.packed_size
    if flags & _SIZES_FOLLOW:
        return start, _past_descriptor(source, record, end, path, ledger)
    extra = source.at(name_at + name_length, extra_length)
    if (crc, *_wide(packed_size, size, extra)) != (record.crc, record.packed_size, record.size):
        ledger.lie(path, "the two directories disagree on its size or checksum")
    return start, end


def _wide(packed_size: int, size: int, extra: bytes) -> tuple[int, int]:
    """Return the local sizes, from the zip64 field where the header says so (APPNOTE 4.5.3)."""
    place = 0
    while _FULL32 in (packed_size, size) and place + 20 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == 1:
            wide_size, wide_packed = struct.unpack_from("<QQ", extra, place + 4)
            return wide_packed, wide_size
        place += 4 + length
    return packed_size, size


def _past_descriptor(source: Source, record: ZipRecord, place: int, path: str, ledger: Ledger) -> int:
    """Return where the data descriptor ends (APPNOTE 4.3.9): with or without magic, 32 or 64 bits."""
    wanted = (record.crc, record.packed_size, record.size)
    layouts = ("<IQQ",) if max(wanted) > _FULL32 else ("<III", "<IQQ")
    bodies = [struct.pack(layout, *wanted) for layout in layouts]
    for form in (*(b"PK\7\10" + body for body in bodies), *bodies):
        if source.at(place, len(form)) == form:
            return place + len(form)
    ledger.lie(path, "the size or checksum after its data disagrees with the directory")
    return place


def _entry(source: Source, record: ZipRecord, start: int, where: str, ledger: Ledger) -> Iterator[Entry]:
    name = _name(record, where, ledger)
    path = f"{where}!/{name}"
    unix = record.attributes >> 16 if record.made_by in _UNIX else 0
    kind = _kind(record, unix)
    content = _Content(source, record, start, path, ledger)
    mode = unix & 0o7777
    match kind:
        case MemberKind.FILE:
            yield Entry(name=clean(name), kind=kind, read=content.read, size=record.size, mode=mode)
        case MemberKind.LINK:
            target = b"".join(chunks(content.read)) if record.size <= _LONGEST_TARGET else b""
            ledger.odd(60, path, "a link in a zip archive, which some readers write as a file")
            yield Entry(
                name=clean(name),
                kind=kind,
                read=nothing,
                mode=mode,
                target=target.decode("utf-8", "backslashreplace"),
            )
        case MemberKind.FOLDER:
            if record.size:
                ledger.lie(path, "a folder with data")
            yield Entry(name=clean(name), kind=kind, read=nothing, mode=mode)
        case _:
            ledger.lie(path, "a device or pipe found")
            yield Entry(name=clean(name), kind=MemberKind.SPECIAL, read=nothing, mode=mode)
    content.finish()


def _name(record: ZipRecord, where: str, ledger: Ledger) -> str:
    """Return the entry's name: UTF-8 when flagged so, else cp437 (APPNOTE appendix D)."""
    try:
        return record.name.decode("utf-8" if record.flags & _UTF8 else "ascii")
    except UnicodeDecodeError:
        if record.flags & _UTF8:
            ledger.lie(_path(record, where), "the name is not the UTF-8 it says it is")
            return record.name.decode("utf-8", "backslashreplace")
        return record.name.decode("cp437")


def _path(record: ZipRecord, where: str) -> str:
    return f"{where}!/{record.name[:200].decode('utf-8', 'backslashreplace')}"


def _kind(record: ZipRecord, unix: int) -> MemberKind:
    if record.name.endswith(b"/"):
        return MemberKind.FOLDER
    match stat.S_IFMT(unix):
        case 0 | stat.S_IFREG:
            return MemberKind.FILE
        case stat.S_IFLNK:
            return MemberKind.LINK
        case stat.S_IFDIR:
            return MemberKind.FOLDER
        case _:
            return MemberKind.SPECIAL


class _Content:
    """The unpacked data of one entry, its length and checksum watched."""

    def __init__(self, source: Source, record: ZipRecord, start: int, path: str, ledger: Ledger) -> None:
        self._record, self._path, self._ledger = record, path, ledger
        self._crc, self._length = 0, 0
        self._read = self._unpacking(stream(source, start, record.packed_size))

    def _unpacking(self, packed: Read) -> Read:
        size = self._record.packed_size
        match self._record.method:
            case 0:
                return packed
            case 8:
                return unpacked(packed, Packing.DEFLATE, self._ledger, self._path, size)
            case 12:
                return unpacked(packed, Packing.BZIP2, self._ledger, self._path, size)
            case 93:
                return unpacked(packed, Packing.ZSTD, self._ledger, self._path, size)
            case other:
                raise Lie(self._path, f"packed by method {other}, which this review cannot read")

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; raises Lie past the announced size."""
        data = self._read(count)
        self._crc = zlib.crc32(data, self._crc)
        self._length += len(data)
        if self._length > self._record.size:
            raise Lie(self._path, f"it holds more than the {self._record.size} bytes announced")
        return data

    def finish(self) -> None:
        """Read what is left and compare length and checksum."""
        for _ in chunks(self.read):
            pass
        if (self._length, self._crc) != (self._record.size, self._record.crc):
            self._ledger.lie(self._path, "its data has another length or checksum than announced")
