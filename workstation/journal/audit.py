"""The full verification: every byte of the journal against every other way it was written down.

Without the seal key this finds accidents and edits; with it, also a consistent rewrite or
truncation by someone who held every other key. A rollback of the whole disk is found only by a
checkpoint that was kept elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workstation.core.entry import NO_LEAF, VERSION, Kind, parse_entry
from workstation.core.errors import Malformed
from workstation.core.merkle import complete_root, leaf_hash, root
from workstation.journal.audit_beside import beside_findings
from workstation.journal.failure import JournalFailure
from workstation.journal.schema import TILE_LEVELS
from workstation.journal.seal import commitment, next_key, seal_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.journal.leaf_format import Frame
    from workstation.journal.leaf_log import LeafLog
    from workstation.journal.log import Log, Parts
    from workstation.journal.rows import Row
    from workstation.journal.segments import Segments

MOST_FINDINGS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found (nothing, in a sound journal), and the size and root computed from the entries."""

    findings: tuple[str, ...]
    size: int
    root: bytes


def audit(log: Log, seal_key: bytearray | None = None) -> Audit:
    """Verify everything; `seal_key` is K_0, kept outside the machine. At most MOST_FINDINGS are told."""
    leaves: list[bytes] = []
    told = _told(log, log.parts(), leaves, seal_key)
    findings: list[str] = []
    try:
        findings.extend(finding for finding, _ in zip(told, range(MOST_FINDINGS), strict=False))
    except JournalFailure as error:
        findings.append(str(error))
    return Audit(findings=tuple(findings), size=len(leaves), root=root(leaves))


def _told(log: Log, parts: Parts, leaves: list[bytes], seal_key: bytearray | None) -> Iterator[str]:
    store, leaf_log = parts.store, parts.leaf_log
    for damage in store.damage():
        yield f"database: {damage}"
    yield from _chain(log, store, leaf_log, leaves)
    head = log.head()
    if (head.size, head.root) != (len(leaves), root(leaves)):
        yield f"tree: {len(leaves)} entries do not have the root this journal stands at"
    yield from _tiles(store, leaves)
    yield from _header(leaf_log, len(leaves))
    yield from _genesis(log, store, seal_key)
    yield from beside_findings(store, len(leaves))
    if seal_key is not None:
        yield from _seals(parts, len(leaves), seal_key)


def _chain(log: Log, store: Segments, leaf_log: LeafLog, leaves: list[bytes]) -> Iterator[str]:
    frames = leaf_log.frames()
    origin, prev = log.head().origin, NO_LEAF
    for row in store.rows(0, store.size()):
        seq = len(leaves)
        leaf = leaf_hash(row.body)
        yield from _row_findings(row, leaf, (VERSION, origin, seq, prev), next(frames, None))
        leaves.append(leaf)
        prev = leaf.hex()
    if next(frames, "end") != "end":
        yield f"leaf log: something stands behind frame {len(leaves) - 1}"


def _row_findings(
    row: Row, leaf: bytes, place: tuple[int, str, int, str], frame: Frame | None
) -> Iterator[str]:
    seq = place[2]
    if row.seq != seq:
        yield f"entry {seq}: missing, {row.seq} stands there"
    if row.leaf != leaf:
        yield f"entry {seq}: its bytes do not have its leaf hash"
    if _place(row.body) != place:
        yield f"entry {seq}: does not follow the entry before it"
    if frame is None or (frame.seq, frame.leaf, frame.seal) != (seq, leaf, row.seal):
        yield f"leaf log: frame {seq} is not entry {seq}"


def _place(body: bytes) -> tuple[Any, ...] | None:
    # Read leniently for speed: every entry was read strictly before it was written, and the leaf
    # hash holds it to that.
    try:
        found = json.loads(body)
        return (found["v"], found["log"], found["seq"], found["prev"])
    except (ValueError, TypeError, KeyError):
        return None


def _tiles(store: Segments, leaves: list[bytes]) -> Iterator[str]:
    level, row, width = 0, leaves, 1 << TILE_LEVELS
    while len(row) >= width:
        level += TILE_LEVELS
        row = [complete_root(row[at : at + width]) for at in range(0, len(row) - width + 1, width)]
        if store.subtree_row(level, 0, len(row)) != row:
            yield f"tree: a kept hash of level {level} is wrong"


def _header(leaf_log: LeafLog, size: int) -> Iterator[str]:
    header = leaf_log.header_now()
    indexes = {slot.index for slot in header.slots if slot is not None}
    if header.torn or header.closed_at is not None or not {size} <= indexes <= {size - 1, size}:
        yield "leaf log: the header is damaged"


def _genesis(log: Log, store: Segments, seal_key: bytearray | None) -> Iterator[str]:
    said: dict[str, Any] = {}
    for row in store.rows(0, 1):
        try:
            entry = parse_entry(row.body)
        except Malformed as error:
            yield str(error)
        else:
            said = entry.payload if entry.kind is Kind.JOURNAL_GENESIS else {}
    if said.get("station") != log.station_key.hex():
        yield "entry 0: does not name this station's key"
    if seal_key is not None and said.get("seal") != commitment(seal_key):
        yield "entry 0: the seal key given is not this journal's"


def _seals(parts: Parts, size: int, seal_key: bytearray) -> Iterator[str]:
    key = bytearray(seal_key)
    for row in parts.store.rows(0, size):
        if seal_of(key, row.seq, row.leaf) != row.seal:
            yield f"entry {row.seq}: the seal is not the one made when it was written"
        key = next_key(key)
    if key != parts.key:
        yield "seals: the last key does not come from the seal key given; the end was cut off or rewritten"
