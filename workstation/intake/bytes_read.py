"""How far reading is, told to whoever watches."""

from __future__ import annotations

from dataclasses import replace

from workstation.core.glimpse import Glimpse, Watch


class BytesRead:
    """Counts what is read of `total` bytes; whatever the watch raises, reading raises."""

    def __init__(self, watch: Watch | None, total: int) -> None:
        self._watch = watch
        self._total = total
        self._read = 0

    def read(self, count: int) -> None:
        """Note that so many more bytes were read."""
        self._read += count
        if self._watch is not None:
            self._watch(Glimpse(bytes_read=self._read, bytes_total=self._total))

    def further(self, glimpse: Glimpse) -> None:
        """Pass on what comes after all of this was read."""
        if self._watch is not None:
            read = min(self._total, self._read + glimpse.bytes_read)
            self._watch(replace(glimpse, bytes_read=read, bytes_total=self._total))
