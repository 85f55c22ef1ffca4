"""Sessions and the objects found in them: keys and certificates by CKA_ID, exactly one or a refusal."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pkcs11
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.types import PROTECTED_AUTH

from hsm import fields
from hsm.errors import TokenCode, TokenError
from hsm.pin import WipeablePin

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

    from pkcs11.types import Object, Session, Token

    from hsm.wire import Message


def public_session(token: Token) -> AbstractContextManager[Session]:
    """Open a session that logs nobody in."""
    return _opened(token, None)


def session(token: Token, pin: bytearray | None) -> AbstractContextManager[Session]:
    """Open a session logged in with `pin`, or at the token's pin pad when it is None."""
    return _opened(token, PROTECTED_AUTH if pin is None else WipeablePin(pin))


def writing_session(token: Token, pin: bytearray | None) -> AbstractContextManager[Session]:
    """Open a session that may change what is on the token, logged in as `session` does."""
    return _opened(token, PROTECTED_AUTH if pin is None else WipeablePin(pin), writing=True)


def private_key(session: Session, request: Message, *, may: Attribute) -> Object:
    """Return the one private key under the id, fit for this use and unable to leave its token."""
    key = at_most_one(session, ObjectClass.PRIVATE_KEY, request)
    at_most_one(session, ObjectClass.CERTIFICATE, request)
    if key is None:
        raise TokenError(
            TokenCode.KEY_MISSING, f"no private key found under id {_id(request).hex()}, one wanted"
        )
    if not perhaps(key, may):
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, f"CKA_{may.name} is false")
    if perhaps(key, Attribute.EXTRACTABLE) or perhaps(key, Attribute.SENSITIVE) is False:
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, "the private key can be copied off its token")
    return key


def at_most_one(session: Session, kind: ObjectClass, request: Message) -> Object | None:
    """Return the one object of this class under the id, or None; raises TokenError `key_ambiguous`."""
    template: dict[Attribute, object] = {Attribute.CLASS: kind, Attribute.ID: _id(request)}
    if "object" in request and kind is not ObjectClass.CERTIFICATE:
        template[Attribute.LABEL] = fields.text(request, "object")
    found = list(session.get_objects(template))
    if len(found) > 1:
        what = kind.name.lower().replace("_", " ")
        raise TokenError(
            TokenCode.KEY_AMBIGUOUS,
            f"{len(found)} objects ({what}) under id {_id(request).hex()}, one wanted",
        )
    return found[0] if found else None


def perhaps(key: Object, attribute: Attribute) -> bool | None:
    """Return an attribute, or None when the token does not have or tell it."""
    try:
        return bool(key[attribute])
    except pkcs11.PKCS11Error:
        return None


def protection(key: Object) -> Message:
    """Return what the token claims of a private key."""
    return {
        "always_authenticate": perhaps(key, Attribute.ALWAYS_AUTHENTICATE),
        "made_on_token": perhaps(key, Attribute.LOCAL),
        "never_extractable": perhaps(key, Attribute.NEVER_EXTRACTABLE),
    }


def numbers(public: Object) -> Message:
    """Return a public key object as its kind and numbers, in hex."""
    kind = public[Attribute.KEY_TYPE]
    if kind is KeyType.RSA:
        modulus, exponent = public[Attribute.MODULUS], public[Attribute.PUBLIC_EXPONENT]
        return {"kind": "RSA", "modulus": _hex(modulus), "exponent": _hex(exponent)}
    if kind not in {KeyType.EC, KeyType.EC_EDWARDS}:
        return {"kind": str(kind)}
    parameters, point = public[Attribute.EC_PARAMS], public[Attribute.EC_POINT]
    return {"kind": kind.name, "parameters": _hex(parameters), "point": _hex(point)}


@contextmanager
def _opened(token: Token, login: object, *, writing: bool = False) -> Generator[Session]:
    opened = token.open(rw=writing, user_pin=login)
    try:
        yield opened
    finally:
        # It raises after a removal, and would hide the first error; finalising closes it anyway.
        with suppress(pkcs11.PKCS11Error):
            opened.close()


def _id(request: Message) -> bytes:
    return fields.octets(request, "key_id")


def _hex(value: bytes | bytearray) -> str:
    return value.hex()
