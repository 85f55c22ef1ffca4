"""What people type: bounded and readable, before it can stand in a statement or the journal."""

from __future__ import annotations

from workstation.core.countersignature import MAX_COMMENT
from workstation.core.errors import Malformed


def refuse_unwritable(where: str, text: str) -> None:
    """Raise Malformed for more than MAX_COMMENT characters, or for bytes that are no Unicode text."""
    if len(text) > MAX_COMMENT:
        raise Malformed(where, f"{len(text)} characters found, at most {MAX_COMMENT} wanted")
    # Python spells argument bytes that are not UTF-8 as lone surrogates (PEP 383).
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Malformed(where, "bytes that are not UTF-8 found, Unicode wanted")
