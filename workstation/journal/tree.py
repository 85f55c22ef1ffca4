"""The journal's Merkle tree (RFC 6962): a frontier in memory, everything else from kept tile hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.merkle import complete_root, consistency_proof, frontier_of, inclusion_proof
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.schema import TILE_LEVELS

if TYPE_CHECKING:
    from workstation.core.merkle import Node
    from workstation.journal.segments import Segments

TILE_WIDTH: Final = 1 << TILE_LEVELS


class Tree:
    """The tree over the first `size` entries. Methods raise JournalFailure (refused, loss)."""

    def __init__(self, segments: Segments, size: int) -> None:
        """Read the right edge."""
        self._segments = segments
        self._frontier = frontier_of(size, self._subtree)

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._frontier.size

    def root(self) -> bytes:
        """Return the root hash."""
        return self._frontier.root()

    def completed_by(self, leaf: bytes) -> tuple[Node, ...]:
        """Return the subtrees one more leaf would complete."""
        return self._frontier.grown(leaf)[1]

    def grow(self, leaf: bytes) -> None:
        """Add a leaf that is durable."""
        self._frontier, _ = self._frontier.grown(leaf)

    def inclusion(self, seq: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that entry `seq` is among the first `size`."""
        self._expect_within(size)
        if not 0 <= seq < size:
            raise JournalFailure(FailureName.REFUSED, f"there is no entry {seq} among the first {size}")
        return inclusion_proof(seq, size, self._subtree)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the first `new` entries begin with the first `old`."""
        self._expect_within(new)
        if not 0 <= old <= new:
            raise JournalFailure(FailureName.REFUSED, f"a journal of {new} cannot begin with {old}")
        return consistency_proof(old, new, self._subtree)

    def tile(self, level: int, index: int, width: int = TILE_WIDTH) -> bytes:
        """Return a tile: up to 256 hashes of a level that is a multiple of eight (C2SP tlog-tiles)."""
        start = index * TILE_WIDTH
        if not 0 < width <= TILE_WIDTH or start + width > self.size >> level * TILE_LEVELS:
            raise JournalFailure(FailureName.REFUSED, f"there is no tile {index} of {width} at level {level}")
        return b"".join(self._segments.subtree_row(level * TILE_LEVELS, start, start + width))

    def _expect_within(self, size: int) -> None:
        if size > self.size:
            raise JournalFailure(FailureName.REFUSED, f"the journal has {self.size} entries, not {size}")

    def _subtree(self, level: int, index: int) -> bytes:
        kept = level - level % TILE_LEVELS
        width = 1 << (level - kept)
        return complete_root(self._segments.subtree_row(kept, index * width, (index + 1) * width))
