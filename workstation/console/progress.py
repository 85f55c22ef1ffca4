"""How far long work is, on a terminal: one line that is written over, and gone at the end."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from workstation.core.glimpse import Glimpse, Watch

_CLEAR: Final = "\r\x1b[K"
_MEGABYTE: Final = 1_000_000


@contextmanager
def progress_on_terminal() -> Generator[Watch | None]:
    """Lend a watch that shows progress on stderr; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield _show
    finally:
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def progress_line(glimpse: Glimpse) -> str:
    """Return how far a review is, in one line."""
    percent = 100 * glimpse.bytes_read // max(1, glimpse.bytes_total)
    read, total = glimpse.bytes_read / _MEGABYTE, glimpse.bytes_total / _MEGABYTE
    return f"{min(percent, 100):3} %  {read:.1f} of {total:.1f} MB, {glimpse.entries} entries"


def _show(glimpse: Glimpse) -> None:
    sys.stderr.write(f"{_CLEAR}{progress_line(glimpse)}")
    sys.stderr.flush()
