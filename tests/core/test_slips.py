"""Slips, read back by other people's programs: poppler for the text, zbar for the code."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from core.world import World

from workstation.core.checkpoint import Checkpoint, SignatureType, Signer, signature_line, signed_note
from workstation.core.identity import digest_of
from workstation.core.pdf import Text, document
from workstation.core.release_words import release_words
from workstation.core.slip import PrintedSlip, Section
from workstation.core.slips import checkpoint_slip, refusal_slip, request_sheet


def read_back(slip: PrintedSlip, directory: Path) -> tuple[str, str]:
    """Return the text and what the QR code says, as foreign programs read them."""
    if not all(map(shutil.which, ("pdftotext", "pdftoppm", "zbarimg"))):
        pytest.skip("poppler-utils and zbar-tools are not installed")
    path = directory / "slip.pdf"
    path.write_bytes(slip.to_pdf())
    text = subprocess.run(("pdftotext", "-layout", path, "-"), capture_output=True, check=True)
    assert text.stderr == b""
    subprocess.run(("pdftoppm", "-r", "150", "-png", path, directory / "page"), check=True)
    pictures = sorted(directory.glob("page*.png"))
    code = subprocess.run(("zbarimg", "-q", "--raw", pictures[0]), capture_output=True, check=True)
    return text.stdout.decode(), code.stdout.decode().removesuffix("\n")


def test_a_request_sheet_has_the_words_every_digest_and_a_code(tmp_path: Path) -> None:
    request = World().admit().request

    text, code = read_back(request_sheet(request), tmp_path)
    bare = "".join(text.split())

    assert " ".join(release_words(request.id)) in " ".join(text.split())
    assert all(one.digest in bare and one.name in text for one in request.manifest)
    assert code == f"countersign:request:{request.id}"


def test_a_refusal_slip_says_who_why_and_where_it_is_written_down(tmp_path: Path) -> None:
    leaf = digest_of(b"entry")
    slip = refusal_slip(
        origin="station.example/journal",
        entry=418,
        leaf=leaf,
        at="2026-11-20T10:00:00Z",
        action="countersign",
        who="Bob",
        reasons=("SOD-BUILDER: bob \u2190 signed request.dsse.json",),
    )

    text, code = read_back(slip, tmp_path)

    for expected in ("REFUSED", "SOD-BUILDER: bob <- signed request.dsse.json", "entry 418", "Bob"):
        assert expected in text
    assert code == f"countersign:refusal:station.example/journal#418:{leaf}"


def test_a_checkpoint_slip_carries_the_signed_note_itself(tmp_path: Path) -> None:
    checkpoint = Checkpoint(origin="station.example/journal", size=9, root=bytes(range(32)))
    signer = Signer(name="station.example/journal", type=SignatureType.ED25519, key=bytes(32))
    note = signed_note(checkpoint, [signature_line(signer, bytes(64))])

    text, code = read_back(checkpoint_slip(note), tmp_path)

    assert "9 entries" in text
    assert "aardvark" in text
    assert code == note.decode()


def test_hostile_text_stays_text_and_long_slips_go_on_over_pages(tmp_path: Path) -> None:
    hostile = ") Tj ET /Evil \\ \x1b\u202e<script> (("
    lines = tuple(f"{number} {hostile}" for number in range(200))
    slip = PrintedSlip(title=hostile, band="X", sections=(Section(heading="H", lines=lines),), code="code")

    text, code = read_back(slip, tmp_path)

    assert "199 ) Tj ET /Evil \\" in text
    assert "\u2039U+202E\u203a" in text
    assert "\f" in text
    assert code == "code"


def test_the_same_slip_is_the_same_bytes() -> None:
    slip = PrintedSlip(title="t", band="b", sections=(), code="c")

    assert slip.to_pdf() == slip.to_pdf()
    assert document([[Text(x=0, y=0, size=9, text="\u05d0")]]).count(b"(?)") == 1
