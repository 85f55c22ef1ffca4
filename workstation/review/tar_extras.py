"""What stands before a tar entry and changes it: pax records (POSIX.1-2001) and GNU long names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.tar_header import BLOCK

if TYPE_CHECKING:
    from workstation.review.source import Buffered
    from workstation.review.tar_header import TarHeader

_LENGTH: Final = re.compile(rb"([1-9][0-9]{0,7}) ")
_BIGGEST_OCTAL: Final = 8**11 - 1
_MOVES: Final = (b"path", b"linkpath", b"size")
EXTRA_KINDS: Final = (b"x", b"g", b"L", b"K")


@dataclass(slots=True)
class TarExtras:
    """The records in force for the entry that follows, and those for all that follow."""

    where: str
    ledger: Ledger
    always: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    once: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    long_name: bytes | None = None
    long_target: bytes | None = None

    def take(self, header: TarHeader, pieces: Buffered) -> None:
        """Read the record announced by `header`; raises Lie and TooMuch."""
        if header.size > self.ledger.limits.tar_metadata:
            raise TooMuch(self.where, f"a tar metadata record of {header.size} bytes found")
        padded = pieces.exactly(-(-header.size // BLOCK) * BLOCK)
        if len(padded) < header.size:
            raise Lie(self.where, "a tar metadata record is cut short")
        data = padded[: header.size]
        match header.kind:
            case b"x":
                self.once.update(self._records(data))
            case b"g":
                self._take_global(self._records(data))
            case b"L":
                self.long_name = self._long(data)
            case _:
                self.long_target = self._long(data)

    def apply(self, header: TarHeader) -> tuple[TarHeader, dict[bytes, bytes]]:
        """Return the entry's header with its extras in force, and the pax records that were."""
        if not (self.once or self.always) and self.long_name is self.long_target is None:
            return header, {}
        records = {**self.always, **self.once}
        plain = header._replace(
            name=header.name if self.long_name is None else self.long_name,
            target=header.target if self.long_target is None else self.long_target,
        )
        self.once, self.long_name, self.long_target = {}, None, None
        changed = plain._replace(
            name=records.get(b"path", plain.name),
            target=records.get(b"linkpath", plain.target),
            uid=self._decimal(records, b"uid", plain.uid),
            gid=self._decimal(records, b"gid", plain.gid),
            size=self._decimal(records, b"size", plain.size),
        )
        self._compare(plain, changed)
        return changed, records

    def _compare(self, plain: TarHeader, changed: TarHeader) -> None:
        """Refuse records that make readers with and without pax see different members."""
        if changed.size != plain.size and changed.size <= _BIGGEST_OCTAL:
            raise Lie(self.where, f"a pax size of {changed.size} stands over a tar size of {plain.size}")
        if b"\0" in changed.name + changed.target:
            self.ledger.lie(self.where, "a name in a pax record holds a NUL")
        if changed.name != plain.name and not _shortened(plain.name, changed.name):
            self.ledger.lie(
                self.where, f"the pax name {changed.name[:200]!a} stands over another, {plain.name[:200]!a}"
            )

    def _take_global(self, records: dict[bytes, bytes]) -> None:
        for key in _MOVES:
            if key in records:
                self.ledger.lie(self.where, f"a global pax record sets {key.decode()} for every member")
        self.always.update(records)

    def _records(self, data: bytes) -> dict[bytes, bytes]:
        records: dict[bytes, bytes] = {}
        place = 0
        while place < len(data):
            length = _LENGTH.match(data, place)
            end = place + int(length[1]) if length else 0
            if not length or end > len(data) or end <= length.end() or data[end - 1 : end] != b"\n":
                raise Lie(self.where, "a pax record has a wrong length")
            key, equals, value = data[length.end() : end - 1].partition(b"=")
            if not equals:
                raise Lie(self.where, "a pax record has no value")
            if key in records:
                self.ledger.lie(self.where, f"the pax record {key[:40]!a} is given twice")
            records[key] = value
            place = end
        return records

    def _long(self, data: bytes) -> bytes:
        name = data.rstrip(b"\0")
        if b"\0" in name:
            self.ledger.lie(self.where, "a GNU long name holds a NUL")
        return name

    def _decimal(self, records: dict[bytes, bytes], key: bytes, otherwise: int) -> int:
        value = records.get(key)
        if value is None:
            return otherwise
        if not value.isdigit() or len(value) > len(str(1 << 64)):
            raise Lie(self.where, f"the pax record {key.decode()} is not a number")
        return int(value)


def _shortened(short: bytes, full: bytes) -> bool:
    """Whether a name in an old header is a shortened or ASCII-only spelling of the pax name.

    Python writes `?` for what ASCII lacks, Go leaves it out, libarchive keeps the last part.
    """
    if short.strip(b"/") and full.startswith(short):
        return True
    spellings = (
        bytes(byte for byte in full if byte < 0x80),  # noqa: PLR2004 (the end of ASCII)
        full.decode("utf-8", "replace").encode("ascii", "replace"),
    )
    if any(spelling.startswith(short) for spelling in spellings) and short:
        return True
    last = short.rpartition(b"/")[2]
    return bool(last) and full.rpartition(b"/")[2].startswith(last)
