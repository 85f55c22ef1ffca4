"""Puts the real parts together, once, at start-up. The only place that knows the state directory's shape."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ed25519

from workstation import clock
from workstation.core import strict_json
from workstation.core.entry import EntryTime
from workstation.core.errors import MediaError
from workstation.core.public_key import PublicKey, from_loaded
from workstation.core.shape import Shape
from workstation.core.strict_json import JsonObject
from workstation.desk.back_office import Parts
from workstation.desk.desk import Desk
from workstation.desk.journal_room import JournalRoom
from workstation.gate.gate import Gate
from workstation.journal.client import Created, Journal, Unlock
from workstation.tokens.cards import Cards
from workstation.vault.store import Vault

CONFIG: Final = "station.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A workstation's own settings: its PKCS#11 module by path and SHA-256, and where releases go."""

    module: Path | None
    module_sha256: str | None
    production: bool
    outgoing: Path

    def to_json(self) -> JsonObject:
        """Return the document."""
        return {
            "module": None if self.module is None else str(self.module),
            "moduleSha256": self.module_sha256,
            "production": self.production,
            "outgoing": str(self.outgoing),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioned:
    """A new workstation: K_0, to leave the machine, and the key the custodians enrol."""

    created: Created
    station: PublicKey


def commission(
    state: Path,
    config: Config,
    *,
    origin: str,
    passphrase: bytearray,
    keep_seal: Callable[[bytearray], None] | None = None,
) -> Commissioned:
    """Make a new workstation in `state`, which has to be empty; the passphrase is wiped.

    `keep_seal` writes K_0 to what leaves the machine: when it fails, nothing was made. Raises
    MediaError when something is there already: a journal is never begun anew by accident.
    """
    _make_empty(state)
    now_ms = int(clock.now().timestamp() * 1000)
    try:
        created = Journal.create(_journal(state), origin=origin, passphrase=passphrase, now_ms=now_ms)
        (state / CONFIG).write_bytes(strict_json.dump(config.to_json()))
        if keep_seal is not None:
            keep_seal(created.seal_key)
    except BaseException:
        shutil.rmtree(state, ignore_errors=True)
        raise
    return Commissioned(created=created, station=_station_key(created.station_key))


@contextmanager
def open_desk(
    state: Path,
    unlock: Unlock,
    media: Sequence[Path] = (),
    *,
    missed: Callable[[Sequence[str]], None] = lambda _: None,
) -> Generator[Desk]:
    """Open the workstation in `state` for as long as the context lasts; `media` are looked at as media.

    `missed` is told which memories of the journal should be there and are not, when they were asked for.
    Raises JournalError when the journal cannot be opened: it is missing, locked by another process,
    the key does not fit, or what the store remembers contradicts it.
    """
    config = read_config(state)
    with ExitStack() as stack:
        keeper = clock.Timekeeper()
        journal = stack.enter_context(Journal.open(_journal(state), unlock, clock=keeper.reading))
        shutil.rmtree(state / "staging", ignore_errors=True)
        cards = configured_cards(config)
        if cards is not None:
            stack.enter_context(cards)
        parts = _parts(state, config, journal, cards, keeper)
        if missing := JournalRoom(parts).expect_remembered().missing:
            missed(missing)
        yield Desk(replace(parts, media=tuple(media)))


def read_config(state: Path) -> Config:
    """Return the settings in `state`; raises MediaError when there is no workstation there."""
    try:
        data = (state / CONFIG).read_bytes()
    except OSError as error:
        raise MediaError(str(state), "no workstation found here; `commission` makes one") from error
    fields = Shape(strict_json.parse_object(data, where=CONFIG), CONFIG).fields(
        "module", "moduleSha256", "production", "outgoing"
    )
    module, digest = fields["module"], fields["moduleSha256"]
    return Config(
        module=None if module.value is None else Path(module.text()),
        module_sha256=None if digest.value is None else digest.digest(),
        production=fields["production"].boolean(),
        outgoing=Path(fields["outgoing"].text()),
    )


def journal_directory(state: Path) -> Path:
    """Return where a workstation's journal is."""
    return _journal(state)


def trust_directory(state: Path) -> Path:
    """Return where the trust root a workstation follows is."""
    return state / "trust"


def vault_of(state: Path) -> Vault:
    """Return a workstation's store of released artifacts and envelopes."""
    return Vault(state / "store")


def configured_cards(config: Config) -> Cards | None:
    """Open the cards of a workstation's own module, checked as it was commissioned; None when it has none."""
    if config.module is None:
        return None
    allow = {} if config.module_sha256 is None else {config.module: config.module_sha256}
    return Cards(config.module, allow=allow, production=config.production)


def _make_empty(state: Path) -> None:
    try:
        if state.exists() and any(state.iterdir()):
            raise MediaError(str(state), "something is there already, an empty or new directory wanted")
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(str(state), f"cannot be made: {error.strerror}") from error


def _journal(state: Path) -> Path:
    return state / "journal"


def _parts(
    state: Path, config: Config, journal: Journal, cards: Cards | None, keeper: clock.Timekeeper
) -> Parts:
    vault = vault_of(state)
    station = _station_key(journal.station_key).fingerprint
    gate = Gate(
        journal=journal,
        vault=vault,
        cards=cards,
        trust_directory=trust_directory(state),
        station=station,
        keeper=keeper,
    )
    return Parts(
        gate=gate,
        journal=journal,
        vault=vault,
        cards=cards,
        staging=state / "staging",
        outgoing=config.outgoing,
        station=station,
        clock=keeper.now,
    )


def _station_key(raw: bytes) -> PublicKey:
    return from_loaded(ed25519.Ed25519PublicKey.from_public_bytes(raw), where="station key")


def entry_time() -> EntryTime:
    """Return all clocks at this moment."""
    # Only the appliance counts its starts; elsewhere the journal says that nobody counted.
    return clock.reading(boot=0, floor_ms=0)


def boot_id() -> str:
    """Return what the kernel calls this start of the machine."""
    return clock.boot_id()


def current_time() -> datetime:
    """Return the workstation's time, for commands that have no desk."""
    return clock.now()
