"""Power may fail at any moment: what is left is the repository before or the one after, whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from trust.trust_world import ANN, BEN, CLEO, LATER, NOW, policy, roster, rotate

from workstation.trust.repository import read_verified, update_repository
from workstation.trust.store import read_repository

EARLIER = {"metadata/1.targets.json"}


class PowerFailed(BaseException):
    """Nothing runs after this, so nothing tidies up."""


def failing_after(steps, monkeypatch):
    """Let so many changes of the directory happen, and no more."""
    left = [steps]

    def counted(real):
        def step(*arguments, **options):
            if not left[0]:
                raise PowerFailed
            left[0] -= 1
            return real(*arguments, **options)

        return step

    for name in ("replace", "rename", "unlink"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    monkeypatch.setattr(shutil, "rmtree", counted(shutil.rmtree))


def change(world):
    update_repository(world.directory, signers=(ANN, BEN), expires=LATER, roster=roster(2), policy=policy(2))


def crash(world, monkeypatch, act, steps):
    """Crash `act` after so many steps; return whether it crashed."""
    with monkeypatch.context() as patched:
        failing_after(steps, patched)
        try:
            act(world)
        except PowerFailed:
            return True
    return False


@pytest.mark.parametrize("steps", range(12))
def test_an_update_cut_short_anywhere_leaves_the_old_or_the_new_and_can_be_done_again(
    world, monkeypatch, steps
):
    before = world.make()
    crash(world, monkeypatch, change, steps)

    found = read_verified(world.directory, now=NOW)
    assert found.snapshot.roster.version == found.snapshot.policy.version
    assert found.files == before.files or found.snapshot.roster.version == 2

    update_repository(world.directory, signers=(BEN, CLEO), expires=LATER, roster=roster(2), policy=policy(2))
    assert read_verified(world.directory, now=NOW).snapshot.roster.version == 2
    found = read_verified(world.directory, now=NOW)
    kept = {name: data for name, data in before.files.items() if name in EARLIER or "roster" in name}
    assert read_repository(world.directory).items() >= {**kept, **found.files}.items()
    assert read_repository(world.directory).keys() - found.files.keys() <= {*kept, "metadata/2.targets.json"}


def test_the_whole_update_takes_fewer_steps_than_were_tried(world, monkeypatch):
    world.make()

    crashed = [crash(world, monkeypatch, change, steps) for steps in (0, 11)]

    assert crashed == [True, False]


@pytest.mark.parametrize("steps", range(4))
def test_a_rotation_cut_short_is_the_old_one_again_or_the_new_one(world, monkeypatch, steps):
    before = world.make()
    crash(world, monkeypatch, rotate, steps)

    found = read_verified(world.directory, now=NOW)

    assert found.files == before.files or found.snapshot.root_version == 2
    assert (found.roster_bytes, found.pinned_root) == (before.roster_bytes, before.pinned_root)
