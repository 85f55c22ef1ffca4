"""Memories outside the machine: what one remembers of the journal, and what it contradicts.

A whole disk that was put back to an earlier day is consistent in itself. Only what was kept elsewhere
knows better.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workstation.core.checkpoint import SignatureType, Signer, verify_note
from workstation.core.countersignature import Head
from workstation.core.errors import Untrusted
from workstation.core.merkle import verify_consistency


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a memory, named such as `token:4242`, says the journal was once."""

    memory: str
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """Which memories were asked, which should have been there and were not, and what they contradict."""

    consulted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """What could not be asked or believed: that is no contradiction."""


def remembered_note(memory: str, note: bytes, *, origin: str, station_key: bytes) -> Remembered:
    """Return what a checkpoint note signed by this station says; raises Malformed and Untrusted."""
    station = Signer(name=origin, type=SignatureType.ED25519, key=station_key)
    said = verify_note(note, [station])
    return Remembered(memory=memory, head=Head.of(said.origin, said.size, said.root))


def contradiction(
    remembered: Remembered, now: Head, consistency: Callable[[int, int], tuple[bytes, ...]]
) -> str | None:
    """Return how the journal as it stands contradicts a memory; None when it goes on from there.

    `consistency` gives the journal's proof between two of its sizes.
    """
    before, memory = remembered.head, remembered.memory
    if before.origin != now.origin:
        return f"{memory}: it remembers another journal, {before.origin}"
    if before.size > now.size:
        return (
            f"{memory}: it remembers {before.size} entries and the journal has {now.size}:"
            " it was put back to an earlier day, or its end was cut off"
        )
    proof = consistency(before.size, now.size)
    try:
        verify_consistency(before.size, now.size, bytes.fromhex(before.root), bytes.fromhex(now.root), proof)
    except Untrusted:
        return f"{memory}: the first {before.size} entries are not those it remembers: they were rewritten"
    return None
