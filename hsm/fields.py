"""Reading a message's fields: each by its type, or WrongField. Bytes travel as hex."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from hsm.wire import Message


class WrongField(ValueError):
    """A message does not hold what was agreed: which field, what was found, what was wanted."""

    def __init__(self, name: str, found: object, wanted: str) -> None:
        super().__init__(f"{name}: {type(found).__name__} found, {wanted} wanted")


def text(message: Message, name: str) -> str:
    """Return a string; raises WrongField."""
    value = message.get(name)
    if not isinstance(value, str):
        raise WrongField(name, value, "a string")
    return value


def perhaps_text(message: Message, name: str) -> str | None:
    """Return a string, or None for null or nothing; raises WrongField."""
    return None if message.get(name) is None else text(message, name)


def number(message: Message, name: str) -> int:
    """Return a non-negative integer; raises WrongField."""
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongField(name, value, "a number from 0")
    return value


def flag(message: Message, name: str) -> bool:
    """Return a boolean; raises WrongField."""
    value = message.get(name)
    if not isinstance(value, bool):
        raise WrongField(name, value, "true or false")
    return value


def perhaps_flag(message: Message, name: str) -> bool | None:
    """Return a boolean, or None for null or nothing; raises WrongField."""
    return None if message.get(name) is None else flag(message, name)


def octets(message: Message, name: str) -> bytes:
    """Return bytes from hex; raises WrongField."""
    value = text(message, name)
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise WrongField(name, value, "hex digits") from error


def octet_list(message: Message, name: str) -> tuple[bytes, ...]:
    """Return a list of bytes, each from hex; raises WrongField."""
    value = message.get(name)
    if not isinstance(value, list):
        raise WrongField(name, value, "a list")
    return tuple(octets({name: item}, name) for item in cast("list[object]", value))


def part(message: Message, name: str) -> Message:
    """Return an object within the message; raises WrongField."""
    value = message.get(name)
    if not isinstance(value, dict):
        raise WrongField(name, value, "an object")
    return cast("dict[str, object]", value)  # JSON has no other keys than strings


def parts(message: Message, name: str) -> tuple[Message, ...]:
    """Return a list of objects within the message; raises WrongField."""
    value = message.get(name)
    if not isinstance(value, list):
        raise WrongField(name, value, "a list")
    return tuple(part({name: item}, name) for item in cast("list[object]", value))
