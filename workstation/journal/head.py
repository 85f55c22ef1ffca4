"""Where a journal stands, on either side of the writer's channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A journal's origin, its number of entries, and the root hash over them."""

    origin: str
    size: int
    root: bytes
