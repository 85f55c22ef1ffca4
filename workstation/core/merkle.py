"""The Merkle tree of RFC 6962 (section 2.1): roots, a growing frontier, and both kinds of proof.

Nothing here stores hashes. Proofs are made from a `Subtree`, which answers for any complete
subtree by level and index, and checked with the algorithms of RFC 9162 (sections 2.1.3.2 and
2.1.4.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final, TypeAlias

from workstation.core.errors import Untrusted

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Subtree: TypeAlias = Callable[[int, int], bytes]
"""Hash of the complete subtree of 2**level leaves that starts at leaf index * 2**level."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A complete subtree: 2**level leaves, the index-th of its level."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """The right edge of a tree: all that is needed to add a leaf and to know the root."""

    size: int = 0
    peaks: tuple[bytes, ...] = field(default=())
    """Hashes of the complete subtrees the size decomposes into, largest first."""

    def grown(self, leaf: bytes) -> tuple[Frontier, tuple[Node, ...]]:
        """Return the frontier with one more leaf hash, and the subtrees that leaf completed."""
        level, found, peaks = 0, leaf, list(self.peaks)
        completed = [Node(level=0, index=self.size, hash=leaf)]
        while self.size >> level & 1:
            found = node_hash(peaks.pop(), found)
            level += 1
            completed.append(Node(level=level, index=self.size >> level, hash=found))
        return Frontier(size=self.size + 1, peaks=(*peaks, found)), tuple(completed)

    def root(self) -> bytes:
        """Return the root hash of everything added."""
        return _bagged(self.peaks)


def frontier_of(size: int, subtree: Subtree) -> Frontier:
    """Return the frontier of the first `size` leaves."""
    return Frontier(size=size, peaks=_peaks(0, size, subtree))


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over these leaf hashes."""
    return _range_root(0, len(leaves), subtrees_of(leaves))


_TILE_LEVELS: Final = 8


def tile_rows(leaves: list[bytes]) -> list[list[bytes]]:
    """Return the leaves, and above them every complete row of tiles (eight levels each), each hashed once."""
    rows, width = [leaves], 1 << _TILE_LEVELS
    while len(rows[-1]) >= width:
        row = rows[-1]
        whole = len(row) - len(row) % width
        rows.append([complete_root(row[at : at + width]) for at in range(0, whole, width)])
    return rows


def leaves_root(leaves: list[bytes]) -> bytes:
    """Return the root over many leaf hashes, each node hashed once."""
    return root_of_rows(tile_rows(leaves))


def root_of_rows(rows: list[list[bytes]]) -> bytes:
    """Return the root, given the leaves and the rows of tiles above them."""

    def subtree(level: int, index: int) -> bytes:
        kept = min(level // _TILE_LEVELS, len(rows) - 1)
        width = 1 << (level - kept * _TILE_LEVELS)
        return complete_root(rows[kept][index * width : (index + 1) * width])

    return frontier_of(len(rows[0]), subtree).root()


def subtrees_of(leaves: Sequence[bytes]) -> Subtree:
    """Return a `Subtree` that computes from leaf hashes held in memory."""

    def subtree(level: int, index: int) -> bytes:
        row = leaves[index << level : (index + 1) << level]
        return complete_root(row)

    return subtree


def complete_root(row: Sequence[bytes]) -> bytes:
    """Return the root of a complete subtree; `row` holds a power of two of hashes."""
    # Written out, and not with `node_hash`: a verification of a million entries is mostly this.
    sha256 = hashlib.sha256
    while len(row) > 1:
        row = [sha256(b"\x01" + row[at] + row[at + 1]).digest() for at in range(0, len(row), 2)]
    return row[0]


def inclusion_proof(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """Return the audit path of a leaf in the tree of the first `size` leaves (RFC 6962, 2.1.1).

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_root(middle, high, subtree))
            high = middle
        else:
            path.append(_range_root(low, middle, subtree))
            low = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, subtree: Subtree) -> tuple[bytes, ...]:
    """Return the proof that the tree of `new` leaves begins with that of `old` (RFC 6962, 2.1.2).

    Raises ValueError unless 0 <= old <= new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} cannot begin with one of {old}")
    if old in {0, new}:
        return ()
    path: list[bytes] = []
    low, high = 0, new
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range_root(middle, high, subtree))
            high = middle
        else:
            path.append(_range_root(low, middle, subtree))
            low = middle
    # The old tree's own root is known to whoever asks, so it is left out when it is one node.
    start = () if low == 0 else (_range_root(low, high, subtree),)
    return (*start, *reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], wanted_root: bytes) -> None:
    """Raise Untrusted unless `leaf` stands at `index` in the tree of `size` leaves with this root."""
    where = f"journal.inclusion[{index}]"
    if not 0 <= index < size:
        raise Untrusted(where, f"no such leaf in a tree of {size}")
    last, found = size - 1, leaf
    for hash_ in proof:
        if not last:
            raise Untrusted(where, "the proof is longer than the tree is high")
        if index & 1 or index == last:
            found = node_hash(hash_, found)
            index, last = _up_to_a_right_child(index, last)
        else:
            found = node_hash(found, hash_)
        index, last = index >> 1, last >> 1
    if last or found != wanted_root:
        raise Untrusted(where, "the proof does not lead to the root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise Untrusted unless the tree of `new` leaves begins with the tree of `old` leaves."""
    where = f"journal.consistency[{old},{new}]"
    if not 0 <= old <= new:
        raise Untrusted(where, "history got shorter")
    if old in {0, new}:
        _verify_trivial(old, new, old_root, new_root, proof)
        return
    # A power of two is one node, which the proof leaves out (RFC 9162, 2.1.4.2 step 2).
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof or _replayed(old - 1, new - 1, path, where) != (old_root, new_root):
        raise Untrusted(where, "the proof does not join the two roots")


def _verify_trivial(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    known = EMPTY_ROOT if not old else new_root
    if proof or old_root != known or (not new and new_root != EMPTY_ROOT):
        raise Untrusted(f"journal.consistency[{old},{new}]", "the proof does not join the two roots")


def _replayed(index: int, last: int, path: Sequence[bytes], where: str) -> tuple[bytes, bytes] | None:
    """Return the old and new root that `path` leads to, or None when it ends too early."""
    while index & 1:
        index, last = index >> 1, last >> 1
    old_found = new_found = path[0]
    for hash_ in path[1:]:
        if not last:
            raise Untrusted(where, "the proof is longer than the tree is high")
        if index & 1 or index == last:
            old_found, new_found = node_hash(hash_, old_found), node_hash(hash_, new_found)
            index, last = _up_to_a_right_child(index, last)
        else:
            new_found = node_hash(new_found, hash_)
        index, last = index >> 1, last >> 1
    return None if last else (old_found, new_found)


def _up_to_a_right_child(index: int, last: int) -> tuple[int, int]:
    while index and not index & 1:
        index, last = index >> 1, last >> 1
    return index, last


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _peaks(low: int, high: int, subtree: Subtree) -> tuple[bytes, ...]:
    found: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append(subtree(level, low >> level))
        low += 1 << level
    return tuple(found)


def _range_root(low: int, high: int, subtree: Subtree) -> bytes:
    return _bagged(_peaks(low, high, subtree))


def _bagged(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))
