"""One walk over every entry: its bytes, its place, its frame in the leaf log, its seal.

Written for speed, for a journal may hold millions: what is as it should be is compared as bytes, and
only what is not is taken apart to say why. Entries are asked for by their numbers, some at a time, so
that the way the database finds a number is walked too.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from workstation.core.entry import NO_LEAF, VERSION
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import FRAME_BYTES, parse_frame
from workstation.journal.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.journal.driver import Cells
    from workstation.journal.leaf_log import LeafLog
    from workstation.journal.segments import Segments

_FRAME: Final = struct.Struct(">Q32s32s")
_SEQ: Final = struct.Struct(">Q")
_BESIDE: Final = b'"beside":{"'
_REDACT: Final = b'"kind":"journal.redact"'
_LOG: Final = b',"log":"'
_ENDS: Final = b',"v":%d}' % VERSION
_AT_ONCE: Final = 512
"""Entries asked for at once."""

# HMAC (RFC 2104) written out: hmac.digest takes twice as long for something so short.
_INNER: Final = bytes(each ^ 0x36 for each in range(256))
_OUTER: Final = bytes(each ^ 0x5C for each in range(256))
_INNER_REST: Final = b"\x36" * 32
_OUTER_REST: Final = b"\x5c" * 32


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
        size = store.size()
        for start in range(0, size, _AT_ONCE):
            rows, first = list(store.cells(start, min(start + _AT_ONCE, size))), len(self.leaves)
            yield from self._some(rows, leaf_log.frame_bytes(first, first + len(rows)))
        if leaf_log.frame_bytes(len(self.leaves), len(self.leaves) + 1):
            yield f"leaf log: something stands behind frame {len(self.leaves) - 1}"

    def _some(self, rows: Sequence[Cells], frames: bytes) -> Iterator[str]:
        sha256, pack, prev = hashlib.sha256, _FRAME.pack, self.leaves[-1].hex() if self.leaves else NO_LEAF
        begins = f',"log":"{self.origin}","nonce":"'.encode()
        for at, (number, kept, seal, body) in enumerate(rows):
            seq, frame = len(self.leaves), frames[at * FRAME_BYTES : (at + 1) * FRAME_BYTES]
            if not isinstance(body, bytes):
                raise JournalFailure(FailureName.DAMAGED, "an entry's row has another shape")
            leaf, log = sha256(b"\x00" + body).digest(), body.find(_LOG)
            said = pack(seq, leaf, seal)
            if not (
                number == seq
                and kept == leaf
                and frame == said + sha256(b"\x03" + said).digest()[:8]
                and body.startswith(begins, log)
                and _follows(body, seq, prev)
            ):
                yield from _said_of(_row(rows[at]), leaf, (VERSION, self.origin, seq, prev), frame)
            if self.key is not None and self._seal(self.key, seq, leaf) != seal:
                yield f"entry {seq}: the seal is not the one made when it was written"
            self.leaves.append(leaf)
            prev = leaf.hex()
            if body.endswith(_REDACT, 0, log) or body.find(_BESIDE, 0, log) >= 0:
                self.to_read.append(body)

    def _seal(self, key: bytes, seq: int, leaf: bytes) -> bytes:
        """Return the seal of an entry, and go on to the key of the next."""
        sha256 = hashlib.sha256
        self.key = sha256(b"\x02" + key).digest()
        inner = sha256(key.translate(_INNER) + _INNER_REST + _SEQ.pack(seq) + leaf).digest()
        return sha256(key.translate(_OUTER) + _OUTER_REST + inner).digest()


def _follows(body: bytes, seq: int, prev: str) -> bool:
    """Say whether an entry's own text gives it this place; a canonical text has one way to say it.

    In a string every quotation mark is escaped, so that these pieces are found nowhere but at the
    top: the first `log` stands behind `beside` and `kind` and before the payload, the last `prev`
    behind that, and `seq` behind `prev`.
    """
    at = body.rfind(b',"prev":"')
    return (
        body.startswith(b',"prev":"%s","reason":' % prev.encode(), at)
        and body.find(b',"seq":%d,"session":' % seq, at) > 0
        and body.endswith(_ENDS)
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
