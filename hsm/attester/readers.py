"""Card readers over PC/SC, as pyscard gives them, which has no types: what we use of it, typed here."""

from __future__ import annotations

from typing import Final, Protocol, cast

from smartcard import System  # pyright: ignore[reportMissingTypeStubs] (none exist)
from smartcard.Exceptions import SmartcardException  # pyright: ignore[reportMissingTypeStubs] (none exist)
from smartcard.pcsc.PCSCExceptions import (  # pyright: ignore[reportMissingTypeStubs] (none exist)
    BaseSCardException,
)

from hsm.errors import TokenCode, TokenError

TROUBLES: Final = (SmartcardException, BaseSCardException)
"""What pyscard raises; the two have nothing in common."""


class Connection(Protocol):
    """A card in a reader."""

    def connect(self) -> None:
        """Wake the card; raises one of TROUBLES when there is none."""
        ...

    def disconnect(self) -> None:
        """Let go of the card."""
        ...

    def transmit(self, command: list[int], /) -> tuple[list[int], int, int]:
        """Send a command; return its answer and the two bytes of its status."""
        ...


class Reader(Protocol):
    """A reader; `str` of it is its name."""

    def createConnection(self) -> Connection:  # noqa: N802 (pyscard's name)
        """Return a connection, not yet made."""
        ...


def only_reader(name: str | None) -> Reader:
    """Return the one reader of this name, or the one with a card in it; raises TokenError."""
    found = [one for one in _readers() if (str(one) == name if name is not None else _has_card(one))]
    if not found:
        raise TokenError(TokenCode.TOKEN_MISSING, f"no reader found, {name or 'one with a card'} wanted")
    if len(found) > 1:
        names = ", ".join(str(one) for one in found)
        raise TokenError(
            TokenCode.KEY_AMBIGUOUS, f"{len(found)} readers with a card found, one wanted: {names}"
        )
    return found[0]


def _readers() -> list[Reader]:
    try:
        # pyscard says nothing of what is in the list.
        return cast("list[Reader]", System.readers())  # pyright: ignore[reportUnknownMemberType]
    except TROUBLES as error:
        raise TokenError(TokenCode.TOKEN_MISSING, "no card service (pcscd) found, one wanted") from error


def _has_card(reader: Reader) -> bool:
    connection = reader.createConnection()
    try:
        connection.connect()
    except TROUBLES:
        return False
    connection.disconnect()
    return True
