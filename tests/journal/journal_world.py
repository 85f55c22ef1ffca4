"""A journal in a directory, opened in this process or through its writer, with keys at hand."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlcipher3 import dbapi2

from workstation.core.entry import Actor, Draft, EntryTime, Kind, Outcome
from workstation.journal.client import Journal, PassphraseUnlock, TokenUnlock
from workstation.journal.log import DATABASE, LEAF_LOG, Log
from workstation.journal.schema import SCHEMA
from workstation.journal.store import Station

ORIGIN = "station.example/journal"
PASSPHRASE = b"correct horse battery staple"
KEY = bytes(range(32))
START = 2
"""Entries of a freshly commissioned journal: its first, and the token that was let in."""

SEAL_KEY = b"\x55" * 32
STATION_KEY = b"\x07" * 32
TIME = EntryTime(boot=1, mono_ms=5, rtc_ms=1_795_000_000_000, floor_ms=1_794_000_000_000)


def boot(number=0, *, pad=0):
    reason = "x" * pad or None
    return Draft(kind=Kind.BOOT, outcome=Outcome.INFO, reason=reason, payload={"version": str(number)})


def countersign(statement):
    payload = {"statement": statement, "person": "alice"}
    return Draft(kind=Kind.COUNTERSIGN, outcome=Outcome.ALLOWED, actor=Actor(person="alice"), payload=payload)


@dataclass(frozen=True)
class LogWorld:
    """A journal opened in this process, as the writer does it."""

    directory: Path

    def create(self, count=0):
        station = Station(origin=ORIGIN, private_key=STATION_KEY)
        log = Log.create(
            self.directory, bytearray(KEY), station=station, seal_key=bytearray(SEAL_KEY), now=TIME
        )
        for number in range(count):
            log.append(boot(number), TIME)
        return log

    def open(self):
        return Log.open(self.directory, bytearray(KEY))

    @property
    def database(self):
        return self.directory / DATABASE

    @property
    def leaf_log(self):
        return self.directory / LEAF_LOG

    @contextmanager
    def intruder(self):
        """Lend a connection such as someone has who holds the key, the triggers away for as long."""
        connection = dbapi2.connect(str(self.database), isolation_level=None)
        connection.set_key(bytearray(b"x'" + KEY.hex().encode() + b"'"))
        triggers = [each for each in SCHEMA if each.startswith("CREATE TRIGGER")]
        for trigger in triggers:
            connection.execute(f"drop trigger {trigger.split()[2]}")
        yield connection
        for trigger in triggers:
            connection.execute(trigger)
        connection.close()


def unlock_key():
    """Return a P-256 key such as a token holds, and its public half as SubjectPublicKeyInfo."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def derived_by(key):
    """Return what a token's ECDH1_DERIVE with a null KDF gives."""

    def shared_secret(ephemeral, _fingerprint):
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ephemeral)
        return bytearray(key.exchange(ec.ECDH(), point))

    return shared_secret


@dataclass(frozen=True)
class JournalWorld:
    """A journal behind its writer, with one token that opens it quickly."""

    directory: Path
    seal_key: bytes
    station_key: bytes
    fingerprint: str
    token: ec.EllipticCurvePrivateKey

    def open(self):
        unlock = TokenUnlock(fingerprint=self.fingerprint, shared_secret=derived_by(self.token))
        return Journal.open(self.directory, unlock, clock=lambda: TIME)


def commissioned(directory):
    """Make a journal as the ceremony does and enrol one token."""
    passphrase = bytearray(PASSPHRASE)
    created = Journal.create(directory, origin=ORIGIN, passphrase=passphrase, now_ms=TIME.rtc_ms)
    key, spki = unlock_key()
    with Journal.open(
        directory, PassphraseUnlock(passphrase=bytearray(PASSPHRASE)), clock=lambda: TIME
    ) as journal:
        fingerprint = journal.add_token_slot(spki, "tester")
    return JournalWorld(
        directory=directory,
        seal_key=bytes(created.seal_key),
        station_key=created.station_key,
        fingerprint=fingerprint,
        token=key,
    )
