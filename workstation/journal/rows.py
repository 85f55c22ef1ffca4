"""What stands in the database, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stored entry: its number, leaf hash, forward-secure seal, and exact bytes."""

    seq: int
    leaf: bytes
    seal: bytes
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Station:
    """Who a journal belongs to, and the raw Ed25519 key it signs with."""

    origin: str
    private_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which part of the journal a database is: its number, and the first entry it can hold."""

    number: int
    first: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Earlier:
    """An earlier part of the journal, and the key of its database."""

    place: Place
    key: bytearray


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A value kept beside its entry, which holds its salted hash: it can be taken away, never altered."""

    seq: int
    name: str
    salt: bytes
    value: bytes
    """Canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A fold of the first `size` entries, as it was written down; entry `size` holds its digest."""

    size: int
    body: bytes


FIRST_PLACE: Final = Place(number=0, first=0)
MOST_SEGMENTS: Final = 9999
