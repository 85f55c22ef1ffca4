"""The demo's world: its directories, its people, and the cards SoftHSM plays."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import workstation
from workstation.core import strict_json
from workstation.core.errors import MediaError
from workstation.core.shape import Shape
from workstation.process.child import clean_environment

SOFTHSM_MODULES: Final = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"),
)
PASSPHRASE: Final = b"demo passphrase, never for real use"
ORIGIN: Final = "demo.countersign.example/journal"
MARKER: Final = "countersign-demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A demo card: its PKCS#11 URI and PIN (both public knowledge)."""

    uri: str
    pin: str


class World:
    """Everything below one directory, which a new demo begins by emptying."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.trust = directory / "trust"
        self.repository = directory / "trust" / "repository"
        self.stick_in = directory / "stick-in"
        self.stick_out = directory / "stick-out"
        self.state = directory / "state"
        self.far_side = directory / "far-side"
        self.screenshots = directory / "screenshots"
        self.cards = directory / "cards"
        self.downloads = directory / "downloads"
        self.evidence = directory / "evidence"

    @property
    def marker(self) -> Path:
        """The file that says this directory is a demo's own, to be emptied by the next."""
        return self.directory / MARKER

    @property
    def module(self) -> Path:
        """The SoftHSM module; raises MediaError when it is not installed."""
        for path in SOFTHSM_MODULES:
            if path.is_file():
                return path
        raise MediaError("SoftHSM", "no module found; `apt-get install softhsm2` brings it")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every command of the demo."""
        found = clean_environment()
        found["SOFTHSM2_CONF"] = str(self.cards / "softhsm2.conf")
        found["COUNTERSIGN_STATE"] = str(self.state)
        found["COUNTERSIGN_MODULE"] = str(self.module)
        return found

    @cached_property
    def holders(self) -> dict[str, Card]:
        """The cards that were made, by name."""
        document = strict_json.parse((self.cards / "holders.json").read_bytes(), where="holders.json")
        found: dict[str, Card] = {}
        for item in Shape(document, "holders.json").items():
            fields = item.open_fields()
            found[fields["holder"].text()] = Card(uri=fields["uri"].text(), pin=fields["pin"].text())
        return found

    def card(self, name: str) -> Card:
        """Return a card by its holder's name."""
        return self.holders[name]


def source_tree() -> Path:
    """Return the checkout this runs from; raises MediaError when it runs from anywhere else."""
    found = Path(workstation.__file__).resolve().parent.parent
    if not (found / "softhsm-fixtures" / "provision.py").is_file():
        raise MediaError(str(found), "no softhsm-fixtures found; the demo runs from a source checkout")
    return found


def interpreter() -> list[str]:
    """Return the command that runs our own command line."""
    return [sys.executable, "-m", "workstation.console.main"]


def has_display() -> bool:
    """Answer whether there is a screen to show a window on."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
