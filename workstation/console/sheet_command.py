"""`request sheet`: the paper that travels apart from the medium, printed on the builder's side."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation.console.documents import write_document
from workstation.console.reply import Reply
from workstation.core.identity import digest_of
from workstation.core.release_words import release_words
from workstation.core.slips import request_sheet
from workstation.intake.request_reader import read_request


def sheet(arguments: Namespace) -> Reply:
    """Write a sheet as PDF: the words an approver types at the workstation, digests and a QR code."""
    request = read_request(Path(arguments.directory))
    data, out = request_sheet(request).to_pdf(), Path(arguments.out)
    write_document(out, data, new=True)
    words = release_words(request.id)
    lines = (
        f"Sheet of request {request.id} written to {out}",
        f"  words: {' '.join(words)}",
        "  print it here, and send it by another way than the medium",
    )
    return Reply(
        document={"request": request.id, "words": [*words], "file": str(out), "digest": digest_of(data)},
        lines=lines,
    )
