"""Key holders on SoftHSM tokens for any test: provisioned once, copied for each test that asks."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hsm.link import TokenWorker
from hsm.module import ModulePath
from hsm.uri import TokenUri

SOFTHSM: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
PROVISION: Final = Path(__file__).parent.parent / "softhsm-fixtures" / "provision.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """The key holders of one test, and the directory their tokens are in.

    A holder is asked for by the name of the token ("bob-second", "alice-unlock"), or by a
    person's name, which means their first token ("bob").
    """

    home: Path
    entries: Mapping[str, Mapping[str, str]]

    @property
    def environment(self) -> dict[str, str]:
        """What SoftHSM reads."""
        return {"SOFTHSM2_CONF": str(self.home / "softhsm2.conf")}

    @property
    def module(self) -> ModulePath:
        """SoftHSM, any build of it."""
        return ModulePath(path=SOFTHSM)

    def entry(self, name: str) -> Mapping[str, str]:
        """Return what holders.json says of a holder."""
        if name in self.entries:
            return self.entries[name]
        return next(entry for entry in self.entries.values() if entry["person"] == name)

    def uri(self, name: str) -> TokenUri:
        """Return the URI of a holder's key."""
        return TokenUri.parse(self.entry(name)["uri"])

    def pin(self, name: str) -> bytearray:
        """Return a fresh buffer with a holder's PIN, for others to wipe."""
        return bytearray(self.entry(name)["pin"].encode())

    def spki(self, name: str) -> bytes:
        """Return the DER of the public key a holder's token shows."""
        return base64.b64decode(self.entry(name)["spki"])

    def pem(self, name: str) -> Path:
        """Return the path of a software key ("bob-build", "ci-7")."""
        return self.home / "keys" / f"{name}.pem"

    def token_directory(self, label: str) -> Path:
        """Return where SoftHSM keeps the token of this label."""
        wanted = label.encode().ljust(32)  # CK_TOKEN_INFO pads labels with blanks
        files = (self.home / "tokens").glob("*/token.object")
        return next(file.parent for file in files if wanted in file.read_bytes())

    def take_out(self, label: str) -> Path:
        """Take a token out of reach; return where it lies, to be put back by `put_in`."""
        drawer = self.home / "drawer"
        drawer.mkdir(exist_ok=True)
        return self.token_directory(label).rename(drawer / label)

    def put_in(self, drawn: Path) -> None:
        """Put a token that was taken out back into reach."""
        # SoftHSM takes any directory name.
        drawn.rename(self.home / "tokens" / drawn.name)

    def keep_only(self, *labels: str) -> None:
        """Take every other token out of reach."""
        for label in {entry["token"] for entry in self.entries.values()} - set(labels):
            self.take_out(label)


@pytest.fixture(scope="session")
def holders_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with every key holder, provisioned once; copy before changing."""
    home = tmp_path_factory.mktemp("key-holders")
    subprocess.run([sys.executable, PROVISION, home], check=True, stdout=subprocess.DEVNULL)
    return home


@pytest.fixture
def holders(holders_home: Path, tmp_path: Path) -> Holders:
    """Return this test's own copy of every key holder."""
    home = tmp_path / "key-holders"
    shutil.copytree(holders_home, home)
    configuration = home / "softhsm2.conf"
    configuration.write_text(configuration.read_text().replace(str(holders_home), str(home)))
    entries = json.loads((home / "holders.json").read_text())
    return Holders(home=home, entries={entry["holder"]: entry for entry in entries})


@pytest.fixture
def token_worker(holders: Holders) -> Iterator[TokenWorker]:
    """Yield a worker for this test's tokens."""
    with TokenWorker(holders.module, environment=holders.environment) as worker:
        yield worker
