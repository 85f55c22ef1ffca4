"""Start the attester: `python -m hsm.attester FD`."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

from hsm import fields, wire
from hsm.attester import card
from hsm.errors import TokenCode, TokenError
from hsm.hardening import harden
from hsm.refusals import refused


def main() -> None:
    """Answer the one request on the channel whose descriptor is the first argument."""
    harden()
    with socket.socket(fileno=int(sys.argv[1])) as channel, suppress(wire.ChannelClosed):
        wire.send_message(channel, {"ready": True})
        request = wire.receive_message(channel)
        try:
            found = card.attestation(fields.number(request, "slot"), fields.perhaps_text(request, "reader"))
        except TokenError as error:
            wire.send_message(channel, refused(error.code, error.detail))
        except fields.WrongField as error:
            wire.send_message(channel, refused(TokenCode.BAD_REQUEST, str(error)))
        else:
            wire.send_message(channel, {"certificates": [one.hex() for one in found], "last": True})


if __name__ == "__main__":
    main()
