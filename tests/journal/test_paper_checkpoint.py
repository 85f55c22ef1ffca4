"""The checkpoint on paper as it is drawn, read back by somebody else's decoder."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from journal.journal_world import ORIGIN, STATION_KEY

from workstation.console.checkpoint_slip import slip
from workstation.core.checkpoint import Checkpoint, signature_line, signed_note
from workstation.journal.signing import station_signer

STATION = ed25519.Ed25519PrivateKey.from_private_bytes(STATION_KEY)
SVG = "{http://www.w3.org/2000/svg}"


def signed_by_the_station(size):
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=bytes([size % 256]) * 32)
    signer = station_signer(ORIGIN, STATION.public_key().public_bytes_raw())
    return signed_note(checkpoint, [signature_line(signer, STATION.sign(checkpoint.body()))])


def drawn(svg):
    """Return the dark squares of a slip as a picture (PGM), a dot for each unit of the drawing."""
    page = ET.fromstring(svg)
    width, height = int(page.attrib["width"]), int(page.attrib["height"])
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for square in page.findall(f"{SVG}rect"):
        if "x" in square.attrib:
            x, y, wide, high = (int(square.attrib[name]) for name in ("x", "y", "width", "height"))
            for row in rows[y : y + high]:
                row[x : x + wide] = bytes(wide)
    return b"P5 %d %d 255\n" % (width, height) + b"".join(rows)


@pytest.mark.parametrize("size", [1, 301, 2**53 - 1])
def test_the_code_on_a_slip_is_the_note_to_the_last_byte(tmp_path, size):
    if shutil.which("zbarimg") is None:
        pytest.skip("zbar-tools are not installed")
    note = signed_by_the_station(size)
    (tmp_path / "slip.pgm").write_bytes(drawn(slip(note)))

    read = subprocess.run(
        ["zbarimg", "-q", "--raw", "-Sbinary", tmp_path / "slip.pgm"], capture_output=True, check=True
    )

    assert read.stdout == note
