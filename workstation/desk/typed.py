"""What people type: bounded and readable, before it can stand in a statement or the journal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from workstation.core.countersignature import MAX_COMMENT
from workstation.core.errors import Malformed

MAX_ALTOGETHER: Final = 100_000
"""Characters of a list of texts, so that the entry that holds them is never too long for the journal."""


def refuse_too_much(where: str, texts: Collection[str]) -> None:
    """Raise Malformed for texts of more than MAX_ALTOGETHER characters altogether."""
    length = sum(map(len, texts))
    if length > MAX_ALTOGETHER:
        raise Malformed(where, f"{length} characters found altogether, at most {MAX_ALTOGETHER} wanted")


def refuse_unwritable(where: str, text: str) -> None:
    """Raise Malformed for more than MAX_COMMENT characters, or for bytes that are no Unicode text."""
    if len(text) > MAX_COMMENT:
        raise Malformed(where, f"{len(text)} characters found, at most {MAX_COMMENT} wanted")
    # Python spells argument bytes that are not UTF-8 as lone surrogates (PEP 383).
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Malformed(where, "bytes that are not UTF-8 found, Unicode wanted")
