"""A trust root and a workstation that has taken in bob's request, with software keys throughout."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from core.documents import all_vouched_for, json_bytes
from core.keys import edwards
from core.world import EXPIRES, NOW, World

from workstation import bootstrap, clock
from workstation.bootstrap import Config
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.journal.client import PassphraseUnlock
from workstation.release.layout_writer import Content, write_bundle
from workstation.trust.directory import read_repository
from workstation.trust.repository import make_repository
from workstation.trust.verification import verify_repository

PASSPHRASE = b"passphrase of the planner's tests"


@dataclass(frozen=True)
class Custodian:
    """A custodian whose key is in memory."""

    name: str

    @property
    def public_key(self):
        return edwards(self.name).public

    def sign(self, message):
        return edwards(self.name).sign(message)


@dataclass(frozen=True)
class Station:
    """A workstation's state, and the request it has taken in."""

    state: Path
    request: str

    @contextmanager
    def passphrase(self):
        """Lend a descriptor with the passphrase in it."""
        reader, writer = os.pipe()
        os.write(writer, PASSPHRASE + b"\n")
        os.close(writer)
        try:
            yield str(reader)
        finally:
            os.close(reader)


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """Return the custodians' repository with the test world's roster and policy."""
    directory, world = tmp_path_factory.mktemp("trust") / "repository", World()
    custodians = [Custodian("gail"), Custodian("hugo")]
    make_repository(
        directory,
        custodians=[custodian.public_key for custodian in custodians],
        threshold=2,
        signers=custodians,
        roster=json_bytes(all_vouched_for(world.roster)),
        policy=json_bytes(world.policy),
        expires=EXPIRES,
    )
    return directory


@pytest.fixture(scope="session")
def station(repository, tmp_path_factory):
    """Return a workstation with bob's request in its queue and no card reader."""
    home, made = tmp_path_factory.mktemp("station"), World().bundled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        config = Config(module=None, module_sha256=None, production=False, outgoing=home / "out")
        bootstrap.commission(home / "state", config, origin="ws/j", passphrase=bytearray(PASSPHRASE))
        unlock = PassphraseUnlock(passphrase=bytearray(PASSPHRASE))
        with bootstrap.open_desk(home / "state", unlock) as desk:
            files = read_repository(repository)
            desk.apply_trust(verify_repository(files, root=files["root.json"], now=NOW))
            _write(home / "stick", made, World().build.artifacts)
            admitted = desk.admit(home / "stick")
    return Station(home / "state", admitted.request.id)


def _write(directory, made, artifacts):
    media = {layer.title: layer.media_type for layer in made.bundle.layers}
    contents = [
        Content(title=title, media_type=media[title], source=data)
        for title, data in {**made.documents, **artifacts}.items()
    ]
    write_bundle(directory, REQUEST_BUNDLE, contents, name="request")
