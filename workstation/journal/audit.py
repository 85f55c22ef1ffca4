"""The full verification: every byte of the journal against every other way it was written down.

Without the seal key this finds accidents and edits; with it, also a consistent rewrite or
truncation by someone who held every other key. A rollback of the whole disk is found only by a
checkpoint that was kept elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from workstation.core.entry import Kind, parse_entry
from workstation.core.errors import Malformed
from workstation.core.merkle import leaves_root, root_of_rows, tile_rows
from workstation.journal.audit_beside import beside_findings
from workstation.journal.audit_chain import Walk
from workstation.journal.failure import JournalFailure
from workstation.journal.schema import TILE_LEVELS
from workstation.journal.seal import commitment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.journal.leaf_log import LeafLog
    from workstation.journal.log import Log, Parts
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
    walk = Walk(origin=log.head().origin, key=None if seal_key is None else bytes(seal_key))
    findings: list[str] = []
    try:
        told = _told(log, log.parts(), walk, seal_key)
        findings.extend(finding for finding, _ in zip(told, range(MOST_FINDINGS), strict=False))
    except JournalFailure as error:
        findings.append(str(error))
    return Audit(findings=tuple(findings), size=len(walk.leaves), root=walk.root or leaves_root(walk.leaves))


def _told(log: Log, parts: Parts, walk: Walk, seal_key: bytearray | None) -> Iterator[str]:
    store, leaf_log, head = parts.store, parts.leaf_log, log.head()
    for damage in store.damage():
        yield f"database: {damage}"
    yield from walk.findings(store, leaf_log)
    size, rows = len(walk.leaves), tile_rows(walk.leaves)
    walk.root = root_of_rows(rows)
    if (head.size, head.root) != (size, walk.root):
        yield f"tree: {size} entries do not have the root this journal stands at"
    for height, row in enumerate(rows[1:], 1):
        if store.subtree_row(height * TILE_LEVELS, 0, len(row)) != row:
            yield f"tree: a kept hash of level {height * TILE_LEVELS} is wrong"
    yield from _header(leaf_log, size)
    yield from _genesis(log, store, seal_key)
    yield from beside_findings(store, size, walk.to_read)
    if walk.key is not None and walk.key != bytes(parts.key):
        yield "seals: the last key does not come from the seal key given; the end was cut off or rewritten"


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
