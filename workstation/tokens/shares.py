"""A secret in shares of words: enough of them give it back, fewer tell nothing (SLIP-0039)."""

from __future__ import annotations

from collections.abc import Sequence

from shamir_mnemonic import (  # pyright: ignore[reportMissingTypeStubs] (it has none)
    MnemonicError,
    combine_mnemonics,
    generate_mnemonics,
)

from workstation.core.errors import Malformed


def split(secret: bytearray, *, threshold: int, count: int) -> tuple[str, ...]:
    """Return `count` shares of a secret, any `threshold` of which give it back."""
    (shares,) = generate_mnemonics(1, [(threshold, count)], bytes(secret))
    return tuple(shares)


def combined(shares: Sequence[str]) -> bytearray:
    """Return the secret; raises Malformed when these shares do not belong together, or are not enough."""
    try:
        return bytearray(combine_mnemonics([" ".join(share.split()) for share in shares]))
    except MnemonicError as error:
        raise Malformed("shares", f"{len(shares)} found that give no secret: {error}") from error
