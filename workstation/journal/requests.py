"""What the journal writer can be asked, and its answers. Every request is read strictly.

Raised to the caller as answers: JournalFailure and Malformed. Anything else is a defect, and ends
the process.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from workstation.core.checkpoint import is_name
from workstation.core.entry import EntryTime, parse_draft, parse_time
from workstation.core.identity import Fingerprint
from workstation.core.strict_json import MAX_INTEGER, JsonObject
from workstation.journal import upkeep_requests
from workstation.journal.audit import audit
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import read_envelope
from workstation.journal.opening import (
    ENVELOPE,
    create,
    unlock_with_passphrase,
    unlock_with_secret,
    unlock_with_token,
)
from workstation.journal.signing import attestation, checkpoint_note
from workstation.journal.slot_requests import put_slot, remove_slot, slots_json
from workstation.journal.spool_import import import_spool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workstation.core.shape import Shape
    from workstation.journal.head import Head
    from workstation.journal.opened import Opened

MOST_ENTRIES: Final = 256
"""Entries in one answer; the client asks again for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One JSON answer, and a secret that follows it as a frame of its own."""

    said: JsonObject
    secret: bytearray | None = field(default=None, repr=False)


class Requests:
    """The journal of one directory, closed until `create` or `open`."""

    def __init__(self, directory: Path) -> None:
        """Touch nothing yet."""
        self._directory = directory
        self._journal: Opened | None = None
        self.closed = False
        self._secretive: dict[str, Callable[[Shape, bytearray], Answer]] = {
            "create": self._create,
            "open-passphrase": self._open_passphrase,
            "open-token": self._open_token,
            "open-secret": self._open_secret,
            "put-slot": self._put_slot,
            "keep-snapshot": self._keep_snapshot,
        }
        self._plain: dict[str, Callable[[Shape], JsonObject]] = {
            "slots": self._slots,
            "append": self._append,
            "head": self._head,
            "entries": self._entries,
            "frames": self._frames,
            "checkpoint": self._checkpoint,
            "inclusion": self._inclusion,
            "consistency": self._consistency,
            "attest": self._attest,
            "put-slot": lambda request: put_slot(self._open, request, None),
            "remove-slot": lambda request: remove_slot(self._open, request),
            "tile": lambda request: upkeep_requests.tile(self._open, request),
            "beside": lambda request: upkeep_requests.beside(self._open, request),
            "redact": lambda request: upkeep_requests.redact(self._open, request),
            "import-spool": self._import_spool,
            "close": self._close,
        }

    def answer(self, request: Shape, secret: bytearray | None) -> Answer:
        """Do what is asked; raises JournalFailure and Malformed. The caller wipes `secret`."""
        name = request.open_fields()["op"].text()
        if name == "verify":
            return Answer(said=self._verify(request, secret))
        if name == "snapshot":
            said, body = upkeep_requests.snapshot(self._open, request)
            return Answer(said=said, secret=body)
        if secret is not None and name in self._secretive:
            return self._secretive[name](request, secret)
        if secret is None and name in self._plain:
            return Answer(said=self._plain[name](request))
        raise JournalFailure(FailureName.REFUSED, f"{name[:40]!a} cannot be asked like this")

    def close(self) -> None:
        """Close the journal in order, if it is open; a failure is found at the next open."""
        with suppress(JournalFailure, OSError):
            self._close_journal()

    def _create(self, request: Shape, passphrase: bytearray) -> Answer:
        asked = request.fields("op", "origin", "now_ms")
        origin, now = asked["origin"].printable(), asked["now_ms"].integer(0, MAX_INTEGER)
        if not is_name(origin):
            raise asked["origin"].wanted("an origin without space or plus")
        self._expect_closed()
        time = EntryTime(boot=0, mono_ms=0, rtc_ms=now, floor_ms=now)
        self._journal, seal_key = create(self._directory, origin, passphrase, time)
        return Answer(said=self._opened_said(), secret=seal_key)

    def _open_passphrase(self, request: Shape, passphrase: bytearray) -> Answer:
        request.fields("op")
        self._expect_closed()
        self._journal = unlock_with_passphrase(self._directory, passphrase)
        return Answer(said=self._opened_said())

    def _open_token(self, request: Shape, shared: bytearray) -> Answer:
        fingerprint = Fingerprint(request.fields("op", "fingerprint")["fingerprint"].digest())
        self._expect_closed()
        self._journal = unlock_with_token(self._directory, fingerprint, shared)
        return Answer(said=self._opened_said())

    def _open_secret(self, request: Shape, secret: bytearray) -> Answer:
        name = request.fields("op", "name")["name"].identifier()
        self._expect_closed()
        self._journal = unlock_with_secret(self._directory, name, secret)
        return Answer(said=self._opened_said())

    def _put_slot(self, request: Shape, secret: bytearray) -> Answer:
        return Answer(said=put_slot(self._open, request, secret))

    def _keep_snapshot(self, request: Shape, body: bytearray) -> Answer:
        return Answer(said=upkeep_requests.keep_snapshot(self._open, request, body))

    def _opened_said(self) -> JsonObject:
        log = self._open.log
        return {"station": log.station_key.hex(), "recovered": log.recovered, "head": _head_json(log.head())}

    def _slots(self, request: Shape) -> JsonObject:
        request.fields("op")
        envelope = read_envelope(self._directory / ENVELOPE)
        return {"origin": envelope.origin, "slots": slots_json(envelope)}

    def _append(self, request: Shape) -> JsonObject:
        asked = request.fields("op", "draft", "time")
        draft = parse_draft(asked["draft"])
        entry = self._open.append(draft, parse_time(asked["time"]))
        body = entry.to_bytes().decode()
        return {
            "seq": entry.seq,
            "body": body,
            "leaf": entry.leaf().hex(),
            "head": _head_json(self._open.log.head()),
        }

    def _head(self, request: Shape) -> JsonObject:
        request.fields("op")
        return _head_json(self._open.log.head())

    def _entries(self, request: Shape) -> JsonObject:
        asked = request.fields("op", "start", "stop")
        start, stop = (asked[name].integer(0, MAX_INTEGER) for name in ("start", "stop"))
        bodies = islice(self._open.log.bodies(start, stop), MOST_ENTRIES)
        return {"bodies": [body.decode() for body in bodies]}

    def _frames(self, request: Shape) -> JsonObject:
        asked = request.fields("op", "start", "stop")
        start, stop = (asked[name].integer(0, MAX_INTEGER) for name in ("start", "stop"))
        return {"frames": _base64(self._open.log.frames(start, min(stop, start + MOST_ENTRIES)))}

    def _checkpoint(self, request: Shape) -> JsonObject:
        request.fields("op")
        return {"note": checkpoint_note(self._open.log).decode()}

    def _inclusion(self, request: Shape) -> JsonObject:
        asked = request.fields("op", "seq", "size")
        seq, size = (asked[name].integer(0, MAX_INTEGER) for name in ("seq", "size"))
        return {"proof": [each.hex() for each in self._open.log.tree.inclusion(seq, size)]}

    def _consistency(self, request: Shape) -> JsonObject:
        asked = request.fields("op", "old", "new")
        old, new = (asked[name].integer(0, MAX_INTEGER) for name in ("old", "new"))
        return {"proof": [each.hex() for each in self._open.log.tree.consistency(old, new)]}

    def _verify(self, request: Shape, seal_key: bytearray | None) -> JsonObject:
        request.fields("op")
        found = audit(self._open.log, seal_key)
        return {"findings": list(found.findings), "size": found.size, "root": found.root.hex()}

    def _attest(self, request: Shape) -> JsonObject:
        asked = request.fields("op", "seq", "payload_type", "payload")
        seq, kind = asked["seq"].integer(0, MAX_INTEGER), asked["payload_type"].printable()
        return {"signature": _base64(attestation(self._open.log, seq, kind, asked["payload"].base64()))}

    def _import_spool(self, request: Shape) -> JsonObject:
        time = parse_time(request.fields("op", "time")["time"])
        return {"entries": import_spool(self._open, self._directory, time)}

    def _close(self, request: Shape) -> JsonObject:
        request.fields("op")
        self.closed = True
        self._close_journal()
        return {}

    @property
    def _open(self) -> Opened:
        if self._journal is None:
            raise JournalFailure(FailureName.REFUSED, "the journal is not open")
        return self._journal

    def _expect_closed(self) -> None:
        if self._journal is not None:
            raise JournalFailure(FailureName.REFUSED, "the journal is open already")

    def _close_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()


def _head_json(head: Head) -> JsonObject:
    return {"origin": head.origin, "size": head.size, "root": head.root.hex()}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
