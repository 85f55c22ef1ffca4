"""How often a harness tries: a little in every run of the tests, all of it in `make journal-harness`."""

from __future__ import annotations

import os

FULL = os.environ.get("COUNTERSIGN_HARNESS") == "full"


def count(small, full):
    """Return the count for this run."""
    return full if FULL else small
