"""The slips that are printed: a request's sheet, a refusal, a checkpoint."""

from __future__ import annotations

from workstation.core.checkpoint import parse_note
from workstation.core.identity import Digest
from workstation.core.release_words import release_words
from workstation.core.request import Request
from workstation.core.shape import time_text
from workstation.core.slip import PrintedSlip, Section
from workstation.core.word_list import EVEN, ODD

_GROUP = 4
_WORDS_A_LINE = 5


def request_sheet(request: Request) -> PrintedSlip:
    """Return the sheet that travels apart from the medium: the words an approver types, every digest."""
    words = release_words(request.id)
    lines = [words[start : start + _WORDS_A_LINE] for start in range(0, len(words), _WORDS_A_LINE)]
    return PrintedSlip(
        title=f"{request.product.to_string()} for {request.channel}",
        band="REQUEST",
        sections=(
            Section(heading="Words to type at the workstation", lines=_joined(lines), large=True),
            Section(heading="Request (SHA-256)", lines=(grouped(request.id),), fixed=True),
            Section(
                heading="Artifacts",
                lines=tuple(
                    line
                    for one in request.manifest
                    for line in (f"{one.name}  {one.size} bytes", grouped(one.digest))
                ),
                fixed=True,
            ),
            Section(heading="Made", lines=(time_text(request.created),)),
        ),
        code=f"countersign:request:{request.id}",
    )


def refusal_slip(
    *, origin: str, entry: int, leaf: Digest, at: str, action: str, who: str, reasons: tuple[str, ...]
) -> PrintedSlip:
    """Return the slip somebody who was refused takes away."""
    return PrintedSlip(
        title=f"{action}: not done",
        band="REFUSED",
        sections=(
            Section(heading="Who asked", lines=(who or "not known",)),
            Section(heading="Why", lines=reasons),
            Section(
                heading="When, and where it is written down", lines=(at, f"journal {origin}, entry {entry}")
            ),
            Section(heading="This entry (leaf hash)", lines=(grouped(leaf),), fixed=True),
            Section(heading="What to do", lines=("Nothing was signed. There is no way around a refusal.",)),
        ),
        code=f"countersign:refusal:{origin}#{entry}:{leaf}",
    )


def checkpoint_slip(note: bytes) -> PrintedSlip:
    """Return the slip that is a second memory of the journal outside the machine; raises Malformed."""
    said = parse_note(note).checkpoint
    words = words_of(said.root)
    lines = [words[start : start + _WORDS_A_LINE] for start in range(0, len(words), _WORDS_A_LINE)]
    return PrintedSlip(
        title=f"{said.origin}: {said.size} entries",
        band="CHECKPOINT",
        sections=(
            Section(heading="Root hash in words", lines=_joined(lines), large=True),
            Section(heading="Root hash", lines=(grouped(said.root.hex()),), fixed=True),
            Section(heading="Signed note", lines=tuple(note.decode().splitlines()), fixed=True),
        ),
        code=note.decode(),
    )


def words_of(data: bytes) -> tuple[str, ...]:
    """Return bytes as words, one each."""
    return tuple((ODD if place % 2 else EVEN)[value] for place, value in enumerate(data))


def grouped(digest: str) -> str:
    """Return a digest in groups of four."""
    return " ".join(digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP))


def _joined(lines: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple("  ".join(line) for line in lines)
