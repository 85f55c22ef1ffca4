"""Making a journal and unlocking one: lock, envelope, key, log, in that order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Self

from workstation.journal import ballast
from workstation.journal.envelope import Envelope
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import (
    open_with_passphrase,
    open_with_secret,
    open_with_token,
    passphrase_slot,
    read_envelope,
    sealed,
    write_envelope,
)
from workstation.journal.lock import Lock
from workstation.journal.log import LEAF_LOG, Log
from workstation.journal.opened import ENVELOPE, Opened, database_key
from workstation.journal.rows import Station
from workstation.journal.secret import KEY_BYTES, held
from workstation.journal.segments import DATABASE, newest_number, settle_unfinished
from workstation.journal.slot_way import Argon2Cost
from workstation.journal.spool_import import begin_spool
from workstation.process.frames import wipe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workstation.core.entry import EntryTime
    from workstation.core.identity import Fingerprint

__all__ = ["ENVELOPE", "LOCK", "Opened", "create", "unlock_with_passphrase", "unlock_with_token"]

LOCK: Final = "journal.lock"
FIRST_SLOT: Final = "passphrase"
"""The name of the slot every journal begins with."""


def create(directory: Path, origin: str, passphrase: bytearray, now: EntryTime) -> tuple[Opened, bytearray]:
    """Make the journal in an existing directory; return it and K_0, which leaves the machine.

    Raises JournalFailure (exists, held, refused, disk).
    """
    with _Locked(directory) as locked:
        for name in (DATABASE, LEAF_LOG, ENVELOPE):
            if (directory / name).exists():
                raise JournalFailure(FailureName.EXISTS, f"{name} is there already")
        key, seal_key = bytearray(os.urandom(KEY_BYTES)), bytearray(os.urandom(KEY_BYTES))
        slot = sealed(origin, key, passphrase_slot(FIRST_SLOT, passphrase, Argon2Cost()))
        # The envelope first: a database without one could never be opened.
        write_envelope(directory / ENVELOPE, Envelope(origin=origin, slots=(slot,)))
        ballast.load(directory)
        station = Station(origin=origin, private_key=os.urandom(KEY_BYTES))
        with held(database_key(key, 0)) as found:
            log = Log.create(directory, found, station=station, seal_key=seal_key, now=now)
        opened = Opened(directory=directory, log=log, lock=locked.kept(), key=key)
        begin_spool(opened, directory)
        return opened, seal_key


def unlock_with_passphrase(directory: Path, passphrase: bytearray) -> Opened:
    """Open the journal; raises JournalFailure (missing, held, wrong-key, damaged, loss, disk)."""
    return _unlock(directory, lambda envelope: open_with_passphrase(envelope, passphrase))


def unlock_with_token(directory: Path, fingerprint: Fingerprint, shared: bytearray) -> Opened:
    """Open the journal with a token's raw ECDH secret; raises as `unlock_with_passphrase`."""
    return _unlock(directory, lambda envelope: open_with_token(envelope, fingerprint, shared))


def unlock_with_secret(directory: Path, name: str, secret: bytearray) -> Opened:
    """Open the journal with what shares or a TPM gave out; raises as `unlock_with_passphrase`."""
    return _unlock(directory, lambda envelope: open_with_secret(envelope, name, secret))


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
            _settle(directory, envelope)
            log = _opened_log(directory, envelope, key)
        except BaseException:
            wipe(key)
            raise
        ballast.load(directory)
        return Opened(directory=directory, log=log, lock=locked.kept(), key=key)


def _settle(directory: Path, envelope: Envelope) -> None:
    try:
        settle_unfinished(directory, envelope.since)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, str(error)) from error


def _opened_log(directory: Path, envelope: Envelope, key: bytearray) -> Log:
    number = newest_number(directory)
    if number < envelope.since:
        raise JournalFailure(FailureName.MISSING, f"segment {envelope.since} is not there")
    with held(database_key(key, number)) as found:
        log = Log.open(directory, found)
    if log.head().origin != envelope.origin:
        log.close()
        raise JournalFailure(FailureName.DAMAGED, f"the envelope is for {envelope.origin}")
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
