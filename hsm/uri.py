"""PKCS#11 URIs (RFC 7512): how a token and a key on it are named, parsed strictly.

Each attribute at most once, only those we act upon, and never a PIN or where to find one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hsm.facts import TokenFacts

_SCHEME: Final = "pkcs11:"
_UNRESERVED: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
# RFC 7512, section 2.3: pk11-pchar and pk11-qchar, less "%".
_PATH_CHARACTERS: Final = _UNRESERVED | frozenset(":[]@!$'()*+,=&")
_QUERY_CHARACTERS: Final = _UNRESERVED | frozenset(":[]@!$'()*+,=/?|")
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_PATH_NAMES: Final = ("token", "manufacturer", "serial", "model", "slot-id", "id", "object", "type")
_QUERY_NAMES: Final = ("module-path",)
_PIN_NAMES: Final = frozenset({"pin-value", "pin-source"})
# CK_TOKEN_INFO has fixed fields of these many bytes.
_LONGEST: Final[Mapping[str, int]] = {"token": 32, "manufacturer": 32, "serial": 16, "model": 16}
_LARGEST_SLOT: Final = 2**64 - 1


class UriError(ValueError):
    """A PKCS#11 URI is not what RFC 7512 and we allow: where, what was found, what was wanted."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class ObjectType(StrEnum):
    """The `type` attribute: an object's class (RFC 7512, section 2.3)."""

    PUBLIC = "public"
    PRIVATE = "private"
    CERT = "cert"
    SECRET_KEY = "secret-key"  # noqa: S105 (a class of object)
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUri:
    """A PKCS#11 URI: what is None matches anything. `id` is CKA_ID, `object` is CKA_LABEL."""

    token: str | None = None
    manufacturer: str | None = None
    serial: str | None = None
    model: str | None = None
    slot_id: int | None = None
    id: bytes | None = None
    object: str | None = None
    type: ObjectType | None = None
    module_path: str | None = None

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Return the URI in `text`; raises UriError."""
        if not text.startswith(_SCHEME):
            raise UriError("uri", f"{text[:7]!a} found, {_SCHEME!a} wanted")
        path, question, query = text.removeprefix(_SCHEME).partition("?")
        found = _attributes(path, ";", _PATH_NAMES, _PATH_CHARACTERS)
        if question:
            found |= _attributes(query, "&", _QUERY_NAMES, _QUERY_CHARACTERS)
        return cls(
            token=_text(found, "token"),
            manufacturer=_text(found, "manufacturer"),
            serial=_text(found, "serial"),
            model=_text(found, "model"),
            slot_id=_slot(found),
            id=_key_id(found),
            object=_text(found, "object"),
            type=_type(found),
            module_path=_text(found, "module-path"),
        )

    def __str__(self) -> str:
        """Return the URI in one fixed spelling, which parses to this same value."""
        path = [
            *_spelled("token", self.token),
            *_spelled("manufacturer", self.manufacturer),
            *_spelled("serial", self.serial),
            *_spelled("model", self.model),
            *_spelled("slot-id", None if self.slot_id is None else str(self.slot_id)),
            *([] if self.id is None else [f"id={_every_byte(self.id)}"]),
            *_spelled("object", self.object),
            *_spelled("type", self.type),
        ]
        query = _spelled("module-path", self.module_path, safe="/")
        return _SCHEME + ";".join(path) + ("?" + query[0] if query else "")

    def matches(self, facts: TokenFacts) -> bool:
        """Return whether `facts` is a token this URI names; key attributes play no part."""
        wanted_and_found = (
            (self.token, facts.label),
            (self.manufacturer, facts.manufacturer),
            (self.serial, facts.serial),
            (self.model, facts.model),
            (self.slot_id, facts.slot_id),
        )
        return all(wanted is None or wanted == found for wanted, found in wanted_and_found)


def _attributes(
    part: str, separator: str, known: tuple[str, ...], allowed: frozenset[str]
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for attribute in part.split(separator) if part else ():
        name, equals, value = attribute.partition("=")
        _refuse_name(name, known, found)
        if not equals:
            raise UriError(name, "no value found, name=value wanted")
        found[name] = _decoded(name, value, allowed)
    return found


def _refuse_name(name: str, known: tuple[str, ...], found: Mapping[str, bytes]) -> None:
    if name in _PIN_NAMES:
        raise UriError(name, "a PIN is typed for each signature, and never stands in a URI")
    if name not in known:
        raise UriError("uri", f"attribute {name[:40]!a} found, one of {', '.join(known)} wanted")
    if name in found:
        raise UriError(name, "found twice, once wanted")


def _decoded(name: str, value: str, allowed: frozenset[str]) -> bytes:
    octets = bytearray()
    position = 0
    while position < len(value):
        if value[position] == "%":
            octets.append(_percent(name, value[position + 1 : position + 3]))
            position += 3
        elif value[position] in allowed:
            octets.append(ord(value[position]))
            position += 1
        else:
            raise UriError(name, f"character {value[position]!a} found, its percent-encoding wanted")
    return bytes(octets)


def _percent(name: str, digits: str) -> int:
    if len(digits) != 2 or not set(digits) <= _HEX:  # noqa: PLR2004 (RFC 3986: "%" HEXDIG HEXDIG)
        raise UriError(name, f"{'%' + digits!a} found, % and two hex digits wanted")
    return int(digits, 16)


def _text(found: Mapping[str, bytes], name: str) -> str | None:
    if name not in found:
        return None
    if len(found[name]) > _LONGEST.get(name, 4096):
        raise UriError(name, f"{len(found[name])} bytes found, at most {_LONGEST.get(name, 4096)} wanted")
    try:
        text = found[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise UriError(name, f"byte {error.start} is not UTF-8") from error
    if not text.isprintable():
        raise UriError(name, "an unprintable character was found, plain text wanted")
    return text


def _slot(found: Mapping[str, bytes]) -> int | None:
    text = _text(found, "slot-id")
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or str(int(text[:21])) != text or int(text) > _LARGEST_SLOT:
        raise UriError("slot-id", f"{text[:21]!a} found, a decimal number of at most 64 bits wanted")
    return int(text)


def _key_id(found: Mapping[str, bytes]) -> bytes | None:
    if found.get("id") == b"":
        raise UriError("id", "no bytes found, at least one wanted")
    return found.get("id")


def _type(found: Mapping[str, bytes]) -> ObjectType | None:
    text = _text(found, "type")
    if text is None:
        return None
    try:
        return ObjectType(text)
    except ValueError as error:
        raise UriError("type", f"{text[:20]!a} found, one of {', '.join(ObjectType)} wanted") from error


def _spelled(name: str, value: str | None, *, safe: str = "") -> list[str]:
    return [] if value is None else [f"{name}={quote(value, safe=safe)}"]


def _every_byte(value: bytes) -> str:
    # RFC 7512, section 2.3: the whole value of `id` SHOULD be percent-encoded.
    return "".join(f"%{octet:02X}" for octet in value)
