"""The code signature in a macOS program (Apple's mach-o/loader.h, mach-o/fat.h and cs_blobs.h).

A program for one processor, or several in one file; each may hold a SuperBlob with a CMS signature in it. One
without CMS is only hashed ("ad hoc", which the linker does by itself): nobody signed it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from workstation.review.ledger import Lie
from workstation.review.source import Source

MAGICS: Final = tuple(bytes.fromhex(one) for one in ("cffaedfe", "cefaedfe", "cafebabe", "cafebabf"))
_FAT: Final = {b"\xca\xfe\xba\xbe": struct.Struct(">8xII4x"), b"\xca\xfe\xba\xbf": struct.Struct(">8xQQ8x")}
_HEADERS: Final = {b"\xcf\xfa\xed\xfe": 32, b"\xce\xfa\xed\xfe": 28}
_COMMANDS: Final = struct.Struct("<16xII")
_COMMAND: Final = struct.Struct("<II")
_SIGNATURE: Final = struct.Struct("<8xII")
_CODE_SIGNATURE: Final = 0x1D
_SUPER: Final = struct.Struct(">III")
_INDEX: Final = struct.Struct(">II")
_SUPER_MAGIC: Final = 0xFADE0CC0
_CMS_SLOT: Final = 0x10000
_BLOB_HEAD: Final = 8
_MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_PROGRAMS, _MOST_COMMANDS = 32, 4096
"""More than 32 programs in one file are none: a Java class begins with the same four bytes."""


def mach_signatures(source: Source, where: str) -> Iterator[bytes]:
    """Yield each CMS signature; nothing for what is no program of macOS. Raises Lie for a damaged one."""
    for start in _programs(source):
        header = _HEADERS.get(source.at(start, 4))
        if header is not None:
            count, size = _unpack(_COMMANDS, source, start, where)
            for place, length in _code_signatures(
                source, start + header, min(count, _MOST_COMMANDS), size, where
            ):
                yield from _cms(source, start + place, length, where)


def _programs(source: Source) -> tuple[int, ...]:
    """Return where the programs begin."""
    form = _FAT.get(source.at(0, 4))
    count = int.from_bytes(source.at(4, 4), "big")
    if form is None or count > _MOST_PROGRAMS:
        return (0,)
    listed = source.at(8, count * form.size)
    return tuple(offset for offset, _ in form.iter_unpack(listed[: len(listed) // form.size * form.size]))


def _code_signatures(
    source: Source, place: int, count: int, size: int, where: str
) -> Iterator[tuple[int, int]]:
    """Yield offset and length of what each command for a code signature points to."""
    end = place + size
    for _ in range(count):
        command, length = _unpack(_COMMAND, source, place, where)
        if length < _COMMAND.size or place + length > end:
            raise Lie(where, "a load command of the program is damaged")
        if command == _CODE_SIGNATURE:
            offset, signed = _unpack(_SIGNATURE, source, place, where)
            yield offset, signed
        place += length


def _cms(source: Source, start: int, length: int, where: str) -> Iterator[bytes]:
    magic, _, count = _unpack(_SUPER, source, start, where)
    if magic != _SUPER_MAGIC or length > _MOST_BYTES or count * _INDEX.size > length:
        raise Lie(where, "the program's code signature is damaged")
    for number in range(count):
        slot, offset = _unpack(_INDEX, source, start + _SUPER.size + number * _INDEX.size, where)
        if slot == _CMS_SLOT:
            _, size = _unpack(_INDEX, source, start + offset, where)
            if not _BLOB_HEAD <= size <= length:
                raise Lie(where, "the program's code signature is damaged")
            if size > _BLOB_HEAD:
                yield source.at(start + offset + _BLOB_HEAD, size - _BLOB_HEAD)


def _unpack(form: struct.Struct, source: Source, place: int, where: str) -> tuple[int, ...]:
    data = source.at(place, form.size)
    if len(data) < form.size:
        raise Lie(where, "the program is cut short")
    found: tuple[int, ...] = form.unpack(data)
    return found
