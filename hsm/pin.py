"""A PIN that python-pkcs11 can use and we can wipe."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WipeablePin:
    """Stands where python-pkcs11 wants a `str`, of which it only asks `encode`.

    A `str` cannot be wiped; this hands out the one buffer, by reference, whose owner wipes it.
    """

    buffer: bytearray

    def encode(self, _encoding: str) -> bytearray:
        """Return the buffer itself, not a copy."""
        return self.buffer

    def __repr__(self) -> str:
        """Never the PIN: a repr ends up in tracebacks."""
        return "WipeablePin(…)"
