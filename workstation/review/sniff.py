"""Telling what a file is from how it begins; names are not believed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from workstation.review import ar_reader, unpack
from workstation.review.tar_header import looks_like_tar
from workstation.review.unpack import Packing

HEAD: Final = 512
_ZIP_MAGICS: Final = (b"PK\3\4", b"PK\5\6")
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
_CLOSED: Final = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xed\xab\xee\xdb": "RPM",
    b"070701": "cpio",
    b"hsqs": "squashfs",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"MSCF": "CAB",
    b"xar!": "xar",
}
_ISO_NAMES: Final = (".iso",)


class Container(StrEnum):
    """A container this review can look into."""

    ZIP = "zip"
    TAR = "tar"
    AR = "ar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"


def container_of(head: bytes) -> Container | None:
    """Return what container begins so, if any."""
    if head.startswith(_ZIP_MAGICS):
        return Container.ZIP
    if head.startswith(unpack.MAGIC[Packing.GZIP]):
        return Container.GZIP
    if head.startswith(unpack.MAGIC[Packing.XZ]):
        return Container.XZ
    if head.startswith(unpack.MAGIC[Packing.BZIP2]) and head[4:10] in _BZIP2_BLOCKS:
        return Container.BZIP2
    if head.startswith(ar_reader.MAGIC):
        return Container.AR
    return Container.TAR if looks_like_tar(head) else None


def closed_container(head: bytes, name: str) -> str | None:
    """Return the name of a container format that begins so and that this review cannot look into."""
    if name.casefold().endswith(_ISO_NAMES):
        return "ISO 9660"
    return next((what for magic, what in _CLOSED.items() if head.startswith(magic)), None)


def promises_container(name: str) -> bool:
    """Whether an artifact of this name is installed by unpacking it, so that it has to be readable."""
    endings = (".whl", ".jar", ".tar", ".tgz", ".deb", ".tar.gz", ".tar.bz2", ".tar.xz")
    return name.casefold().endswith(endings)


def is_text(head: bytes) -> bool:
    """Whether a file beginning so is shown as text: no NUL in its first bytes."""
    return b"\0" not in head


def is_dense(sample: bytes) -> bool:
    """Whether bytes look compressed or encrypted: about 7.3 bits each, by collisions, in whole numbers."""
    counts = [sample.count(value) for value in range(256)]
    return len(sample) >= 1 << 10 and 150 * sum(count * count for count in counts) < len(sample) ** 2
