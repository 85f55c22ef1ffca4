"""One journal, one writer: a lock file that also says who holds it."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from workstation.journal.failure import FailureName, JournalFailure

if TYPE_CHECKING:
    from pathlib import Path

_NAME_BYTES: Final = 32


class Lock:
    """An exclusive lock on a journal's directory, held until closed or until the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raises JournalFailure (held) naming the holder."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, _NAME_BYTES, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            raise JournalFailure(
                FailureName.HELD, f"{holder or 'another process'} has this journal open"
            ) from error
        with suppress(OSError):  # a courtesy; on a full disk the lock holds without it
            os.pwrite(self._fd, f"process {os.getpid()}".encode().ljust(_NAME_BYTES), 0)

    def close(self) -> None:
        """Let go."""
        os.close(self._fd)
