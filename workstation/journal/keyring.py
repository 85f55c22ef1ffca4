"""Sealing the journal key into slots and getting it out again."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from workstation.core.errors import Malformed
from workstation.core.public_key import from_loaded
from workstation.durable import sync_directory
from workstation.journal import hpke
from workstation.journal.envelope import Envelope, Slot, binding, parse_envelope
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.secret import KEY_BYTES, held
from workstation.journal.slot_way import SALT_BYTES, Argon2Cost, PassphraseWay, TokenWay

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.core.identity import Fingerprint
    from workstation.core.public_key import PublicKey
    from workstation.journal.slot_way import SharesWay, TpmWay

LEAST_PASSPHRASE: Final = 8
"""Bytes; a passphrase that guards a journal is longer, one shorter than this is a mistake."""


def passphrase_slot(name: str, passphrase: bytearray, cost: Argon2Cost) -> Slot:
    """Return a slot for `passphrase`, not yet sealed; raises JournalFailure (refused) when too short."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise JournalFailure(
            FailureName.REFUSED, f"a passphrase of at least {LEAST_PASSPHRASE} bytes is wanted"
        )
    way = PassphraseWay(salt=os.urandom(SALT_BYTES), cost=cost)
    with held(_stretched(way, passphrase)) as secret:
        return Slot(name=name, way=way, recipient=_public(hpke.key_pair(secret)))


def secret_slot(name: str, way: SharesWay | TpmWay, secret: bytearray) -> Slot:
    """Return a slot for a secret kept as shares or by a TPM, not yet sealed."""
    if len(secret) != KEY_BYTES:
        raise JournalFailure(FailureName.REFUSED, f"{len(secret)} bytes of secret found, {KEY_BYTES} wanted")
    return Slot(name=name, way=way, recipient=_public(hpke.key_pair(secret)))


def token_slot(name: str, holder: PublicKey) -> Slot:
    """Return a slot for the token that holds the private half of `holder`, not yet sealed."""
    return Slot(name=name, way=TokenWay(), recipient=holder)


def sealed(origin: str, key: bytearray, slot: Slot, since: int = 0) -> Slot:
    """Return the slot with this journal key in it; nobody who opens it has to be there."""
    ephemeral, found = hpke.seal(key, p256(slot.recipient), binding(origin, slot, since))
    return replace(slot, ephemeral=ephemeral, sealed=found)


def sealed_anew(envelope: Envelope, key: bytearray, since: int) -> Envelope:
    """Return the envelope with another journal key in every slot."""
    slots = tuple(sealed(envelope.origin, key, slot, since) for slot in envelope.slots)
    return replace(envelope, slots=slots, since=since)


def open_with_passphrase(envelope: Envelope, passphrase: bytearray) -> bytearray:
    """Return the journal key; raises JournalFailure (wrong-key)."""
    for slot in envelope.slots:
        if isinstance(slot.way, PassphraseWay):
            with held(_stretched(slot.way, passphrase)) as secret:
                own = hpke.key_pair(secret)
            if _public(own).fingerprint == slot.recipient.fingerprint:
                return _opened(envelope, slot, hpke.agreed(own, slot.ephemeral))
    raise JournalFailure(FailureName.WRONG_KEY, "this passphrase does not open the journal")


def open_with_secret(envelope: Envelope, name: str, secret: bytearray) -> bytearray:
    """Return the journal key, given what shares or a TPM gave out; raises JournalFailure (wrong-key)."""
    slot = envelope.named(name)
    if slot is None or isinstance(slot.way, TokenWay | PassphraseWay) or len(secret) != KEY_BYTES:
        raise JournalFailure(FailureName.WRONG_KEY, f"no secret opens the journal under the name {name}")
    own = hpke.key_pair(secret)
    if _public(own).fingerprint != slot.recipient.fingerprint:
        raise JournalFailure(FailureName.WRONG_KEY, "this secret does not open the journal")
    return _opened(envelope, slot, hpke.agreed(own, slot.ephemeral))


def open_with_token(envelope: Envelope, fingerprint: Fingerprint, shared: bytearray) -> bytearray:
    """Return the journal key, given the token's raw ECDH secret; raises JournalFailure (wrong-key)."""
    slot = envelope.token_slot(fingerprint)
    if slot is None:
        raise JournalFailure(FailureName.WRONG_KEY, f"the journal has no slot for key {fingerprint}")
    return _opened(envelope, slot, shared)


def read_envelope(path: Path) -> Envelope:
    """Return the envelope in the file; raises JournalFailure (missing) and Malformed."""
    try:
        return parse_envelope(path.read_bytes())
    except FileNotFoundError as error:
        why = f"{path.name} is not there; a journal is never started afresh"
        raise JournalFailure(FailureName.MISSING, why) from error
    except OSError as error:
        raise JournalFailure(FailureName.DISK, str(error)) from error


def write_envelope(path: Path, envelope: Envelope) -> None:
    """Replace the file in one step, durably; raises JournalFailure (disk), the old file then stands."""
    data = envelope.to_bytes()
    if parse_envelope(data) != envelope:
        raise Malformed("envelope", "one that reads differently than it was meant found")
    fresh = path.with_suffix(".new")
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, str(error)) from error


def _opened(envelope: Envelope, slot: Slot, shared: bytearray) -> bytearray:
    recipient = p256(slot.recipient).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    bound = binding(envelope.origin, slot, envelope.since)
    with held(shared):
        return hpke.unseal(shared, slot.ephemeral, recipient, bound, slot.sealed)


def _stretched(way: PassphraseWay, passphrase: bytearray) -> bytearray:
    found = bytearray(KEY_BYTES)
    Argon2id(
        salt=way.salt,
        length=KEY_BYTES,
        iterations=way.cost.iterations,
        lanes=way.cost.lanes,
        memory_cost=way.cost.memory_kib,
    ).derive_into(cast("bytes", passphrase), found)  # its stub says bytes; it takes any buffer
    return found


def _public(own: ec.EllipticCurvePrivateKey) -> PublicKey:
    return from_loaded(own.public_key(), where="slot")


def p256(key: PublicKey) -> ec.EllipticCurvePublicKey:
    """Return a P-256 key as the library has it."""
    found = load_der_public_key(key.spki)
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise TypeError(f"{key.kind} key in a token slot")
    return found
