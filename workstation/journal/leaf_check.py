"""Checking a leaf log without any key: every frame is whole and in its place, and what root they have.

Whoever may not read the journal can so hold it against a checkpoint.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.merkle import leaves_root
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import FRAME_BYTES, HEADER_BYTES, parse_header

if TYPE_CHECKING:
    from pathlib import Path

_PLACE_AND_LEAF: Final = struct.Struct(">Q32s")
_SAID: Final = 72
_BATCH: Final = FRAME_BYTES * 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLeaves:
    """How many entries a leaf log holds, the root over them, and that over the first of them asked for."""

    size: int
    root: bytes
    kept_root: bytes


def check_leaf_log(path: Path, *, kept: int = 0) -> CheckedLeaves:
    """Return what a leaf log holds, and what the first `kept` of it do; raises JournalFailure.

    The failure is missing, disk or damaged.
    """
    leaves: list[bytes] = []
    try:
        with path.open("rb") as file:
            count = (path.stat().st_size - HEADER_BYTES) // FRAME_BYTES
            parse_header(file.read(HEADER_BYTES), max(count, 0))
            while data := file.read(_BATCH):
                _take(data, leaves)
    except FileNotFoundError as error:
        raise JournalFailure(FailureName.MISSING, f"{path.name} is not there") from error
    except OSError as error:
        raise JournalFailure(FailureName.DISK, str(error)) from error
    return CheckedLeaves(size=len(leaves), root=leaves_root(leaves), kept_root=leaves_root(leaves[:kept]))


def _take(data: bytes, leaves: list[bytes]) -> None:
    unpack, sha256 = _PLACE_AND_LEAF.unpack_from, hashlib.sha256
    for at in range(0, len(data), FRAME_BYTES):
        frame = data[at : at + FRAME_BYTES]
        # The tag and the length of the check: docs/spec/journal.md, "leaf.log".
        if len(frame) != FRAME_BYTES or sha256(b"\x03" + frame[:_SAID]).digest()[:8] != frame[_SAID:]:
            raise JournalFailure(FailureName.DAMAGED, f"frame {len(leaves)} of the leaf log is damaged")
        seq, leaf = unpack(frame)
        if seq != len(leaves):
            raise JournalFailure(FailureName.DAMAGED, f"frame {seq} found in place {len(leaves)}")
        leaves.append(leaf)
