"""Start the token worker: `python -m hsm.worker FD MODULE`."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

import pkcs11

from hsm import wire
from hsm.errors import TokenCode
from hsm.hardening import harden
from hsm.refusals import refused
from hsm.worker.service import TokenService


def main() -> None:
    """Serve the channel whose descriptor is the first argument, with the module that is the second."""
    harden()
    with socket.socket(fileno=int(sys.argv[1])) as channel, suppress(wire.ChannelClosed):
        try:
            service = TokenService(channel, sys.argv[2])
        except pkcs11.PKCS11Error as error:
            wire.send_message(channel, refused(TokenCode.MODULE_REFUSED, f"{type(error).__name__}: {error}"))
        else:
            service.serve()


if __name__ == "__main__":
    main()
