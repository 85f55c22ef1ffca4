"""What a reader of keys gives back: the keys it found, and what it passed over and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from workstation.core.errors import Malformed
from workstation.core.public_key import PublicKey

SignerName = NewType("SignerName", str)
"""What a signature says of its maker: a key fingerprint (64 hex digits) or an alias such as openpgp:FPR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundKey:
    """A key, the part of the file it stands in, and the name other programs give it, if they do."""

    key: PublicKey
    part: str
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A part that gave no key. `refused` where somebody may want it to pass for a key it is not."""

    part: str
    why: str
    refused: bool


@dataclass(frozen=True, slots=True)
class KeysFound:
    """All keys of a file in their order, and all that was passed over."""

    keys: tuple[FoundKey, ...]
    passed_over: tuple[PassedOver, ...] = ()

    @property
    def refused(self) -> tuple[PassedOver, ...]:
        """What was passed over because it may be a trick."""
        return tuple(part for part in self.passed_over if part.refused)

    def sole_key(self, where: str) -> PublicKey:
        """Return the one key that was found; raises Malformed for none, several, or one beside a trick."""
        for part in self.refused:
            raise Malformed(f"{where}, {part.part}", part.why)
        fingerprints = {found.key.fingerprint for found in self.keys}
        if len(fingerprints) != 1:
            raise Malformed(where, f"{len(fingerprints)} keys found, exactly one wanted")
        return self.keys[0].key


def all_of(found: list[KeysFound]) -> KeysFound:
    """Return what several readers found as one."""
    return KeysFound(
        tuple(key for one in found for key in one.keys),
        tuple(part for one in found for part in one.passed_over),
    )
