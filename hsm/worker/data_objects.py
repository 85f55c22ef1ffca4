"""Public data objects of ours on a token (PKCS#11, CKO_DATA): one value under one name, replaced whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkcs11 import Attribute, ObjectClass

from hsm import fields
from hsm.errors import TokenCode, TokenError

if TYPE_CHECKING:
    from pkcs11.types import Object, Session

    from hsm.wire import Message

APPLICATION: Final = "countersign"
LONGEST_VALUE: Final = 4096


def read(session: Session, request: Message) -> Message:
    """Return the values under a name: none, one, or two where a token was taken out between two writes."""
    found = [bytes(each[Attribute.VALUE]) for each in _found(session, request)]
    return {"values": [{"value": value[: LONGEST_VALUE + 1].hex()} for value in found]}


def write(session: Session, request: Message) -> Message:
    """Put one value under a name. The new one is there before the old one goes: one of them always is."""
    value = fields.octets(request, "value")
    if len(value) > LONGEST_VALUE:
        raise TokenError(
            TokenCode.BAD_REQUEST, f"{len(value)} bytes of data found, at most {LONGEST_VALUE} wanted"
        )
    before = _found(session, request)
    session.create_object(_template(request) | {Attribute.PRIVATE: False, Attribute.VALUE: value})
    for old in before:
        old.destroy()
    return {}


def _found(session: Session, request: Message) -> list[Object]:
    return list(session.get_objects(_template(request)))


def _template(request: Message) -> dict[Attribute, object]:
    return {
        Attribute.CLASS: ObjectClass.DATA,
        Attribute.TOKEN: True,
        Attribute.APPLICATION: APPLICATION,
        Attribute.LABEL: fields.text(request, "name"),
    }
