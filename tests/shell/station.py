"""One workstation of the shell's tests: commands run on it, its journal read, its disk looked at."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from workstation.bootstrap import open_desk
from workstation.console.main import main
from workstation.core.entry import Entry
from workstation.core.identity import digest_of
from workstation.desk.desk import Desk
from workstation.journal.client import PassphraseUnlock
from workstation.process.child import clean_environment
from workstation.process.command import readable, run

PASSPHRASE: Final = b"passphrase of the shell tests"
SOFTHSM: Final = "/usr/lib/softhsm/libsofthsm2.so"
TREE: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command answered: exit status, its JSON document if there was one, words for people."""

    status: int
    document: dict[str, Any]
    words: str

    @property
    def rules(self) -> list[str]:
        """The violated rules of a refusal, each once."""
        return list(dict.fromkeys(one["rule"] for one in self.document["violations"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A workstation below `home`, with the cards of `cards` in its readers."""

    home: Path
    cards: Path

    @property
    def state(self) -> Path:
        """The workstation's state."""
        return self.home / "state"

    @property
    def root(self) -> Path:
        """The root.json a deployer pins."""
        return self.home / "root.json"

    @property
    def repository(self) -> Path:
        """The custodians' repository."""
        return self.home / "repository"

    @property
    def seal(self) -> Path:
        """K_0 of the journal."""
        return self.home / "K0.seal"

    @property
    def environment(self) -> dict[str, str]:
        """What commands need beside their words."""
        return {
            "SOFTHSM2_CONF": str(self.cards / "softhsm2.conf"),
            "COUNTERSIGN_STATE": str(self.state),
            "COUNTERSIGN_MODULE": SOFTHSM,
        }

    def copied_to(self, home: Path, *, cards: Path | None = None) -> Station:
        """Return this workstation as it is now, in another place."""
        shutil.copytree(self.home, home, dirs_exist_ok=True)
        copy = Station(home=home, cards=cards or self.cards)
        config = copy.state / "station.json"
        settings = json.loads(config.read_bytes())
        config.write_text(json.dumps(settings | {"outgoing": str(home / "outgoing")}))
        return copy

    def run(self, *words: str, pins: tuple[str, ...] = (), passphrase: bytes = PASSPHRASE) -> Said:
        """Run one command in this process; secrets go over descriptors of their own."""
        out, err = io.StringIO(), io.StringIO()
        with (
            self._secrets(pins, passphrase) as (options, _),
            patch.dict(os.environ, self.environment),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            status = main(["--json", *options, *words])
        return Said(status=status, document=json.loads(out.getvalue() or "{}"), words=err.getvalue())

    def spawn(
        self, *words: str, program: tuple[str, ...] = (), environment: Mapping[str, str] | None = None
    ) -> Said:
        """Run one command as a process of its own; `program` runs it instead of our own entry point."""
        command = program or ("-m", "workstation.console.main")
        found = clean_environment() | self.environment | {"PYTHONPATH": str(TREE)}
        with self._secrets((), PASSPHRASE) as (options, descriptors):
            ended = run(
                [sys.executable, *command, "--json", *options, *words],
                environment=found | dict(environment or {}),
                pass_fds=descriptors,
            )
        return Said(status=ended.status, document=json.loads(ended.out or "{}"), words=ended.err)

    @contextmanager
    def desk(self) -> Generator[Desk]:
        """Open the desk in this process."""
        unlock = PassphraseUnlock(passphrase=bytearray(PASSPHRASE))
        with patch.dict(os.environ, self.environment), open_desk(self.state, unlock) as desk:
            yield desk

    def entries(self) -> tuple[Entry, ...]:
        """Return the journal, opened for this."""
        with self.desk() as desk:
            return desk.parts.journal.entries()

    def on_disk(self) -> Mapping[str, str]:
        """Return every file of store and staging with its digest."""
        return files_below(self.state / "store", self.state / "staging")

    @contextmanager
    def _secrets(
        self, pins: tuple[str, ...], passphrase: bytes
    ) -> Generator[tuple[list[str], tuple[int, ...]]]:
        with ExitStack() as stack:
            held = {"--passphrase-fd": stack.enter_context(readable(passphrase + b"\n"))}
            if pins:
                held["--pin-fd"] = stack.enter_context(readable("".join(f"{p}\n" for p in pins).encode()))
            options = [part for name, fd in held.items() for part in (name, str(fd))]
            yield options, tuple(held.values())


def files_below(*directories: Path) -> Mapping[str, str]:
    """Return every regular file below some directories with its digest."""
    found = (path for directory in directories for path in sorted(directory.rglob("*")) if path.is_file())
    return {str(path): digest_of(path.read_bytes()) for path in found}


def told(entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
    """Return what happened, without what the journal says about itself."""
    said = ((entry.kind.value, entry.outcome.value) for entry in entries)
    return [(kind, outcome) for kind, outcome in said if not kind.startswith("journal.")]
