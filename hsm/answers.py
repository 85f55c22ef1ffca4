"""The worker's answers as our own values; a module's words are parsed, never trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hsm import fields
from hsm.errors import TokenCode, TokenError
from hsm.facts import KeyProtection, PinState, TokenFacts

if TYPE_CHECKING:
    from hsm.wire import Message


def tokens(answer: Message) -> tuple[TokenFacts, ...]:
    """Return every token the module shows; raises TokenError `internal`."""
    try:
        return tuple(_token(part) for part in fields.parts(answer, "tokens"))
    except ValueError as error:
        raise _nonsense(error) from error


def shown_key(answer: Message) -> tuple[bytes | None, Message | None]:
    """Return a certificate's DER and a public key object's numbers, each where the token has one.

    Raises TokenError `internal`.
    """
    try:
        certificate = None if answer.get("certificate") is None else fields.octets(answer, "certificate")
        return certificate, None if answer.get("public_key") is None else fields.part(answer, "public_key")
    except ValueError as error:
        raise _nonsense(error) from error


def signature(answer: Message) -> tuple[bytes, KeyProtection]:
    """Return the raw signature and what the token says of its key; raises TokenError `internal`."""
    try:
        return fields.octets(answer, "signature"), _protection(fields.part(answer, "protection"))
    except ValueError as error:
        raise _nonsense(error) from error


def data_values(answer: Message) -> tuple[bytes, ...]:
    """Return the values of data objects; raises TokenError `internal`."""
    try:
        return tuple(fields.octets(each, "value") for each in fields.parts(answer, "values"))
    except ValueError as error:
        raise _nonsense(error) from error


def _token(part: Message) -> TokenFacts:
    return TokenFacts(
        slot_id=fields.number(part, "slot_id"),
        label=fields.text(part, "label"),
        serial=fields.text(part, "serial"),
        model=fields.text(part, "model"),
        manufacturer=fields.text(part, "manufacturer"),
        firmware=fields.text(part, "firmware"),
        pin=PinState(fields.text(part, "pin")),
        pinpad=fields.flag(part, "pinpad"),
        removable=fields.flag(part, "removable"),
    )


def _protection(part: Message) -> KeyProtection:
    return KeyProtection(
        always_authenticate=fields.perhaps_flag(part, "always_authenticate"),
        made_on_token=fields.perhaps_flag(part, "made_on_token"),
        never_extractable=fields.perhaps_flag(part, "never_extractable"),
    )


def _nonsense(error: ValueError) -> TokenError:
    return TokenError(TokenCode.INTERNAL, f"the worker's answer makes no sense: {error}")
