"""What is refused, and with which words exactly."""

from __future__ import annotations

from contextlib import contextmanager

import pytest


@contextmanager
def refused(error, words):
    """Expect `error` with these words and no others: part of a sentence would let the rest change."""
    with pytest.raises(error) as found:
        yield
    assert str(found.value) == words
