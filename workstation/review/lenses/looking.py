"""Looking into one binary while its bytes are at hand: what it is made of, and which patterns match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from workstation.review.lenses import elf, pe
from workstation.review.lenses.certificates import Certificate, read_certificates
from workstation.review.lenses.elf import BrokenElf, Elf, read_elf
from workstation.review.lenses.patterns import Match, matches_in
from workstation.review.lenses.pe import BrokenPe, Pe, read_pe
from workstation.review.lenses.pictures import Picture, read_picture

Made: TypeAlias = Elf | BrokenElf | Pe | BrokenPe | Picture | Certificate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a binary is made of (None: nothing we read), its pattern matches, and its bytes while kept."""

    made: Made = None
    matches: tuple[Match, ...] = ()
    data: bytes | None = None


def look(data: bytes) -> Looked:
    """Look into a whole binary."""
    return Looked(made=_made(data), matches=matches_in(data), data=data)


def is_program(head: bytes) -> bool:
    """Whether a file that begins so is looked into even when it is large."""
    return head.startswith((elf.MAGIC, pe.MAGIC))


def _made(data: bytes) -> Made:
    if data.startswith(elf.MAGIC):
        return read_elf(data)
    if data.startswith(pe.MAGIC):
        return read_pe(data)
    if data.startswith(b"\x30") and (found := read_certificates(data)):
        return found[0]
    return read_picture(data)
