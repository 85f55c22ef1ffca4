"""`request evidence`: signing an in-toto statement, where the builder's own system does not."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation.console.documents import read_document, write_document
from workstation.console.opening import signing_key
from workstation.console.reply import Reply
from workstation.core import statement
from workstation.core.evidence import DSSE_MEDIA_TYPE, parse_evidence, summary
from workstation.tokens.signing_key import signed_envelope


def sign(arguments: Namespace) -> Reply:
    """Sign an in-toto statement, such as provenance, and write it as a DSSE envelope."""
    payload = read_document(arguments.statement)
    statement.foreign_statement(payload, where=Path(arguments.statement).name)
    with signing_key(arguments, arguments.key) as key:
        envelope = signed_envelope(payload, key)
    out = Path(arguments.out)
    found = parse_evidence(out.name, DSSE_MEDIA_TYPE, envelope.received)
    write_document(out, envelope.received, new=True)
    lines = (f"{summary(found.content)}: written to {out}",)
    return Reply(document={"evidence": found.digest, "file": str(out)}, lines=lines)
