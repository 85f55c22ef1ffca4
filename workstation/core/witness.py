"""A witness: somebody else who signs a journal's checkpoints, and only those that go on from the last.

After C2SP tlog-witness: the witness remembers one size and root for each origin. A journal that shows
it another past, or two presents of one size, gets no cosignature.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workstation.core import strict_json
from workstation.core.checkpoint import (
    Checkpoint,
    SignatureType,
    Signer,
    cosignature_line,
    cosigned_bytes,
    parse_note,
    signed_note,
    verify_note,
)
from workstation.core.errors import Malformed, Untrusted
from workstation.core.merkle import verify_consistency
from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER, JsonObject

MAX_PROOF: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a workstation shows a witness: a checkpoint, and the proof that it goes on from `old` entries."""

    note: bytes
    old: int
    proof: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Return the document."""
        document: JsonObject = {
            "checkpoint": self.note.decode(),
            "old": self.old,
            "consistency": [base64.b64encode(each).decode() for each in self.proof],
        }
        return strict_json.dump(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The last checkpoint a witness signed for one origin."""

    size: int
    root: bytes


def parse_shown(data: bytes, *, where: str) -> Shown:
    """Return what a workstation shows; raises Malformed."""
    fields = Shape(strict_json.parse_object(data, where=where), where).fields(
        "checkpoint", "old", "consistency"
    )
    return Shown(
        note=fields["checkpoint"].text(at_most=64 * 1024).encode(),
        old=fields["old"].integer(0, MAX_INTEGER),
        proof=tuple(each.base64() for each in fields["consistency"].items(at_most=MAX_PROOF)),
    )


def expect_consistent(shown: Shown, station: Signer, seen: Seen | None) -> Checkpoint:
    """Return the checkpoint once it goes on from what was seen; raises Malformed and Untrusted.

    The first one seen is believed, like any first meeting. What is thrown is proof of a rewritten or
    forked journal where the station's signature is good.
    """
    said = verify_note(shown.note, [station])
    if said.origin != station.name:
        raise Untrusted("checkpoint.origin", f"{said.origin} found, {station.name} wanted")
    checkpoint = Checkpoint(origin=said.origin, size=said.size, root=said.root, extensions=said.extensions)
    if seen is None:
        return checkpoint
    if said.size < seen.size:
        raise Untrusted("checkpoint", f"{said.size} entries found, {seen.size} were signed before")
    if said.size == seen.size:
        if said.root != seen.root:
            raise Untrusted("checkpoint", f"another journal of {said.size} entries was signed before: a fork")
        return checkpoint
    if shown.old != seen.size:
        raise Malformed("consistency", f"a proof from {shown.old} entries found, from {seen.size} wanted")
    verify_consistency(seen.size, said.size, seen.root, said.root, shown.proof)
    return checkpoint


def cosigned(
    note: bytes, witness: str, public_key: bytes, seconds: int, sign: Callable[[bytes], bytes]
) -> bytes:
    """Return the note with a witness's cosignature more, made at `seconds` since 1970 (cosignature/v1).

    `public_key` is the witness's raw Ed25519 key, `sign` makes its signatures.
    """
    signer = witness_signer(witness, public_key)
    parsed = parse_note(note)
    line = cosignature_line(signer, seconds, sign(cosigned_bytes(parsed.checkpoint, seconds)))
    whole = signed_note(parsed.checkpoint, (*parsed.lines, line))
    verify_note(whole, [signer])
    return whole


def witness_signer(name: str, public_key: bytes) -> Signer:
    """Return the signer a witness's cosignatures are verified with."""
    return Signer(name=name, type=SignatureType.COSIGNATURE, key=public_key)
