"""Requests about one key: what the worker is asked, from a URI and the one token it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hsm.errors import TokenCode, TokenError
from hsm.uri import ObjectType

if TYPE_CHECKING:
    from hsm.facts import TokenFacts
    from hsm.uri import TokenUri


def key_id(uri: TokenUri) -> bytes:
    """Return the CKA_ID a URI names; raises TokenError `bad_request` when it names no key."""
    if uri.id is None:
        raise TokenError(TokenCode.BAD_REQUEST, f"no id found in {uri}, the id of a key wanted")
    if uri.type in {ObjectType.SECRET_KEY, ObjectType.DATA}:
        raise TokenError(TokenCode.BAD_REQUEST, f"type {uri.type} found in {uri}, a key pair wanted")
    return uri.id


def data_request(operation: str, name: str, token: TokenFacts) -> dict[str, object]:
    """Return a request about a data object of ours on `token`."""
    return {"op": operation, "slot_id": token.slot_id, "serial": token.serial, "name": name}


def key_request(operation: str, uri: TokenUri, token: TokenFacts) -> dict[str, object]:
    """Return a request about the key `uri` names on `token`; raises TokenError `bad_request`."""
    label = {} if uri.object is None else {"object": uri.object}
    return {
        "op": operation,
        "slot_id": token.slot_id,
        "serial": token.serial,
        "key_id": key_id(uri).hex(),
        **label,
    }
