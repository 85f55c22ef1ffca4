"""Sealing the journal key into slots and getting it out again."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from workstation.journal import hpke
from workstation.journal.envelope import (
    NONCE_BYTES,
    SALT_BYTES,
    Argon2Cost,
    Envelope,
    PassphraseSlot,
    TokenSlot,
    binding,
    parse_envelope,
)
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_log import sync_directory
from workstation.journal.secret import KEY_BYTES, held

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.core.identity import Fingerprint
    from workstation.core.public_key import PublicKey

LEAST_PASSPHRASE: Final = 8
"""Bytes; a passphrase that guards a journal is longer, one shorter than this is a mistake."""


def seal_to_passphrase(
    origin: str, key: bytearray, passphrase: bytearray, cost: Argon2Cost
) -> PassphraseSlot:
    """Return a slot that `passphrase` opens; raises JournalFailure (refused) when it is too short."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise JournalFailure(
            FailureName.REFUSED, f"a passphrase of at least {LEAST_PASSPHRASE} bytes is wanted"
        )
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    slot = PassphraseSlot(cost=cost, salt=salt, nonce=nonce, sealed=b"")
    with held(_stretched(slot, passphrase)) as wrapping:
        return replace(slot, sealed=AESGCM(wrapping).encrypt(nonce, key, binding(origin, slot)))


def seal_to_token(origin: str, key: bytearray, holder: PublicKey) -> TokenSlot:
    """Return a slot that the private half of `holder` opens."""
    slot = TokenSlot(holder=holder, ephemeral=b"", sealed=b"")
    ephemeral, sealed = hpke.seal(key, _p256(holder), binding(origin, slot))
    return replace(slot, ephemeral=ephemeral, sealed=sealed)


def open_with_passphrase(envelope: Envelope, passphrase: bytearray) -> bytearray:
    """Return the journal key; raises JournalFailure (wrong-key)."""
    for slot in envelope.slots:
        if (
            isinstance(slot, PassphraseSlot)
            and (key := _tried(envelope.origin, slot, passphrase)) is not None
        ):
            return key
    raise JournalFailure(FailureName.WRONG_KEY, "this passphrase does not open the journal")


def open_with_token(envelope: Envelope, fingerprint: Fingerprint, shared: bytearray) -> bytearray:
    """Return the journal key, given the token's raw ECDH secret; raises JournalFailure (wrong-key)."""
    slot = envelope.token_slot(fingerprint)
    if slot is None:
        raise JournalFailure(FailureName.WRONG_KEY, f"the journal has no slot for key {fingerprint}")
    recipient = _p256(slot.holder).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hpke.unseal(shared, slot.ephemeral, recipient, binding(envelope.origin, slot), slot.sealed)


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
    fresh = path.with_suffix(".new")
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(envelope.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, str(error)) from error


def _tried(origin: str, slot: PassphraseSlot, passphrase: bytearray) -> bytearray | None:
    found = bytearray(KEY_BYTES)
    with held(_stretched(slot, passphrase)) as wrapping:
        try:
            AESGCM(wrapping).decrypt_into(slot.nonce, slot.sealed, binding(origin, slot), found)
        except InvalidTag:
            return None
    return found


def _stretched(slot: PassphraseSlot, passphrase: bytearray) -> bytearray:
    found = bytearray(KEY_BYTES)
    Argon2id(
        salt=slot.salt,
        length=KEY_BYTES,
        iterations=slot.cost.iterations,
        lanes=slot.cost.lanes,
        memory_cost=slot.cost.memory_kib,
    ).derive_into(cast("bytes", passphrase), found)  # its stub says bytes; it takes any buffer
    return found


def _p256(key: PublicKey) -> ec.EllipticCurvePublicKey:
    found = load_der_public_key(key.spki)
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise TypeError(f"{key.kind} key in a token slot")
    return found
