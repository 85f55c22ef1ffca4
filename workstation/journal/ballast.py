"""Ballast: room that is given up when the disk is full, so that this at least can be written down."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

BALLAST: Final = "ballast"
BALLAST_BYTES: Final = 256 * 1024
_LEAST_FREE: Final = 64 * 1024


def load(directory: Path) -> bool:
    """Take up ballast, if there is none and there is room for twice as much; say whether it is there."""
    path = directory / BALLAST
    with suppress(OSError):
        if path.stat().st_size >= BALLAST_BYTES:
            return True
    if free_bytes(directory) < 2 * BALLAST_BYTES:
        return False
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.posix_fallocate(fd, 0, BALLAST_BYTES)
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError:
        return False
    return True


def drop(directory: Path) -> None:
    """Give the room back."""
    (directory / BALLAST).unlink(missing_ok=True)


def is_full(directory: Path) -> bool:
    """Say whether so little is free that a write can have failed for it."""
    return free_bytes(directory) < _LEAST_FREE


def free_bytes(directory: Path) -> int:
    """Return how much can be written here."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize
