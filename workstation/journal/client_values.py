"""What the desk hands to the journal's writer and gets from it, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from workstation.core.entry import MAX_BESIDE
from workstation.core.identity import Fingerprint
from workstation.core.shape import Fields, Shape
from workstation.core.strict_json import MAX_INTEGER
from workstation.journal.slot_way import Way, parse_way, way_names


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretUnlock:
    """Open with what enough recovery shares or the machine's TPM gave out; the buffer is wiped."""

    name: str
    secret: bytearray = field(repr=False)


Unlock: TypeAlias = PassphraseUnlock | TokenUnlock | SecretUnlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What leaves the ceremony: K_0, to be kept off the machine, and the station's raw Ed25519 key."""

    seal_key: bytearray = field(repr=False)
    station_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotInfo:
    """A way to open the journal: whose, how, with which key, and for a token what to hand to it."""

    name: str
    way: Way
    fingerprint: Fingerprint
    spki: bytes
    ephemeral: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideText:
    """A text kept beside an entry, with the salt of the hash the entry holds."""

    seq: int
    name: str
    salt: bytes
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a full verification found (nothing, when sound), and the size and root it computed."""

    findings: tuple[str, ...]
    size: int
    root: bytes


def parse_slot(shape: Shape) -> SlotInfo:
    """Return what a slot says of itself; raises Malformed."""
    names = ("kind", "name", "fingerprint", "spki", "ephemeral")
    found = shape.fields(*names, *way_names(shape))
    return SlotInfo(
        name=found["name"].identifier(),
        way=parse_way(found),
        fingerprint=Fingerprint(found["fingerprint"].digest()),
        spki=found["spki"].base64(),
        ephemeral=found["ephemeral"].base64(),
    )


def parse_beside(shape: Shape) -> BesideText:
    """Return a text kept beside an entry; raises Malformed."""
    found = shape.fields("seq", "name", "salt", "text")
    return BesideText(
        seq=found["seq"].integer(0, MAX_INTEGER),
        name=found["name"].text(),
        salt=found["salt"].base64(),
        text=found["text"].text(at_most=MAX_BESIDE),
    )


def parse_proof(answer: Fields) -> tuple[bytes, ...]:
    """Return the hashes of a proof; raises Malformed."""
    return tuple(bytes.fromhex(each.digest()) for each in answer["proof"].items())
