"""One walk over every entry: its bytes, its place, its frame in the leaf log, its seal.

Written for speed, for a journal may hold millions: what is as it should be is compared as bytes, and
only what is not is taken apart to say why.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from workstation.core.entry import NO_LEAF, VERSION
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import parse_frame
from workstation.journal.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.journal.driver import Cells
    from workstation.journal.leaf_log import LeafLog
    from workstation.journal.segments import Segments

_FRAME: Final = struct.Struct(">Q32s32s")
_SEQ: Final = struct.Struct(">Q")
_BESIDE: Final = b'"beside":{"'
_REDACT: Final = b'"kind":"journal.redact"'


@dataclass(slots=True, kw_only=True)
class Walk:
    """What a walk has found out, besides what it yields."""

    origin: str
    key: bytes | None
    """The key that seals the next entry; None when K_0 is not at hand."""

    leaves: list[bytes] = field(default_factory=list[bytes])
    root: bytes = b""
    """Of the tree over all leaves, once somebody has computed it."""

    to_read: list[bytes] = field(default_factory=list[bytes])
    """The entries that say something of a text beside them, and redactions."""

    def findings(self, store: Segments, leaf_log: LeafLog) -> Iterator[str]:
        """Yield what is wrong, entry by entry."""
        frames, prev = leaf_log.raw_frames(), NO_LEAF
        begins = f',"log":"{self.origin}","nonce":"'.encode()
        sha256, pack = hashlib.sha256, _FRAME.pack
        for cells in store.cells(0, store.size()):
            seq, body = len(self.leaves), cells[3]
            if not isinstance(body, bytes):
                raise JournalFailure(FailureName.DAMAGED, "an entry's row has another shape")
            leaf, frame = sha256(b"\x00" + body).digest(), next(frames, b"")
            sound = (
                cells[0] == seq
                and cells[1] == leaf
                and frame[:72] == pack(seq, leaf, cells[2])
                and frame[72:] == sha256(b"\x03" + frame[:72]).digest()[:8]
                and _stands(body, begins, seq, prev)
            )
            if not sound:
                yield from _said_of(_row(cells), leaf, (VERSION, self.origin, seq, prev), frame)
            if self.key is not None:
                yield from self._seal_finding(seq, leaf, cells[2])
            self.leaves.append(leaf)
            prev = leaf.hex()
            if _BESIDE in body or _REDACT in body:
                self.to_read.append(body)
        if next(frames, None) is not None:
            yield f"leaf log: something stands behind frame {len(self.leaves) - 1}"

    def _seal_finding(self, seq: int, leaf: bytes, seal: object) -> Iterator[str]:
        key = self.key or b""
        if hmac.digest(key, _SEQ.pack(seq) + leaf, "sha256") != seal:
            yield f"entry {seq}: the seal is not the one made when it was written"
        self.key = hashlib.sha256(b"\x02" + key).digest()


def _stands(body: bytes, begins: bytes, seq: int, prev: str) -> bool:
    """Say whether an entry's own text gives it this place; a canonical text has one way to say it.

    In a string every quotation mark is escaped, so that these pieces are found nowhere but at the
    top: the first `log` stands before the payload, the last `prev` behind it, and `seq` behind that.
    """
    log = body.find(b',"log":"')
    at = body.rfind(b',"prev":"')
    return (
        body.startswith(begins, log)
        and body.startswith(b',"prev":"%s","reason":' % prev.encode(), at)
        and body.find(b',"seq":%d,"session":' % seq, at) > 0
        and body.endswith(b',"v":%d}' % VERSION)
    )


def _row(cells: Cells) -> Row:
    match cells:
        case (int(seq), bytes(leaf), bytes(seal), bytes(body)):
            return Row(seq=seq, leaf=leaf, seal=seal, body=body)
        case _:
            raise JournalFailure(FailureName.DAMAGED, "an entry's row has another shape")


def _said_of(row: Row, leaf: bytes, place: tuple[int, str, int, str], data: bytes) -> Iterator[str]:
    seq, frame = place[2], parse_frame(data)
    if row.seq != seq:
        yield f"entry {seq}: missing, {row.seq} stands there"
    if row.leaf != leaf:
        yield f"entry {seq}: its bytes do not have its leaf hash"
    if _place(row.body) != place:
        yield f"entry {seq}: does not follow the entry before it"
    if frame is None or (frame.seq, frame.leaf, frame.seal) != (seq, leaf, row.seal):
        yield f"leaf log: frame {seq} is not entry {seq}"


def _place(body: bytes) -> tuple[Any, ...] | None:
    # Read leniently: every entry was read strictly before it was written, and the leaf hash holds it
    # to that.
    try:
        found = json.loads(body)
        return (found["v"], found["log"], found["seq"], found["prev"])
    except (ValueError, TypeError, KeyError):
        return None
