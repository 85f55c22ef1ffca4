"""What an ISO image boots (El Torito 1.0): boot sectors, and images that are no file of its tree."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.iso_volume import SECTOR, Volume
from workstation.review.ledger import Lie
from workstation.review.source import BytesSource, Entry, Source, stream

if TYPE_CHECKING:
    from workstation.review.iso_volume import Extents

_SYSTEM_AREA: Final = 16 * SECTOR
_ENTRY: Final = struct.Struct("<BBHBBHI20s")
_BOOTABLE, _NOT_BOOTABLE = 0x88, 0x00
_HEADERS: Final = (0x90, 0x91)
_BOOT_SECTOR: Final = 512


def boot_entries(source: Source, volume: Volume, files: set[Extents], where: str) -> Iterator[Entry]:
    """Yield boot code as members of a folder `[BOOT]`; raises Lie when the catalog is damaged."""
    area = source.at(0, _SYSTEM_AREA)
    if area.strip(b"\0"):
        yield _entry("system-area", BytesSource(area))
    if volume.boot_catalog is None:
        return
    catalog = source.at(volume.boot_catalog, SECTOR)
    if len(catalog) < SECTOR or catalog[0] != 1 or catalog[30:32] != b"\x55\xaa":
        raise Lie(where, "the boot catalog of the ISO image is damaged")
    yield _entry("catalog", BytesSource(catalog))
    starts = {extents[0][0] for extents in files}
    for number, (start, size) in enumerate(_images(catalog), 1):
        if start not in starts:
            yield _entry(f"image-{number}", BytesSource(source.at(start, size)))


def _images(catalog: bytes) -> Iterator[tuple[int, int]]:
    """Yield first byte and size of every image: the default entry, then those of the sections."""
    for place in range(32, SECTOR, 32):
        kind, _, _, _, _, sectors, start, _ = _ENTRY.unpack_from(catalog, place)
        if kind in (_BOOTABLE, _NOT_BOOTABLE) and start:
            yield start * SECTOR, sectors * _BOOT_SECTOR
        elif kind not in _HEADERS:
            return


def _entry(name: str, data: BytesSource) -> Entry:
    return Entry(name=f"[BOOT]/{name}", kind=MemberKind.FILE, read=stream(data), size=data.size)
