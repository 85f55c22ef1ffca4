"""The limits of a review. Crossing one means: cannot be reviewed, so refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 1 << 10
MIB: Final = 1 << 20
GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, except where a name says otherwise."""

    nesting: int = 8
    entries: int = 300_000
    unpacked_total: int = 8 * GIB
    member: int = 4 * GIB
    nested_container: int = 512 * MIB
    ratio: int = 250
    ratio_from: int = 16 * MIB
    name: int = 4096
    name_part: int = 255
    tar_metadata: int = MIB
    xz_memory: int = 128 * MIB
    zstd_window: int = 128 * MIB
    text_member: int = 8 * MIB
    program: int = 64 * MIB
    hex_member: int = 64 * KIB
    hex_held: int = 16 * MIB
    text_held: int = 256 * MIB
    rows: int = 200_000
    row_text: int = 16 * MIB
