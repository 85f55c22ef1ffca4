"""The leaf log: a second, plaintext record of every leaf, written after the database commits.

It turns a silent loss of the database's tail into a detected one, lets anyone check the tree
without a key, and holds the one seal key there is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from workstation.durable import sync_directory
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import (
    FRAME_BYTES,
    HEADER_BYTES,
    MARK_BYTES,
    MARK_OFFSET,
    SLOT_BYTES,
    SLOT_OFFSETS,
    Frame,
    Header,
    Slot,
    mark_bytes,
    parse_frame,
    parse_header,
)

if TYPE_CHECKING:
    from pathlib import Path


class LeafLog:
    """An open leaf log. I/O errors leave as OSError: the journal poisons itself on any."""

    def __init__(self, fd: int) -> None:
        """Take over a descriptor; reads the header and the last frame. Raises JournalFailure (damaged)."""
        self._fd = fd
        self.count, self.torn = self._find_end()
        self.header = self.header_now()
        self._place = 0 if self.header.slots[0] is not None else 1
        if (newest := self.header.slot_of(self.header.newest)) is not None:
            self._place = self.header.slots.index(newest)

    @classmethod
    def create(cls, path: Path, first: Slot) -> LeafLog:
        """Make the file with its first seal key; raises FileExistsError."""
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        _write(fd, first.to_bytes().ljust(HEADER_BYTES, b"\0"), 0)
        os.fsync(fd)
        sync_directory(path.parent)
        return cls(fd)

    @classmethod
    def open(cls, path: Path) -> LeafLog:
        """Open the file; raises JournalFailure (missing, damaged)."""
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError as error:
            raise JournalFailure(FailureName.MISSING, f"{path.name} is not there") from error
        try:
            return cls(fd)
        except JournalFailure:
            os.close(fd)
            raise

    def append(self, frame: Frame, following: Slot) -> None:
        """Write one frame and the key that follows it; returns once both are on the disk."""
        _write(self._fd, frame.to_bytes(), HEADER_BYTES + self.count * FRAME_BYTES)
        self._put(following)
        os.fdatasync(self._fd)
        self.count += 1

    def settle(self, slot: Slot) -> None:
        """Write the current key again, cut a torn frame off, empty a torn slot, take the mark away."""
        os.ftruncate(self._fd, HEADER_BYTES + self.count * FRAME_BYTES)
        self.header = self.header_now()
        if self.header.torn:
            torn = next(place for place in (0, 1) if self.header.slots[place] is None)
            _write(self._fd, bytes(SLOT_BYTES), SLOT_OFFSETS[torn])
        if self.header.newest != slot.index:
            self._put(slot)
        _write(self._fd, bytes(MARK_BYTES), MARK_OFFSET)
        os.fsync(self._fd)

    def last(self) -> Frame | None:
        """Return the last whole frame."""
        return self._frame(self.count - 1) if self.count else None

    def frame_bytes(self, start: int, stop: int) -> bytes:
        """Return the bytes of the frames with start <= seq < stop, as they are on the disk."""
        return os.pread(self._fd, max(0, stop - start) * FRAME_BYTES, HEADER_BYTES + start * FRAME_BYTES)

    def header_now(self) -> Header:
        """Return the header as it is on the disk; raises JournalFailure (damaged)."""
        return parse_header(os.pread(self._fd, HEADER_BYTES, 0), self.count)

    def close(self) -> None:
        """Close the file as it is, once."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def close_in_order(self) -> None:
        """Write the closing mark: from now on nothing may be missing. Then close."""
        _write(self._fd, mark_bytes(self.count), MARK_OFFSET)
        os.fsync(self._fd)
        self.close()

    def _find_end(self) -> tuple[int, bool]:
        """Return the number of whole frames, and whether one torn frame follows them."""
        whole, rest = divmod(os.fstat(self._fd).st_size - HEADER_BYTES, FRAME_BYTES)
        if whole < 0:
            raise JournalFailure(FailureName.DAMAGED, "the leaf log's header is damaged")
        if not whole or self._frame(whole - 1) is not None:
            return self._expect_order(whole), rest > 0
        if rest or (whole > 1 and self._frame(whole - 2) is None):
            raise JournalFailure(FailureName.DAMAGED, "the leaf log's last frames are damaged")
        return self._expect_order(whole - 1), True

    def _expect_order(self, count: int) -> int:
        frame = self._frame(count - 1) if count else None
        if frame is not None and frame.seq != count - 1:
            raise JournalFailure(FailureName.DAMAGED, f"frame {frame.seq} found in place {count - 1}")
        return count

    def _frame(self, seq: int) -> Frame | None:
        return parse_frame(os.pread(self._fd, FRAME_BYTES, HEADER_BYTES + seq * FRAME_BYTES))

    def _put(self, slot: Slot) -> None:
        """Overwrite the older of the two slots, so that a torn write leaves the other."""
        self._place = 1 - self._place
        _write(self._fd, slot.to_bytes(), SLOT_OFFSETS[self._place])


def _write(fd: int, data: bytes, at: int) -> None:
    if os.pwrite(fd, data, at) != len(data):
        raise OSError(f"short write of {len(data)} bytes at {at}")
