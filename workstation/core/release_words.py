"""Release words: the beginning of a request's digest as words, to be typed from the printed sheet.

Comparing two fingerprints by eye fails; typing what stands on paper does not. The builder's machine
prints the words, the paper comes by another way than the medium, and the workstation computes
its own from the bytes it has: an exchanged request has other words.
"""

from __future__ import annotations

from typing import Final

from workstation.core.identity import RequestId
from workstation.core.word_list import EVEN, ODD

COUNT: Final = 10
"""How many words, one for each byte: 80 bits, more than anybody can search for a second request with."""

LEAST_LETTERS: Final = 4
"""A word may be cut after this many letters where only one word of its list begins so."""


def release_words(request: RequestId) -> tuple[str, ...]:
    """Return the words of a request, in order."""
    octets = bytes.fromhex(request)[:COUNT]
    return tuple(_list_at(place)[value] for place, value in enumerate(octets))


def same_words(typed: str, request: RequestId) -> bool:
    """Whether what was typed are the words of this request, all of them and in order."""
    words = release_words(request)
    found = typed.casefold().split()
    return len(found) == len(words) and all(
        whole_word(word, place) == wanted
        for place, (word, wanted) in enumerate(zip(found, words, strict=True))
    )


def whole_word(word: str, place: int) -> str | None:
    """Return the word of the list at a place that was meant, or None: unknown, or cut too short."""
    words = _list_at(place)
    if word in words:
        return word
    begun = [one for one in words if one.startswith(word)]
    return begun[0] if len(begun) == 1 and len(word) >= LEAST_LETTERS else None


def _list_at(place: int) -> tuple[str, ...]:
    return ODD if place % 2 else EVEN
