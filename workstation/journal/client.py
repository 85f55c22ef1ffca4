"""The journal as the desk sees it: the parent's side of the writer process.

Nothing here can open the database. A writer that died or stopped answering is a JournalFailure
with a name, now and at every later question; it is never a hang.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self

from workstation.core.entry import parse_entry, time_to_json
from workstation.core.identity import Fingerprint, digest_of
from workstation.core.strict_json import MAX_INTEGER
from workstation.journal.client_values import (
    BesideText,
    Created,
    PassphraseUnlock,
    SecretUnlock,
    SlotInfo,
    TokenUnlock,
    Unlock,
    Verification,
    parse_beside,
    parse_proof,
)
from workstation.journal.head import Head
from workstation.journal.leaf_format import FRAME_BYTES
from workstation.journal.slot_way import PassphraseWay, TokenWay, Way
from workstation.journal.unlocking import slots_of, unlocked
from workstation.journal.writer_link import WriterLink, make_directory
from workstation.process import frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workstation.core.entry import Draft, Entry, EntryTime
    from workstation.core.shape import Fields
    from workstation.core.strict_json import JsonObject

__all__ = [
    "BesideText",
    "Created",
    "Journal",
    "PassphraseUnlock",
    "SecretUnlock",
    "SlotInfo",
    "TokenUnlock",
    "Unlock",
    "Verification",
]

_SLOW_SECONDS: Final = 600.0


class Journal:
    """An open journal. Every method raises JournalFailure; see `FailureName`."""

    def __init__(self, writer: WriterLink, answer: Fields, clock: Callable[[], EntryTime]) -> None:
        """Use `Journal.open`."""
        self._writer, self._clock = writer, clock
        self.station_key = bytes.fromhex(answer["station"].text())
        """The station's raw Ed25519 public key."""
        self.recovered = answer["recovered"].integer(0, 1)
        """Entries that were durable and never acknowledged before the journal was last left."""

    @classmethod
    def create(cls, directory: Path, *, origin: str, passphrase: bytearray, now_ms: int) -> Created:
        """Make a journal in `directory` (made if missing) and close it again; the passphrase is wiped.

        Only the commissioning ceremony does this. `now_ms` counts from 1970.
        """
        make_directory(directory)
        with WriterLink(directory) as writer:
            answer = writer.ask({"op": "create", "origin": origin, "now_ms": now_ms}, secret=passphrase)
            seal_key = writer.receive_secret()
            writer.ask({"op": "close"})
        return Created(seal_key=seal_key, station_key=bytes.fromhex(answer["station"].text()))

    @classmethod
    def open(cls, directory: Path, unlock: Unlock, *, clock: Callable[[], EntryTime]) -> Self:
        """Open the journal in `directory`; `clock` is asked once for every entry."""
        writer = WriterLink(directory)
        try:
            return cls(writer, unlocked(writer, unlock), clock)
        except BaseException:
            writer.end()
            raise

    @classmethod
    def slots_of(cls, directory: Path) -> tuple[SlotInfo, ...]:
        """Return the ways to open a journal, open or not; no key is needed."""
        with WriterLink(directory) as writer:
            return slots_of(writer)

    def append(self, draft: Draft) -> Entry:
        """Write one entry and return it once it is durable; raises Malformed when it cannot be one."""
        asked: JsonObject = {"op": "append", "draft": draft.to_json(), **self._time()}
        return parse_entry(self._writer.ask(asked)["body"].text(at_most=frames.MAX_FRAME).encode())

    def head(self) -> Head:
        """Return where the journal stands."""
        answer = self._writer.ask({"op": "head"})
        size, root = answer["size"].integer(0, MAX_INTEGER), answer["root"].digest()
        return Head(origin=answer["origin"].printable(), size=size, root=bytes.fromhex(root))

    def entries(self, start: int = 0, stop: int | None = None) -> tuple[Entry, ...]:
        """Return the entries with start <= seq < stop; `to_bytes` of each gives its exact bytes."""
        return tuple(parse_entry(body) for body in self.bodies(start, stop))

    def bodies(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Yield the exact bytes of the entries with start <= seq < stop."""
        while stop is None or start < stop:
            asked: JsonObject = {"op": "entries", "start": start, "stop": stop or MAX_INTEGER}
            found = tuple(self._writer.ask(asked)["bodies"].items())
            if not found:
                break
            yield from (each.text(at_most=frames.MAX_FRAME).encode() for each in found)
            start += len(found)

    def frames(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes of the leaf log's frames of these entries, in pieces."""
        while start < stop:
            found = self._writer.ask({"op": "frames", "start": start, "stop": stop})["frames"].base64()
            if not found:
                break
            yield found
            start += len(found) // FRAME_BYTES

    def checkpoint(self) -> bytes:
        """Return a checkpoint of the journal as it stands, signed by the station."""
        return self._writer.ask({"op": "checkpoint"})["note"].text(at_most=frames.MAX_FRAME).encode()

    def inclusion(self, seq: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that entry `seq` is among the first `size`."""
        return parse_proof(self._writer.ask({"op": "inclusion", "seq": seq, "size": size}))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the first `new` entries begin with the first `old`."""
        return parse_proof(self._writer.ask({"op": "consistency", "old": old, "new": new}))

    def verify(self, seal_key: bytearray | None = None) -> Verification:
        """Verify every byte; with K_0 also what only K_0 can tell. The buffer is wiped."""
        answer = self._writer.ask({"op": "verify"}, secret=seal_key, seconds=_SLOW_SECONDS)
        return Verification(
            findings=tuple(each.text(at_most=frames.MAX_FRAME) for each in answer["findings"].items()),
            size=answer["size"].integer(0, MAX_INTEGER),
            root=bytes.fromhex(answer["root"].digest()),
        )

    def attest(self, seq: int, payload_type: str, payload: bytes) -> bytes:
        """Return the station's Ed25519 signature over the DSSE encoding of a payload.

        Refused unless entry `seq` is the newest and names the payload's SHA-256 as `statement`.
        """
        encoded = base64.b64encode(payload).decode()
        asked: JsonObject = {"op": "attest", "seq": seq, "payload_type": payload_type, "payload": encoded}
        return self._writer.ask(asked)["signature"].base64()

    def slots(self) -> tuple[SlotInfo, ...]:
        """Return the ways to open this journal."""
        return slots_of(self._writer)

    def put_slot(
        self,
        name: str,
        way: Way,
        *,
        spki: bytes | None = None,
        secret: bytearray | None = None,
        replaces: str | None = None,
    ) -> Fingerprint:
        """Let a token (`spki`, P-256) or a secret open the journal too, or instead of the slot `replaces`.

        Of a passphrase only the kind of `way` counts: its cost and salt are chosen anew. What is replaced
        opens nothing that is written from now on: a new key and a new segment begin. The secret is wiped.
        """
        said: JsonObject = {"kind": "passphrase"} if isinstance(way, PassphraseWay) else way.to_json()
        asked: JsonObject = {**said, "op": "put-slot", "name": name, "replaces": replaces, **self._time()}
        if spki is not None:
            asked["spki"] = base64.b64encode(spki).decode()
        return Fingerprint(self._writer.ask(asked, secret=secret)["fingerprint"].digest())

    def add_token_slot(self, spki: bytes, name: str | None = None) -> Fingerprint:
        """Let the private half of a P-256 key (SubjectPublicKeyInfo, DER) open the journal too."""
        return self.put_slot(name or digest_of(spki)[:16], TokenWay(), spki=spki)

    def remove_slot(self, name: str) -> None:
        """Take a way to open the journal away: a new key and a new segment begin."""
        self._writer.ask({"op": "remove-slot", "name": name, **self._time()})

    def beside(self, start: int = 0, stop: int | None = None) -> tuple[BesideText, ...]:
        """Return the texts kept beside the entries with start <= seq < stop that were not redacted."""
        found: list[BesideText] = []
        while True:
            after = found[-1].seq + 1 if found else start
            asked: JsonObject = {"op": "beside", "start": after, "stop": stop or MAX_INTEGER}
            answered = [parse_beside(each) for each in self._writer.ask(asked)["beside"].items()]
            if not answered:
                return tuple(found)
            found.extend(answered)

    def redact(self, order: int) -> None:
        """Take away the texts that the allowed `journal.redact` entry `order` names; the leaf stays."""
        self._writer.ask({"op": "redact", "order": order})

    def snapshot(self) -> tuple[int, bytes] | None:
        """Return the newest fold kept in the journal with the number of entries it is of, if it verifies."""
        answer = self._writer.ask({"op": "snapshot"})
        size = answer["size"].integer(0, MAX_INTEGER)
        return (size, bytes(self._writer.receive_secret())) if size else None

    def keep_snapshot(self, size: int, body: bytes) -> Entry:
        """Keep a fold of all `size` entries; the entry that is returned follows them and holds its digest."""
        asked: JsonObject = {"op": "keep-snapshot", "size": size, **self._time()}
        answer = self._writer.ask(asked, secret=bytearray(body))
        return parse_entry(answer["body"].text(at_most=frames.MAX_FRAME).encode())

    def tile(self, level: int, index: int, width: int = 256) -> bytes:
        """Return a tile of the tree: `width` hashes of 32 bytes (C2SP tlog-tiles)."""
        asked: JsonObject = {"op": "tile", "level": level, "index": index, "width": width}
        return self._writer.ask(asked)["tile"].base64()

    def import_spool(self) -> int:
        """Take over what happened before the unlocking; return how many entries that made."""
        answer = self._writer.ask({"op": "import-spool", **self._time()})
        return answer["entries"].integer(0, MAX_INTEGER)

    def _time(self) -> JsonObject:
        return {"time": time_to_json(self._clock())}

    def close(self) -> None:
        """Close the journal in order and end the writer."""
        try:
            self._writer.ask({"op": "close"}, seconds=_SLOW_SECONDS)
        finally:
            self._writer.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        # A writer that is gone has nothing left to close; whoever asked it last was told.
        if self._writer.alive:
            self.close()
