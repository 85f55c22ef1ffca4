"""Opening what commands work with: the state, its desk, cards away from a workstation, signing keys."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from workstation.bootstrap import configured_cards, journal_directory, open_desk, read_config
from workstation.console.secrets import ask_passphrase, ask_pin
from workstation.core.errors import JournalError, Usage
from workstation.core.identity import Fingerprint
from workstation.desk.desk import Desk
from workstation.journal.client import Journal, PassphraseUnlock, TokenUnlock, Unlock
from workstation.tokens.cards import CardKey, Cards
from workstation.tokens.pem import PemKey
from workstation.tokens.signing_key import SigningKey

APPLIANCE_STATE: Final = Path("/var/lib/countersign")
_PEM: Final = "pem:"


def state_directory(arguments: Namespace) -> Path:
    """Return where the workstation's state is: option, environment, XDG data directory, appliance."""
    if arguments.state is not None:
        return Path(arguments.state)
    if named := os.environ.get("COUNTERSIGN_STATE"):
        return Path(named)
    if APPLIANCE_STATE.is_dir():
        return APPLIANCE_STATE
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "countersign"


@contextmanager
def desk_of(arguments: Namespace, media: Sequence[Path] = ()) -> Generator[Desk]:
    """Open the workstation named by the arguments, which looks at `media` as well.

    Asks for the passphrase or the unlocking card's PIN.
    """
    state = state_directory(arguments)
    read_config(state)
    if arguments.unlock is None:
        with open_desk(state, PassphraseUnlock(passphrase=ask_passphrase(arguments)), media) as desk:
            yield desk
        return
    with (
        cards_of(arguments, state) as cards,
        open_desk(state, _token_unlock(arguments, state, cards), media) as desk,
    ):
        yield desk


def named_module(arguments: Namespace) -> str | None:
    """Return the PKCS#11 module that is named on the command line, else in the environment."""
    return arguments.module or os.environ.get("COUNTERSIGN_MODULE")


@contextmanager
def cards_of(arguments: Namespace, state: Path | None = None) -> Generator[Cards]:
    """Open the cards of the module of the workstation in `state`, else of the one named; raises Usage.

    A workstation's own module is checked against its settings, whatever else is named.
    """
    own = None if state is None else configured_cards(read_config(state))
    with _named_cards(arguments) if own is None else own as cards:
        yield cards


@contextmanager
def signing_key(arguments: Namespace, key: str) -> Generator[SigningKey]:
    """Open a key named `pem:PATH` or by a PKCS#11 URI; asks for the card's PIN."""
    if key.startswith(_PEM):
        yield PemKey(Path(key.removeprefix(_PEM)))
        return
    with cards_of(arguments) as cards:
        opened = CardKey(cards, key, ask_pin(arguments, key))
        try:
            yield opened
        finally:
            opened.forget()


def _named_cards(arguments: Namespace) -> Cards:
    named = named_module(arguments)
    if named is None:
        raise Usage("--module", "nothing found, the path of a PKCS#11 module wanted")
    return Cards(Path(named))


def _token_unlock(arguments: Namespace, state: Path, cards: Cards) -> Unlock:
    slots = {slot.fingerprint for slot in Journal.slots_of(journal_directory(state))}
    key, _ = cards.shown_key(arguments.unlock)
    if key.fingerprint not in slots:
        raise JournalError(f"the card's key {key.fingerprint} does not open this journal")

    def shared(point: bytes, _fingerprint: Fingerprint) -> bytearray:
        return cards.shared_secret(arguments.unlock, point, ask_pin(arguments, arguments.unlock))

    return TokenUnlock(fingerprint=key.fingerprint, shared_secret=shared)
