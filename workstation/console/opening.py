"""Opening what commands work with: the state, its desk, cards away from a workstation, signing keys."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from workstation.bootstrap import configured_cards, entry_time, journal_directory, open_desk, read_config
from workstation.console.secrets import ask_passphrase, ask_pin, ask_shares
from workstation.core.entry import Kind, time_to_json
from workstation.core.errors import JournalError, TokenRefused, Usage
from workstation.core.identity import Fingerprint
from workstation.core.strict_json import JsonObject
from workstation.desk.desk import Desk
from workstation.journal.client import Journal, PassphraseUnlock, SecretUnlock, TokenUnlock, Unlock
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.slot_way import SharesWay, TpmWay
from workstation.journal.spool import spool
from workstation.tokens.cards import CardKey, Cards, parse_uri
from workstation.tokens.pem import PemKey
from workstation.tokens.shares import combined
from workstation.tokens.signing_key import SigningKey
from workstation.tokens.tpm import Tpm

APPLIANCE_STATE: Final = Path("/var/lib/countersign")
_PEM: Final = "pem:"
_SHARES: Final = "shares:"
_TPM: Final = "tpm:"
_PIN_CODES: Final = frozenset({"pin_incorrect", "pin_locked"})


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
    with (
        unlock_of(arguments) as unlock,
        _spooling(state, arguments),
        open_desk(state, unlock, media, missed=_tell_missing) as desk,
    ):
        yield desk


def _tell_missing(memories: Sequence[str]) -> None:
    sys.stderr.write(f"NOT THERE to be asked about this journal: {', '.join(memories)}\n")


@contextmanager
def unlock_of(arguments: Namespace) -> Generator[Unlock]:
    """Lend the way to open the journal that the arguments name; asks for what it needs."""
    state, how = state_directory(arguments), arguments.unlock
    if how is None:
        yield PassphraseUnlock(passphrase=ask_passphrase(arguments))
    elif how.startswith((_SHARES, _TPM)):
        kind, _, name = how.partition(":")
        yield SecretUnlock(name=name, secret=_secret(arguments, state, kind, name))
    else:
        with cards_of(arguments, state) as cards:
            yield _token_unlock(arguments, state, cards)


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


@contextmanager
def _spooling(state: Path, arguments: Namespace) -> Generator[None]:
    """Write down what keeps the journal closed: a wrong passphrase, share or PIN is told when it opens."""
    try:
        yield
    except JournalFailure as error:
        if error.name is FailureName.WRONG_KEY:
            way = "passphrase" if arguments.unlock is None else arguments.unlock.partition(":")[0]
            _spool(state, Kind.UNLOCK_FAILED, {"way": way})
        raise
    except TokenRefused as error:
        if error.code in _PIN_CODES and arguments.unlock is not None:
            _spool(
                state, Kind.PIN_FAILED, {"token": str(parse_uri(arguments.unlock)), "left": error.tries_left}
            )
        raise


def _spool(state: Path, kind: Kind, payload: JsonObject) -> None:
    said: JsonObject = {"kind": kind.value, "payload": payload, "time": time_to_json(entry_time())}
    with suppress(JournalError):  # the first trouble is the one to be told
        spool(journal_directory(state), said)


def _secret(arguments: Namespace, state: Path, kind: str, name: str) -> bytearray:
    slots = {slot.name: slot.way for slot in Journal.slots_of(journal_directory(state))}
    match kind, slots.get(name):
        case "shares", SharesWay(threshold=threshold):
            return combined(ask_shares(arguments, threshold))
        case "tpm", TpmWay(public=public, private=private):
            return Tpm().unseal(public, private)
        case _:
            raise JournalError(f"no {kind} named {name[:40]!a} opens this journal (see journal holders)")


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
