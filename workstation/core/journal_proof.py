"""The journal proof: the entries a release stands on, proved to be in the journal (docs/spec/release.md).

A signed checkpoint, the exact bytes of the disclosed entries with their inclusion proofs, and
consistency proofs from every journal head a countersignature was bound to.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from workstation.core import strict_json
from workstation.core.checkpoint import SignatureType, Signer, parse_note, verify_note
from workstation.core.countersignature import Head, parse_head
from workstation.core.entry import Entry, parse_entry
from workstation.core.errors import Untrusted
from workstation.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from workstation.core.shape import Shape
from workstation.core.strict_json import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One entry's bytes and its inclusion proof under the checkpoint."""

    seq: int
    body: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A journal head that came before, and the proof that the checkpoint goes on from it."""

    head: Head
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalProof:
    """Everything the journal discloses for one release."""

    checkpoint: bytes
    entries: tuple[Disclosed, ...]
    earlier: tuple[Earlier, ...]

    def to_bytes(self) -> bytes:
        """Return the document."""
        entries: list[JsonValue] = [
            {"seq": one.seq, "body": _text(one.body), "inclusion": [_text(node) for node in one.proof]}
            for one in self.entries
        ]
        earlier: list[JsonValue] = [
            {"head": one.head.to_json(), "consistency": [_text(node) for node in one.proof]}
            for one in self.earlier
        ]
        return strict_json.dump(
            {"checkpoint": _text(self.checkpoint), "entries": entries, "earlier": earlier}
        )


@dataclass(frozen=True, slots=True)
class ProvedJournal:
    """What a proof shows: the newest head, the disclosed entries in order, and the earlier heads."""

    head: Head
    entries: tuple[Entry, ...]
    earlier: frozenset[Head]


def parse_journal_proof(data: bytes, *, where: str) -> JournalProof:
    """Return the proof in `data`; raises Malformed."""
    fields = Shape(strict_json.parse_object(data, where=where), where).fields(
        "checkpoint", "entries", "earlier"
    )
    return JournalProof(
        checkpoint=fields["checkpoint"].base64(),
        entries=tuple(_disclosed(item) for item in fields["entries"].items(at_most=10_000)),
        earlier=tuple(_earlier(item) for item in fields["earlier"].items(at_most=1000)),
    )


def prove(proof: JournalProof, station_key: bytes) -> ProvedJournal:
    """Return what the proof shows once every part of it holds; raises Malformed and Untrusted.

    `station_key` is the station's raw Ed25519 key. Its name on the checkpoint is the journal's origin.
    """
    origin = parse_note(proof.checkpoint).checkpoint.origin
    station = Signer(name=origin, type=SignatureType.ED25519, key=station_key)
    said = verify_note(proof.checkpoint, [station])
    head = Head.of(said.origin, said.size, said.root)
    entries: list[Entry] = []
    for one in sorted(proof.entries, key=lambda disclosed: disclosed.seq):
        verify_inclusion(leaf_hash(one.body), one.seq, said.size, one.proof, said.root)
        entry = parse_entry(one.body)
        if (entry.seq, entry.log) != (one.seq, said.origin):
            raise Untrusted(f"journal entry {one.seq}", "it says it is another entry, or of another journal")
        entries.append(entry)
    for earlier in proof.earlier:
        if earlier.head.origin != said.origin:
            raise Untrusted("journal head", f"of {earlier.head.origin} found, of {said.origin} wanted")
        verify_consistency(
            earlier.head.size, said.size, bytes.fromhex(earlier.head.root), said.root, earlier.proof
        )
    return ProvedJournal(head, tuple(entries), frozenset(earlier.head for earlier in proof.earlier))


def _disclosed(shape: Shape) -> Disclosed:
    fields = shape.fields("seq", "body", "inclusion")
    return Disclosed(
        seq=fields["seq"].integer(0, 2**53 - 1),
        body=fields["body"].base64(),
        proof=tuple(item.base64() for item in fields["inclusion"].items(at_most=64)),
    )


def _earlier(shape: Shape) -> Earlier:
    fields = shape.fields("head", "consistency")
    return Earlier(
        head=parse_head(fields["head"]),
        proof=tuple(item.base64() for item in fields["consistency"].items(at_most=128)),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
