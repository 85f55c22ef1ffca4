"""An export of the journal: what is in it, file by file (docs/spec/journal-export.md).

Exact bytes of a run of entries, and all that is needed to verify them under a signed checkpoint
without a workstation. Writing the files, and the verifier beside them, is left to `record`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workstation.core.canonical import canonical
from workstation.core.checkpoint import Signer
from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.strict_json import JsonObject

TLOG_PROOF: Final = "c2sp.org/tlog-proof@v1"
"""What a proof file begins with (C2SP tlog-proof)."""

_DECISIONS: Final = frozenset({Kind.COUNTERSIGN, Kind.DECLINE, Kind.RELEASE, Kind.RECEIPT})
_ENDS: Final = frozenset({Outcome.DONE, Outcome.BLOCKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A text kept beside an entry, which holds its salted hash under this name."""

    seq: int
    name: str
    salt: bytes
    text: str

    def line(self) -> bytes:
        """Return the text as one line of JSON."""
        said: JsonObject = {"seq": self.seq, "name": self.name, "salt": self.salt.hex(), "text": self.text}
        return canonical(said) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalExport:
    """The entries with start <= seq < stop, and what proves them."""

    origin: str
    start: int
    stop: int
    bodies: Sequence[bytes]
    frames: bytes
    """The leaf log's frames of these entries."""

    checkpoint: bytes
    """A signed note over at least `stop` entries."""

    before: Sequence[bytes]
    """Hashes of the complete subtrees the entries before `start` decompose into, largest first."""

    after: Sequence[bytes]
    """The consistency proof from `stop` entries to the checkpoint's size."""

    proofs: Mapping[int, Sequence[bytes]]
    """Inclusion proofs of single entries under the checkpoint."""

    beside: Sequence[Beside] = ()
    """The texts kept beside the entries that were not redacted."""

    signers: Sequence[Signer]
    """Who may have signed checkpoints: the station, its people's cards, witnesses."""

    def files(self) -> dict[str, bytes]:
        """Return the files by name, the verifier and the sums not among them."""
        found = {
            "entries.jsonl": b"".join(body + b"\n" for body in self.bodies),
            "leaf.log": self.frames,
            "beside.jsonl": b"".join(each.line() for each in self.beside),
            "checkpoint": self.checkpoint,
            "keys.txt": "".join(f"{key_line(signer)}\n" for signer in self.signers).encode(),
            "proofs.json": self._proofs(),
        }
        for seq, proof in self.proofs.items():
            found[f"proofs/{seq}.tlog-proof"] = tlog_proof(seq, proof, self.checkpoint)
        return found

    def _proofs(self) -> bytes:
        return canonical({
            "origin": self.origin,
            "start": self.start,
            "stop": self.stop,
            "before": [_base64(node) for node in self.before],
            "after": [_base64(node) for node in self.after],
        })  # fmt: skip


def tlog_proof(seq: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return a proof that entry `seq` stands under a checkpoint, as one file (C2SP tlog-proof)."""
    lines = (TLOG_PROOF, f"index {seq}", *(_base64(node) for node in proof))
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + checkpoint


def key_line(signer: Signer) -> str:
    """Return a key as signed notes write it: name, hint and key, joined by plus (C2SP signed-note)."""
    return f"{signer.name}+{signer.key_id.hex()}+{_base64(bytes([signer.type]) + signer.key)}"


def is_decision(entry: Entry) -> bool:
    """Say whether an entry is the end of something people ask proofs of: a decision, a release, a receipt."""
    return entry.kind in _DECISIONS and entry.outcome in _ENDS


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
