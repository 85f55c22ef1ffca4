"""Sets of words written as people write them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text that stand between spaces."""
    return frozenset(text.split())
