"""A rotation that is killed at any step leaves the old trust root or the new one, never neither."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from pathlib import Path

import pytest
from trust.trust_world import NOW, rotate

from workstation.core.errors import MediaError
from workstation.trust import writing
from workstation.trust.exchange import exchange
from workstation.trust.repository import read_verified
from workstation.trust.store import read_repository
from workstation.trust.verification import verify_repository

STEPS = ("mkdir", "fsync", "rename", "replace", "unlink", "exchange", "rmtree")


def counting(monkeypatch, at_step):
    """Have every change of the disk counted, before and after it; `at_step` is told each number."""
    count = [0]

    def told(real):
        def step(*arguments, **options):
            for act in (None, real):
                answer = act and act(*arguments, **options)
                count[0] += 1
                at_step(count[0])
            return answer

        return step

    for name in ("mkdir", "rename", "replace", "unlink"):
        monkeypatch.setattr(Path, name, told(getattr(Path, name)))
    monkeypatch.setattr(os, "fsync", told(os.fsync))
    monkeypatch.setattr(shutil, "rmtree", told(shutil.rmtree))
    monkeypatch.setattr(writing, "exchange", told(writing.exchange))
    return count


def killed_at(step, world, monkeypatch):
    """Rotate in a process that is killed at this step; answer whether it came so far."""
    child = os.fork()
    if not child:
        counting(monkeypatch, lambda now: now == step and os.kill(os.getpid(), signal.SIGKILL))
        rotate(world)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def steps_of(world, tmp_path, monkeypatch):
    """Return how many steps a rotation has."""
    shutil.copytree(world.directory, tmp_path / "counted" / "repository")
    with monkeypatch.context() as patched:
        count = counting(patched, lambda _: None)
        rotate(type(world)(directory=tmp_path / "counted" / "repository"))
    return count[0]


def versions_after_kills(world, tmp_path, monkeypatch, look):
    """Kill a rotation at each of its steps; return the root version found each time."""
    world.make()
    steps, found = steps_of(world, tmp_path, monkeypatch), []
    whole = tmp_path / "whole"
    shutil.copytree(world.directory, whole)
    for step in range(1, steps + 1):
        shutil.rmtree(world.directory, ignore_errors=True)
        shutil.rmtree(writing._previous(world.directory), ignore_errors=True)
        shutil.copytree(whole, world.directory)
        with monkeypatch.context() as patched:
            assert killed_at(step, world, patched)
        found.append(look(world))
    return found


def test_a_rotation_killed_anywhere_leaves_the_old_or_the_new_in_its_place(world, tmp_path, monkeypatch):
    def look(world):
        """Read what stands at the place itself: nobody mends anything first."""
        files = read_repository(world.directory)
        return verify_repository(files, root=files["root.json"], now=NOW).snapshot.root_version

    found = versions_after_kills(world, tmp_path, monkeypatch, look)

    assert found == sorted(found)
    assert set(found) == {1, 2}


def test_where_nothing_can_be_exchanged_the_next_command_mends_it(world, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "exchange", lambda _one, _other: False)

    found = versions_after_kills(
        world, tmp_path, monkeypatch, lambda w: read_verified(w.directory, now=NOW).snapshot.root_version
    )

    assert found == sorted(found)
    assert set(found) == {1, 2}


def test_two_directories_change_places_at_once(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()

    assert exchange(tmp_path / "one", tmp_path / "other")

    assert (tmp_path / "one" / "other").exists()
    assert (tmp_path / "other" / "one").exists()


def test_what_is_not_there_is_not_exchanged(tmp_path):
    with pytest.raises(OSError, match="No such file") as raised:
        exchange(tmp_path / "one", tmp_path / "other")

    assert raised.value.errno == errno.ENOENT


def test_a_rotation_the_disk_refuses_is_told(world, monkeypatch):
    before = world.make()

    def refuse(_one, _other):
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "exchange", refuse)
        with pytest.raises(MediaError):
            rotate(world)

    assert read_repository(world.directory) == before.files
