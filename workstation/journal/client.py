"""The journal as the desk sees it: the parent's side of the writer process.

Nothing here can open the database. A writer that died or stopped answering is a JournalFailure
with a name, now and at every later question; it is never a hang.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self, TypeAlias, assert_never

from workstation.core.entry import parse_entry, time_to_json
from workstation.core.identity import Fingerprint
from workstation.core.strict_json import MAX_INTEGER
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.head import Head
from workstation.journal.writer_link import WriterLink
from workstation.process import frames

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.core.entry import Draft, Entry, EntryTime
    from workstation.core.shape import Fields
    from workstation.core.strict_json import JsonObject

_SLOW_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphraseUnlock:
    """Open with the recovery passphrase; the buffer is wiped."""

    passphrase: bytearray = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUnlock:
    """Open with a holder's unlock key.

    `shared_secret` is given the slot's ephemeral point (65 bytes, uncompressed) and the key's
    fingerprint, and returns ECDH's raw x coordinate as the token derives it. The buffer is wiped.
    """

    fingerprint: Fingerprint
    shared_secret: Callable[[bytes, Fingerprint], bytearray]


Unlock: TypeAlias = PassphraseUnlock | TokenUnlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What leaves the ceremony: K_0, to be kept off the machine, and the station's raw Ed25519 key."""

    seal_key: bytearray = field(repr=False)
    station_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSlotInfo:
    """A way to open the journal with a token: which key, and what to hand to it."""

    fingerprint: Fingerprint
    spki: bytes
    ephemeral: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a full verification found (nothing, when sound), and the size and root it computed."""

    findings: tuple[str, ...]
    size: int
    root: bytes


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
        _make(directory)
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
            return cls(writer, _unlocked(writer, unlock), clock)
        except BaseException:
            writer.end()
            raise

    @classmethod
    def token_slots(cls, directory: Path) -> tuple[TokenSlotInfo, ...]:
        """Return the token slots of a journal, open or not; no key is needed."""
        with WriterLink(directory) as writer:
            return _token_slots(writer)

    def append(self, draft: Draft) -> Entry:
        """Write one entry and return it once it is durable; raises Malformed when it cannot be one."""
        asked: JsonObject = {"op": "append", "draft": draft.to_json(), "time": time_to_json(self._clock())}
        return parse_entry(self._writer.ask(asked)["body"].text(at_most=frames.MAX_FRAME).encode())

    def head(self) -> Head:
        """Return where the journal stands."""
        answer = self._writer.ask({"op": "head"})
        size, root = answer["size"].integer(0, MAX_INTEGER), answer["root"].digest()
        return Head(origin=answer["origin"].printable(), size=size, root=bytes.fromhex(root))

    def entries(self, start: int = 0, stop: int | None = None) -> tuple[Entry, ...]:
        """Return the entries with start <= seq < stop; `to_bytes` of each gives its exact bytes."""
        found: list[Entry] = []
        while stop is None or start + len(found) < stop:
            asked: JsonObject = {"op": "entries", "start": start + len(found), "stop": stop or MAX_INTEGER}
            bodies = [
                each.text(at_most=frames.MAX_FRAME) for each in self._writer.ask(asked)["bodies"].items()
            ]
            if not bodies:
                break
            found.extend(parse_entry(body.encode()) for body in bodies)
        return tuple(found)

    def checkpoint(self) -> bytes:
        """Return a checkpoint of the journal as it stands, signed by the station."""
        return self._writer.ask({"op": "checkpoint"})["note"].text(at_most=frames.MAX_FRAME).encode()

    def inclusion(self, seq: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that entry `seq` is among the first `size`."""
        return _proof(self._writer.ask({"op": "inclusion", "seq": seq, "size": size}))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the first `new` entries begin with the first `old`."""
        return _proof(self._writer.ask({"op": "consistency", "old": old, "new": new}))

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

    def add_token_slot(self, spki: bytes) -> Fingerprint:
        """Let the private half of a P-256 key (SubjectPublicKeyInfo, DER) open the journal too."""
        answer = self._writer.ask({"op": "add-token-slot", "spki": base64.b64encode(spki).decode()})
        return Fingerprint(answer["fingerprint"].digest())

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


def _unlocked(writer: WriterLink, unlock: Unlock) -> Fields:
    match unlock:
        case PassphraseUnlock():
            return writer.ask({"op": "open-passphrase"}, secret=unlock.passphrase)
        case TokenUnlock():
            for slot in _token_slots(writer):
                if slot.fingerprint == unlock.fingerprint:
                    shared = unlock.shared_secret(slot.ephemeral, slot.fingerprint)
                    return writer.ask({"op": "open-token", "fingerprint": slot.fingerprint}, secret=shared)
            raise JournalFailure(
                FailureName.WRONG_KEY, f"the journal has no slot for key {unlock.fingerprint}"
            )
        case _:
            assert_never(unlock)


def _token_slots(writer: WriterLink) -> tuple[TokenSlotInfo, ...]:
    found = [
        each.fields("fingerprint", "spki", "ephemeral")
        for each in writer.ask({"op": "slots"})["tokens"].items()
    ]
    return tuple(
        TokenSlotInfo(
            fingerprint=Fingerprint(each["fingerprint"].digest()),
            spki=each["spki"].base64(),
            ephemeral=each["ephemeral"].base64(),
        )
        for each in found
    )


def _proof(answer: Fields) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(each.digest()) for each in answer["proof"].items())


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, f"the directory could not be made ({error})") from error
