"""Making a journal and unlocking one: lock, envelope, key, log, in that order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from workstation.journal.envelope import Argon2Cost, Envelope
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import (
    open_with_passphrase,
    open_with_token,
    read_envelope,
    seal_to_passphrase,
    write_envelope,
)
from workstation.journal.lock import Lock
from workstation.journal.log import DATABASE, LEAF_LOG, Log
from workstation.journal.secret import KEY_BYTES, derived, held
from workstation.journal.store import Station
from workstation.process.frames import wipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workstation.core.entry import EntryTime
    from workstation.core.identity import Fingerprint

ENVELOPE: Final = "envelope.json"
LOCK: Final = "journal.lock"
_DATABASE_KEY: Final = "database"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Opened:
    """An open journal, the lock on its directory, and the one key the envelope guards."""

    log: Log
    lock: Lock
    key: bytearray

    def close(self) -> None:
        """Close the journal in order, wipe the key, let go of the lock. Raises JournalFailure (disk)."""
        try:
            self.log.close()
        except OSError as error:
            raise JournalFailure(FailureName.DISK, str(error)) from error
        finally:
            wipe(self.key)
            self.lock.close()


def create(directory: Path, origin: str, passphrase: bytearray, now: EntryTime) -> tuple[Opened, bytearray]:
    """Make the journal in an existing directory; return it and K_0, which leaves the machine.

    Raises JournalFailure (exists, held, refused, disk).
    """
    with _Locked(directory) as locked:
        for name in (DATABASE, LEAF_LOG, ENVELOPE):
            if (directory / name).exists():
                raise JournalFailure(FailureName.EXISTS, f"{name} is there already")
        key, seal_key = bytearray(os.urandom(KEY_BYTES)), bytearray(os.urandom(KEY_BYTES))
        envelope = Envelope(origin=origin, slots=(seal_to_passphrase(origin, key, passphrase, Argon2Cost()),))
        # The envelope first: a database without one could never be opened.
        write_envelope(directory / ENVELOPE, envelope)
        station = Station(origin=origin, private_key=os.urandom(KEY_BYTES))
        with held(derived(key, _DATABASE_KEY)) as database_key:
            log = Log.create(directory, database_key, station=station, seal_key=seal_key, now=now)
        return Opened(log=log, lock=locked.kept(), key=key), seal_key


def unlock_with_passphrase(directory: Path, passphrase: bytearray) -> Opened:
    """Open the journal; raises JournalFailure (missing, held, wrong-key, damaged, loss, disk)."""
    return _unlock(directory, lambda envelope: open_with_passphrase(envelope, passphrase))


def unlock_with_token(directory: Path, fingerprint: Fingerprint, shared: bytearray) -> Opened:
    """Open the journal with a token's raw ECDH secret; raises as `unlock_with_passphrase`."""
    return _unlock(directory, lambda envelope: open_with_token(envelope, fingerprint, shared))


def _unlock(directory: Path, unsealed: Callable[[Envelope], bytearray]) -> Opened:
    for name in (ENVELOPE, DATABASE, LEAF_LOG):
        if not (directory / name).exists():
            raise JournalFailure(
                FailureName.MISSING, f"{name} is not there; a journal is never started afresh"
            )
    with _Locked(directory) as locked:
        envelope = read_envelope(directory / ENVELOPE)
        key = unsealed(envelope)
        try:
            log = _opened_log(directory, envelope.origin, key)
        except BaseException:
            wipe(key)
            raise
        return Opened(log=log, lock=locked.kept(), key=key)


def _opened_log(directory: Path, origin: str, key: bytearray) -> Log:
    with held(derived(key, _DATABASE_KEY)) as database_key:
        log = Log.open(directory, database_key)
    if log.head().origin != origin:
        log.close()
        raise JournalFailure(FailureName.DAMAGED, f"the envelope is for {origin}")
    return log


class _Locked:
    """The directory's lock, let go at the end unless it was kept."""

    def __init__(self, directory: Path) -> None:
        try:
            self._lock: Lock | None = Lock(directory / LOCK)
        except OSError as error:
            raise JournalFailure(FailureName.MISSING, f"the directory cannot be used ({error})") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._lock is not None:
            self._lock.close()

    def kept(self) -> Lock:
        """Hand the lock over to whoever closes it later."""
        lock, self._lock = self._lock, None
        if lock is None:
            raise RuntimeError("the lock was handed over already")
        return lock
