"""The machine's TPM, played by swtpm: it opens the journal here and nowhere else, and counts checkpoints."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell.journey import World, good
from shell.station import Station

from workstation.core.errors import MediaError
from workstation.tokens.tpm import Tpm, has_tpm

TOOLS = ("swtpm", "tpm2_createprimary", "tpm2_nvincrement")


class SoftTpm:
    """A software TPM with a state of its own."""

    def __init__(self, home: Path) -> None:
        # A socket's path is short: pytest's directories are not.
        self._sockets = tempfile.TemporaryDirectory(prefix="tpm")
        here = Path(self._sockets.name)
        home.mkdir()
        self.tcti = f"swtpm:path={here / 's'}"
        self._process = subprocess.Popen(
            [
                "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={home}",
                "--flags", "not-need-init,startup-clear",
                "--server", f"type=unixio,path={here / 's'}", "--ctrl", f"type=unixio,path={here / 's.ctrl'}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(100):
            if (here / "s").exists() and (here / "s.ctrl").exists():
                return
            time.sleep(0.05)
        raise RuntimeError("swtpm did not start")

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._sockets.cleanup()


@pytest.fixture
def tpm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftTpm]:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)} (packages swtpm, tpm2-tools)")
    found = SoftTpm(tmp_path / "tpm-state")
    monkeypatch.setenv("TPM2TOOLS_TCTI", found.tcti)
    yield found
    found.end()


def test_what_the_tpm_sealed_it_gives_out_and_another_does_not(
    tpm: SoftTpm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = bytearray(range(32))
    public, private = Tpm().seal(bytearray(secret))

    assert Tpm().unseal(public, private) == secret
    assert bytes(secret) not in public + private
    other = SoftTpm(tmp_path / "other-state")
    monkeypatch.setenv("TPM2TOOLS_TCTI", other.tcti)
    with pytest.raises(MediaError, match="TPM"):
        Tpm().unseal(public, private)
    other.end()


def test_the_counter_only_rises(tpm: SoftTpm) -> None:
    assert Tpm().counter() is None

    first, second = Tpm().keep(b"note"), Tpm().keep(b"note")

    assert first is not None
    assert second == Tpm().counter() == first + 1


def test_a_tpm_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPM2TOOLS_TCTI", "swtpm:path=/nowhere/s")
    if shutil.which("tpm2_getcap") is None:
        pytest.skip("not on this machine: tpm2_getcap (package tpm2-tools)")

    with pytest.raises(MediaError, match="tpm2_getcap failed"):
        Tpm().counter()


def test_without_the_tools_there_is_no_tpm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("TPM2TOOLS_TCTI", "swtpm:path=/nowhere/s")

    assert not has_tpm()
    with pytest.raises(MediaError, match="not installed"):
        Tpm().counter()


def test_the_tpm_opens_the_journal_and_finds_a_rollback(tpm: SoftTpm, fresh: Station, tmp_path: Path) -> None:
    good(fresh.run("journal", "add-tpm"))
    good(fresh.run("--unlock", "tpm:tpm", "journal", "anchor", "--tpm"))
    sound = good(fresh.run("--unlock", "tpm:tpm", "journal", "verify"))
    shutil.copytree(fresh.state, tmp_path / "yesterday")
    good(fresh.run("journal", "anchor", "--tpm"))
    shutil.rmtree(fresh.state)
    shutil.copytree(tmp_path / "yesterday", fresh.state)

    found = fresh.run("journal", "verify")

    assert "tpm" in sound.document["consulted"]
    assert found.status == 6
    assert "it counted 2 checkpoints, the journal 1" in found.words
    assert os.environ["TPM2TOOLS_TCTI"] == tpm.tcti


def test_a_tpm_that_should_be_there_is_missed(
    tpm: SoftTpm, world: World, fresh: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(fresh.run("journal", "anchor", "--tpm"))
    monkeypatch.delenv("TPM2TOOLS_TCTI")

    said = good(fresh.run("journal", "verify"))

    if not Path("/dev/tpmrm0").exists():
        assert said.document["missing"] == ["tpm"]
    assert world.station.state != fresh.state
