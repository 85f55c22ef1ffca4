"""Asking a PIV card to attest a key, in a process of its own that then ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hsm import fields
from hsm.child import WorkerProcess
from hsm.errors import TokenCode, TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SLOT: Final = re.compile(r"9[acde]|8[2-9a-f]|9[0-5]", re.ASCII)


def attestation(
    slot: str, reader: str | None, *, environment: Mapping[str, str], seconds: float = 30
) -> tuple[bytes, ...]:
    """Return the DER certificates by which the card attests the key in a PIV slot such as `9c`.

    The key's own comes first, then the card's. They are the card's word: nothing is verified here.
    Raises TokenError.
    """
    if not _SLOT.fullmatch(slot):
        raise TokenError(TokenCode.BAD_REQUEST, f"slot {slot[:20]!a} found, one such as 9c wanted")
    process = WorkerProcess.attester(environment)
    try:
        answer = process.ask({"slot": int(slot, 16), "reader": reader}, seconds=seconds)
        return fields.octet_list(answer, "certificates")
    except fields.WrongField as error:
        raise TokenError(TokenCode.INTERNAL, f"the attester's answer makes no sense: {error}") from error
    finally:
        process.close()
