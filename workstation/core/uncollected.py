"""Building something large without looking for garbage meanwhile."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def without_collecting() -> Generator[None]:
    """Put off the search for cycles, which goes through everything again whenever more is made.

    Reading a big document makes a great many values and no cycle: the searches find nothing, and took
    two fifths of the time. What is unreachable is still freed at once; only cycles wait.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
