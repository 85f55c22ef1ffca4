"""Answering requests: one module, one thread, one at a time.

The module is initialised for each request and finalised after it, whatever happened, so no
session, login or half-done operation outlives the request it was made for.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pkcs11

from hsm import fields, refusals, wire
from hsm.errors import TokenCode, TokenError
from hsm.facts import PinState
from hsm.worker import data_objects, objects, operations, slots

if TYPE_CHECKING:
    import socket

    from pkcs11.types import Token

    from hsm.wire import Message


class TokenService:
    """One module and the channel its requests come from."""

    def __init__(self, channel: socket.socket, module_path: str) -> None:
        """Load the module; raises pkcs11.PKCS11Error."""
        self._channel = channel
        self._module = pkcs11.lib(module_path)
        self._module.finalize()

    def serve(self) -> None:
        """Answer requests until the parent is gone, or until ending is the only sure wipe."""
        wire.send_message(self._channel, {"ready": True})
        keep = True
        while keep:
            request = wire.receive_message(self._channel)
            secret = wire.receive(self._channel) if request.get("secret") is True else None
            keep = self._answer(request, secret)

    def _answer(self, request: Message, secret: bytearray | None) -> bool:
        outgoing: bytearray | None = None
        clean = True
        try:
            self._module.initialize()
            answer, outgoing = self._perform(request, secret)
        except pkcs11.PKCS11Error as error:
            answer = self._refusal(request, error)
        except TokenError as error:
            answer = refusals.refused(error.code, error.detail)
        except fields.WrongField as error:
            answer = refusals.refused(TokenCode.BAD_REQUEST, str(error))
        except Exception as error:  # noqa: BLE001 (a defect: it is named to the parent, and this process ends)
            answer, clean = refusals.refused(TokenCode.INTERNAL, type(error).__name__), False
        finally:
            wire.wipe(secret)
            clean = self._forget() and clean
        # python-pkcs11 gives a shared secret as `bytes`, which only the end of a process wipes.
        keep = clean and outgoing is None
        wire.send_message(self._channel, {**answer, "last": not keep})
        if outgoing is not None:
            wire.send(self._channel, outgoing)
            wire.wipe(outgoing)
        return keep

    def _forget(self) -> bool:
        """Throw the module's state away, with every session a failed login leaked."""
        try:
            self._module.finalize()
        except pkcs11.PKCS11Error:
            return False
        return True

    def _perform(self, request: Message, pin: bytearray | None) -> tuple[Message, bytearray | None]:
        match fields.text(request, "op"):
            case "tokens":
                return {"tokens": slots.facts(self._module)}, None
            case "read":
                with objects.public_session(slots.token(self._module, request)) as session:
                    return operations.read(session, request), None
            case "sign":
                with objects.session(slots.token(self._module, request), pin) as session:
                    return operations.sign(session, request, pin), None
            case "derive":
                with objects.session(slots.token(self._module, request), pin) as session:
                    return {}, operations.derive(session, request)
            case "read-data":
                with objects.public_session(slots.token(self._module, request)) as session:
                    return data_objects.read(session, request), None
            case "write-data":
                with objects.writing_session(slots.token(self._module, request), pin) as session:
                    return data_objects.write(session, request), None
            case op:
                raise TokenError(TokenCode.BAD_REQUEST, f"operation {op[:20]!a} is not one of ours")

    def _refusal(self, request: Message, error: pkcs11.PKCS11Error) -> Message:
        """Name the error, with what the token says of itself once the failed state is gone."""
        token = self._token_again(request)
        name = type(error).__name__
        code = refusals.code_of(name, token_present="serial" not in request or token is not None)
        pin_state = PinState.OK if token is None else slots.pin_state(token.flags)
        if code is TokenCode.PIN_INCORRECT and pin_state is PinState.LOCKED:
            code = TokenCode.PIN_LOCKED
        # Unmapped CKR codes arrive as text.
        return refusals.refused(code, f"{name}: {error}" if str(error) else name) | {
            "tries_left": pin_state.tries_left
        }

    def _token_again(self, request: Message) -> Token | None:
        with suppress(pkcs11.PKCS11Error, TokenError, fields.WrongField):
            self._module.reinitialize()
            return slots.token(self._module, request)
        return None
