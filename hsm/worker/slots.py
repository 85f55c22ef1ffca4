"""Slots and the tokens in them, as the module tells it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pkcs11
from pkcs11.constants import SlotFlag, TokenFlag

from hsm import fields
from hsm.errors import TokenCode, TokenError
from hsm.facts import PinState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkcs11._pkcs11 import lib
    from pkcs11.types import Slot, Token

    from hsm.wire import Message


def facts(module: lib) -> list[Message]:
    """Return a description of every initialised token in reach."""
    return [_facts_of(slot, found) for slot, found in _tokens(module)]


def token(module: lib, request: Message) -> Token:
    """Return the token a request names by slot and serial.

    Raises TokenError `token_changed` when another is in the slot, `token_removed` when none is.
    """
    slot_id, wanted = fields.number(request, "slot_id"), fields.text(request, "serial")
    for slot, found in _tokens(module):
        if slot.slot_id == slot_id:
            if _serial(found) != wanted:
                raise TokenError(TokenCode.TOKEN_CHANGED, f"serial {_serial(found)} found, {wanted} wanted")
            return found
    raise TokenError(TokenCode.TOKEN_REMOVED, f"no token in slot {slot_id}, serial {wanted} wanted")


def pin_state(flags: TokenFlag) -> PinState:
    """Return what the token's flags say of its PIN; the direst that is set."""
    for flag, state in (
        (TokenFlag.USER_PIN_LOCKED, PinState.LOCKED),
        (TokenFlag.USER_PIN_FINAL_TRY, PinState.FINAL),
        (TokenFlag.USER_PIN_COUNT_LOW, PinState.LOW),
    ):
        if flags & flag:
            return state
    return PinState.OK if flags & TokenFlag.USER_PIN_INITIALIZED else PinState.UNINITIALISED


def _tokens(module: lib) -> Iterator[tuple[Slot, Token]]:
    # Never lib.get_tokens(): one dead slot would hide all the others.
    for slot in module.get_slots():
        with suppress(pkcs11.PKCS11Error):
            found = slot.get_token()
            if found.flags & TokenFlag.TOKEN_INITIALIZED:
                yield slot, found


def _facts_of(slot: Slot, found: Token) -> Message:
    return {
        "slot_id": slot.slot_id,
        "label": found.label,
        "serial": _serial(found),
        "model": found.model,
        "manufacturer": found.manufacturer_id,
        "firmware": "{}.{}".format(*found.firmware_version),
        "pin": pin_state(found.flags),
        "pinpad": bool(found.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH),
        "removable": bool(slot.flags & SlotFlag.REMOVABLE_DEVICE),
    }


def _serial(found: Token) -> str:
    return found.serial.decode("utf-8", "replace").rstrip(" \0")
