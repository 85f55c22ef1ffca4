"""One PIV card over PC/SC, with yubikit: its attestation of a key, and its own certificate in slot F9.

yubikit's relative ykman would open readers too, but ends other programs that hold the card.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from cryptography.hazmat.primitives.serialization import Encoding
from yubikit.core import TRANSPORT, ApplicationNotAvailableError, BadResponseError, NotSupportedError
from yubikit.core.smartcard import SW, ApduError, SmartCardConnection
from yubikit.piv import SLOT, PivSession

from hsm.attester.readers import TROUBLES, Connection, only_reader
from hsm.errors import TokenCode, TokenError

_NO_SUCH_KEY = frozenset({SW.REFERENCE_DATA_NOT_FOUND, SW.INCORRECT_PARAMETERS, SW.FILE_NOT_FOUND})


class _Card(SmartCardConnection):
    """A PC/SC connection as yubikit wants one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def transport(self) -> TRANSPORT:
        """USB: a card in a reader with contacts answers like one."""
        return TRANSPORT.USB

    def send_and_receive(self, apdu: bytes) -> tuple[bytes, int]:
        """Send one command; return its answer and status word."""
        data, high, low = self._connection.transmit(list(apdu))
        return bytes(data), high << 8 | low

    def close(self) -> None:
        """Let go of the card, which forgets who was logged in."""
        self._connection.disconnect()


def attestation(slot: int, reader: str | None) -> tuple[bytes, ...]:
    """Return the DER of the key's attestation and of the card's own certificate; raises TokenError."""
    try:
        with connected(reader) as connection:
            session = PivSession(connection)
            found = (session.attest_key(SLOT(slot)), session.get_certificate(SLOT.ATTESTATION))
            return tuple(one.public_bytes(Encoding.DER) for one in found)
    except ApduError as error:
        code = TokenCode.KEY_MISSING if error.sw in _NO_SUCH_KEY else TokenCode.TOKEN_IO
        detail = f"status {error.sw:04x} found; a key made in this card and in slot {slot:02x} wanted"
        raise TokenError(code, detail) from error
    except (ApplicationNotAvailableError, NotSupportedError) as error:
        raise TokenError(TokenCode.MECHANISM_UNSUPPORTED, "a card that attests nothing found") from error
    except (*TROUBLES, BadResponseError) as error:
        raise TokenError(TokenCode.TOKEN_IO, f"{type(error).__name__}: {error}") from error


@contextmanager
def connected(reader: str | None) -> Generator[_Card]:
    """Connect to the card in the one reader, or in the one named; raises TokenError, TROUBLES."""
    connection = only_reader(reader).createConnection()
    connection.connect()
    card = _Card(connection)
    try:
        yield card
    finally:
        card.close()
