"""PINs and passphrases: from the terminal or an open descriptor, never from argv, environment or a path."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace

from workstation.core.errors import Malformed, Usage

LONGEST = 1024


def ask_pin(arguments: Namespace, whose: str) -> bytearray:
    """Return the PIN of a card; raises Usage when there is nobody to ask."""
    return _secret(arguments.pin_fd, f"PIN of {whose}: ", "--pin-fd")


def ask_passphrase(arguments: Namespace) -> bytearray:
    """Return the journal's passphrase; raises Usage when there is nobody to ask."""
    return _secret(arguments.passphrase_fd, "Passphrase of the journal: ", "--passphrase-fd")


def ask_new_passphrase(arguments: Namespace) -> bytearray:
    """Return one more passphrase, for a new way to open the journal; raises Usage when nobody is there."""
    return _secret(arguments.passphrase_fd, "New passphrase: ", "--passphrase-fd")


def ask_shares(arguments: Namespace, threshold: int) -> list[str]:
    """Return that many recovery shares, one a line; raises Usage when there is nobody to ask."""
    asked = (f"Share {number} of {threshold}: " for number in range(1, threshold + 1))
    return [
        _secret(arguments.passphrase_fd, each, "--passphrase-fd").decode("ascii", "replace") for each in asked
    ]


def read_secret(descriptor: int, option: str) -> bytearray:
    """Return one line of an open descriptor, named by `option`; raises Malformed for an empty line."""
    return _line(descriptor, option)


def _secret(descriptor: int | None, prompt: str, option: str) -> bytearray:
    if descriptor is not None:
        return _line(descriptor, option)
    if not sys.stdin.isatty():
        raise Usage(option, "no terminal to ask on, an open descriptor wanted")
    # getpass gives a str, which cannot be wiped; ending the process is what wipes it.
    return bytearray(getpass.getpass(prompt).encode())


def _line(descriptor: int, option: str) -> bytearray:
    """Read one line byte by byte, so that the next secret stays in the descriptor for the next asker."""
    secret = bytearray()
    try:
        while (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
            secret += byte
            if len(secret) > LONGEST:
                raise Malformed(option, f"more than {LONGEST} bytes found in one line")
    except OSError as error:
        raise Malformed(option, f"descriptor {descriptor} cannot be read: {error.strerror}") from error
    if not secret:
        raise Malformed(option, "an empty line found, a secret wanted")
    return secret
