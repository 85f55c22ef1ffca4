"""Telling what a file is from how it begins; names are not believed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from workstation.review import ar_reader, cpio_reader, iso_volume, rpm_header, squashfs_blocks, unpack
from workstation.review.tar_header import looks_like_tar
from workstation.review.unpack import Packing

HEAD: Final = iso_volume.MAGIC_AT + len(iso_volume.MAGIC)
_TEXT_HEAD: Final = 512
_ZIP_MAGICS: Final = (b"PK\3\4", b"PK\5\6")
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
_CLOSED: Final = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"MSCF": "CAB",
    b"xar!": "xar",
}


class Container(StrEnum):
    """A container this review can look into."""

    ZIP = "zip"
    TAR = "tar"
    AR = "ar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    CPIO = "cpio"
    RPM = "RPM"
    SQUASHFS = "squashfs"
    ISO = "ISO 9660"


PACKED: Final[Mapping[Container | None, Packing]] = {
    Container.GZIP: Packing.GZIP,
    Container.BZIP2: Packing.BZIP2,
    Container.XZ: Packing.XZ,
    Container.ZSTD: Packing.ZSTD,
}
"""Containers that are one compressed stream, and how it is packed."""


_BEGINNINGS: Final = (
    (_ZIP_MAGICS, Container.ZIP),
    ((unpack.MAGIC[Packing.GZIP],), Container.GZIP),
    ((unpack.MAGIC[Packing.XZ],), Container.XZ),
    ((unpack.MAGIC[Packing.ZSTD],), Container.ZSTD),
    ((ar_reader.MAGIC,), Container.AR),
    (cpio_reader.MAGICS, Container.CPIO),
    ((rpm_header.MAGIC,), Container.RPM),
    ((squashfs_blocks.MAGIC,), Container.SQUASHFS),
)

_ALL_MAGICS: Final = tuple(magic for magics, _ in _BEGINNINGS for magic in magics)
_CLOSED_MAGICS: Final = tuple(_CLOSED)


def container_of(head: bytes) -> Container | None:
    """Return what container begins so, if any."""
    if head.startswith(_ALL_MAGICS):
        return next(container for magics, container in _BEGINNINGS if head.startswith(magics))
    if head.startswith(unpack.MAGIC[Packing.BZIP2]) and head[4:10] in _BZIP2_BLOCKS:
        return Container.BZIP2
    if head.startswith(iso_volume.MAGIC, iso_volume.MAGIC_AT):
        return Container.ISO
    return Container.TAR if looks_like_tar(head) else None


def closed_container(head: bytes) -> str | None:
    """Return the name of a container format that begins so and that this review cannot look into."""
    if not head.startswith(_CLOSED_MAGICS):
        return None
    return next(what for magic, what in _CLOSED.items() if head.startswith(magic))


def promises_container(name: str) -> bool:
    """Whether an artifact of this name is installed by unpacking it, so that it has to be readable."""
    endings = (
        ".whl",
        ".jar",
        ".tar",
        ".tgz",
        ".deb",
        ".rpm",
        ".iso",
        ".squashfs",
        ".tar.gz",
        ".tar.bz2",
        ".tar.xz",
        ".tar.zst",
    )
    return name.casefold().endswith(endings)


def is_text(head: bytes) -> bool:
    """Whether a file beginning so is shown as text: no NUL in its first bytes."""
    return b"\0" not in head[:_TEXT_HEAD]


# What most files have too many of, so that the first counts decide.
_USUAL_FIRST: Final = tuple(dict.fromkeys((0, 0xFF, *b" etaoin\n", *range(256))))


def is_dense(sample: bytes) -> bool:
    """Whether bytes look compressed or encrypted: about 7.3 bits each, by collisions, in whole numbers."""
    left = len(sample) ** 2
    if len(sample) < 1 << 10:
        return False
    for value in _USUAL_FIRST:
        left -= 150 * sample.count(value) ** 2
        if left <= 0:
            return False
    return True
