"""What long work has seen so far, for whoever waits: how far it is, the tree as it grows, first findings.

All of it is provisional. What counts is the answer at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from workstation.core.release_diff import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What was seen since the last one: paths of the new side, those that changed, and findings.

    `bytes_read` and `entries` count both sides from the beginning; `bytes_total` is what is to be read.
    """

    bytes_read: int = 0
    bytes_total: int = 0
    entries: int = 0
    paths: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


Watch: TypeAlias = Callable[[Glimpse], None]
"""Shown what was seen so far; may raise `Cancelled` to end the work."""
