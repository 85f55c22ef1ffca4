"""What is cut short: killed, crowded out or without room, a workstation opens again and is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from shell.journey import Journey, World
from shell.station import SOFTHSM, Station, files_below, told

from workstation.core.identity import Digest
from workstation.release.layout_writer import write_bundle

# Runs one command and is killed in the middle of the second call of a function.
KILLED_IN = """
import os, signal, sys
from workstation.console.main import main
from workstation.intake import staging
from workstation.vault.store import Vault

place, calls = sys.argv.pop(1), []

def dying(function):
    def instead(*arguments):
        calls.append(1)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)
    return instead

if place == "staging":
    staging._copy = dying(staging._copy)
else:
    Vault.adopt = dying(Vault.adopt)
sys.exit(main())
"""


@pytest.mark.parametrize("place", ["staging", "store"])
def test_an_intake_that_was_killed_is_done_again(fresh: Station, world: World, place: str) -> None:
    killed = fresh.spawn("intake", str(world.bundle), program=("-c", KILLED_IN, place))
    left = list((fresh.state / "staging").iterdir())

    assert killed.status == -9
    assert left
    assert fresh.run("journal", "verify", "--seal", str(fresh.seal)).status == 0
    assert [one["version"] for one in fresh.run("queue").document["requests"]] == ["1.0"]
    assert not (fresh.state / "staging").exists()
    assert fresh.run("intake", str(world.bundle)).status == 0
    assert told(fresh.entries())[-3:] == [("intake.bundle", one) for one in ("intent", "allowed", "done")]


def test_a_second_workstation_on_the_same_state_is_told_who_has_it(fresh: Station, world: World) -> None:
    with fresh.desk() as desk:
        disk, size = fresh.on_disk(), desk.parts.journal.head().size
        said = fresh.spawn("intake", str(world.bundle))
        writer = desk.parts.journal._writer.pid  # pyright: ignore[reportPrivateUsage]  # who holds the lock

        assert said.status == 6
        assert f"process {writer} has this journal open" in said.words
        assert fresh.on_disk() == disk
        assert desk.parts.journal.head().size == size


def test_the_second_workstation_leaves_what_the_first_is_staging(fresh: Station) -> None:
    with fresh.desk():
        (fresh.state / "staging" / "half").mkdir(parents=True)

        fresh.run("queue")

        assert (fresh.state / "staging" / "half").is_dir()


def commission(station: Station, state: Path, seal: Path) -> int:
    """Try to make a workstation; return the exit status."""
    return station.run(
        "--state", str(state), "--module", SOFTHSM, "commission", "--origin", "other.example/journal",
        "--outgoing", str(state.parent / "outgoing"), "--seal-out", str(seal),
    ).status  # fmt: skip


def test_a_workstation_is_never_commissioned_over_something(fresh: Station, tmp_path: Path) -> None:
    before = files_below(fresh.home)
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")

    for state in (fresh.state, tmp_path / "documents", tmp_path / "file", tmp_path / "file" / "below"):
        assert commission(fresh, state, tmp_path / "K0.seal") == 3
        assert not (tmp_path / "K0.seal").exists()

    assert files_below(fresh.home) == before
    assert (tmp_path / "documents" / "thesis.txt").read_text() == "mine"


def test_no_workstation_is_made_whose_seal_key_has_no_place(world: World, tmp_path: Path) -> None:
    (tmp_path / "K0.seal").write_text("an older one")

    for seal in (tmp_path / "K0.seal", tmp_path / "nowhere" / "K0.seal"):
        assert commission(world.station, tmp_path / "state", seal) == 3
        assert not (tmp_path / "state").exists()

    assert (tmp_path / "K0.seal").read_text() == "an older one"


def test_a_release_is_not_written_over_something_and_can_go_elsewhere(
    journey: Journey, tmp_path: Path
) -> None:
    station = journey.quorate.copied_to(tmp_path / "own")
    out = tmp_path / "stick" / "out"
    out.mkdir(parents=True)
    (out / "thesis.txt").write_text("mine")

    refused = station.run("release", journey.request, "--out", str(out))
    story = told(station.entries())
    released = station.run("release", journey.request, "--out", str(tmp_path / "stick" / "other"))

    assert refused.status == 3
    assert story[-1] == ("release", "failed")
    assert sorted(path.name for path in (tmp_path / "stick").iterdir()) == ["other", "out"]
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]
    assert released.status == 0


def test_a_release_that_cannot_be_read_back_does_not_stay(
    journey: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = journey.quorate.copied_to(tmp_path / "own")
    with monkeypatch.context() as failing:
        failing.setattr("workstation.effects.release.write_bundle", badly(write_bundle))
        failed = station.run("release", journey.request, "--out", str(tmp_path / "stick"))
    left = (tmp_path / "stick").exists()
    released = station.run("release", journey.request, "--out", str(tmp_path / "stick"))

    assert failed.status == 3
    assert "sha256" in failed.words
    assert not left
    assert released.status == 0


def badly(write: Callable[..., Digest]) -> Callable[..., Digest]:
    """Return a way to write a bundle on a stick that turns a bit."""

    def written(directory: Path, *more: object, **named: object) -> Digest:
        digest = write(directory, *more, **named)
        blob = max(directory.glob("blobs/sha256/*"), key=lambda path: path.stat().st_size)
        data = blob.read_bytes()
        blob.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        return digest

    return written


def test_a_release_happens_once(journey: Journey, tmp_path: Path) -> None:
    station = journey.released.copied_to(tmp_path / "own")

    said = station.run("release", journey.request, "--out", str(tmp_path / "again"))

    assert said.status == 1
    assert "REQUEST-DECIDED" in said.rules
    assert not (tmp_path / "again").exists()


def test_a_store_that_was_changed_is_untrusted_and_nothing_is_signed(
    admitted: Station, journey: Journey
) -> None:
    wheel = next(journey.world.bundle.rglob("blobs/sha256/*"))
    for path in (admitted.state / "store").iterdir():
        if path.name == wheel.name:
            path.write_bytes(path.read_bytes() + b"\0")

    said = admitted.run(
        "countersign", journey.request, "--token", "pkcs11:token=alice", pins=(journey.world.pins["alice"],)
    )

    assert said.status == 4
    assert said.document["error"]["where"].startswith("store/")


def test_a_store_that_is_no_directory_is_said_to_be_none(admitted: Station) -> None:
    shutil.rmtree(admitted.state / "store")
    (admitted.state / "store").write_text("")

    said = admitted.run("queue")

    assert said.status == 3
    assert said.document["error"]["where"] == str(admitted.state / "store")


def test_a_journal_that_was_changed_opens_no_desk(admitted: Station) -> None:
    database = admitted.state / "journal" / "journal.db"
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    database.write_bytes(data)

    said = admitted.run("queue")

    assert said.status == 6


def test_a_directory_without_a_workstation_is_said_to_have_none(world: World, tmp_path: Path) -> None:
    said = world.station.run("--state", str(tmp_path), "queue")

    assert said.status == 3
    assert "commission" in said.words
