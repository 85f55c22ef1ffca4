"""What a Windows program is made of: sections, libraries, protections, and what stands after its end.

Source: Microsoft PE and COFF specification. A strict reader of the headers alone: every offset has to
lie within the file, and nothing is followed further than needed.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.review.sniff import is_dense

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"MZ"
_AT_HEADER: Final = 0x3C
_PE32, _PE32_PLUS = 0x10B, 0x20B
_IMPORTS, _SECURITY = 1, 4  # numbers of data directories
_MOST_SECTIONS: Final = 96  # the specification's own limit
_MOST_LIBRARIES: Final = 4096
_SAMPLE: Final = 1 << 16
_WRITE_AND_EXECUTE: Final = 0xA0000000
_PROTECTIONS: Final = {0x40: "ASLR", 0x100: "NX", 0x4000: "CFG", 0x20: "high-entropy ASLR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pe:
    """A PE file; names sorted.

    `overlay` counts bytes after the image and its signatures, `slack` those in the signature area that
    are no part of a signature.
    """

    libraries: tuple[str, ...] = ()
    protections: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    writable_code: bool = False
    overlay: int = 0
    overlay_dense: bool = False
    signed: bool = False
    slack: int = 0


@dataclass(frozen=True, slots=True)
class BrokenPe:
    """A file that begins as a PE file and contradicts itself."""


class _OutsideError(Exception):
    """An offset leads out of the file."""


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    address: int
    size: int
    offset: int
    flags: int


def read_pe(data: bytes) -> Pe | BrokenPe | None:
    """Return what a PE file is made of; None for an older program of DOS, which has no such header."""
    try:
        return _File(data).read()
    except _OutsideError:
        return BrokenPe()


class _File:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> Pe | None:
        header = self._number("<I", _AT_HEADER) if len(self._data) >= _AT_HEADER + 4 else len(self._data)
        if self._data[header : header + 4] != b"PE\0\0":
            return None
        count, optional_size = self._number("<H", header + 6), self._number("<H", header + 20)
        optional = header + 24
        magic = self._number("<H", optional)
        if magic not in (_PE32, _PE32_PLUS) or count > _MOST_SECTIONS:
            raise _OutsideError
        directories = optional + (96 if magic == _PE32 else 112)
        sections = [self._section(optional + optional_size + 40 * number) for number in range(count)]
        signatures = self._directory(directories, _SECURITY)
        end = max((one.offset + one.size for one in sections), default=optional + optional_size)
        overlay, slack = self._after(end, signatures)
        flags = self._number("<H", optional + 70)
        return Pe(
            libraries=tuple(
                sorted(set(self._libraries(self._directory(directories, _IMPORTS)[0], sections)))
            ),
            protections=tuple(sorted(name for bit, name in _PROTECTIONS.items() if flags & bit)),
            sections=tuple((one.name, self._digest(one)) for one in sections),
            writable_code=any(one.flags & _WRITE_AND_EXECUTE == _WRITE_AND_EXECUTE for one in sections),
            overlay=len(overlay),
            overlay_dense=is_dense(overlay[:_SAMPLE]),
            signed=signatures[1] > 0,
            slack=slack,
        )

    def _number(self, form: str, offset: int) -> int:
        if offset + struct.calcsize(form) > len(self._data):
            raise _OutsideError
        (found,) = struct.unpack_from(form, self._data, offset)
        return int(found)

    def _directory(self, directories: int, number: int) -> tuple[int, int]:
        """Return the address and size of a data directory; zeros when there are fewer."""
        if number >= self._number("<I", directories - 4):
            return 0, 0
        return self._number("<I", directories + 8 * number), self._number("<I", directories + 8 * number + 4)

    def _section(self, offset: int) -> _Section:
        name = self._data[offset : offset + 8].rstrip(b"\0").decode("ascii", "backslashreplace")
        found = _Section(
            name,
            address=self._number("<I", offset + 12),
            size=self._number("<I", offset + 16),
            offset=self._number("<I", offset + 20),
            flags=self._number("<I", offset + 36),
        )
        if found.offset + found.size > len(self._data):
            raise _OutsideError
        return found

    def _digest(self, section: _Section) -> str:
        return hashlib.sha256(self._data[section.offset : section.offset + section.size]).hexdigest()

    def _libraries(self, address: int, sections: list[_Section]) -> Iterator[str]:
        for number in range(_MOST_LIBRARIES if address else 0):
            name = self._number("<I", self._offset(address + 20 * number + 12, sections))
            if not name:
                return
            start = self._offset(name, sections)
            end = self._data.find(b"\0", start, start + 256)
            if end < 0:
                raise _OutsideError
            yield self._data[start:end].decode("ascii", "backslashreplace").casefold()

    def _offset(self, address: int, sections: list[_Section]) -> int:
        for one in sections:
            if one.address <= address < one.address + one.size:
                return one.offset + address - one.address
        raise _OutsideError

    def _after(self, end: int, signatures: tuple[int, int]) -> tuple[bytes, int]:
        """Return what stands after the image, without its signatures, and how much of those is none."""
        start, size = signatures
        if not size:
            return self._data[end:], 0
        if start < end or start + size > len(self._data):
            raise _OutsideError
        return self._data[end:start] + self._data[start + size :], self._slack(start, start + size)

    def _slack(self, place: int, end: int) -> int:
        """Return how many bytes of the certificate table are in no certificate's DER, padding apart."""
        slack = 0
        while place + 8 <= end:
            length = self._number("<I", place)
            if length < 8 or place + length > end:  # noqa: PLR2004 (the entry's own header)
                raise _OutsideError
            held = self._data[place + 8 : place + length]
            slack += len(held[_der_length(held) :].rstrip(b"\0"))
            place += (length + 7) & ~7
        return slack


def _der_length(data: bytes) -> int:
    """Return the whole length of the DER value that begins `data` (X.690, 8.1.3)."""
    if len(data) < 2 or data[0] != 0x30:  # noqa: PLR2004 (a sequence)
        return 0
    if data[1] < 0x80:  # noqa: PLR2004 (short form)
        return 2 + data[1]
    count = data[1] & 0x7F
    return 2 + count + int.from_bytes(data[2 : 2 + count], "big")
