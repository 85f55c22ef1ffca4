"""The workstation's own copy: what was applied once is kept, and never goes back."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from trust.trust_world import (
    ANN,
    BEN,
    CLEO,
    DORA,
    LATER,
    NOW,
    RSA,
    World,
    altered,
    policy,
    resigned,
    roster,
    unchanged,
)  # fmt: skip

from workstation.core.errors import Malformed, MediaError, Untrusted, WorkstationError
from workstation.trust import directory as directory_module
from workstation.trust.repository import rotate_root, update_repository
from workstation.trust.store import install, load, pinned_root, read_repository
from workstation.trust.verification import verify_repository


@pytest.fixture
def state(tmp_path):
    """Give a place for the workstation's copy."""
    return tmp_path / "state" / "trust"


def offered(world, root):
    return verify_repository(read_repository(world.directory), root=root, now=NOW)


def test_before_the_first_one_there_is_none(state):
    assert load(state, now=NOW) is None
    assert pinned_root(state) is None


def test_what_was_applied_is_loaded_again(state, made_once):
    verified = replace(made_once, verified_at=NOW)

    install(state, verified)

    assert load(state, now=NOW) == verified
    assert pinned_root(state) == made_once.pinned_root


def test_applying_the_same_again_changes_nothing(state, made_once):
    install(state, made_once)
    before = sorted(state.rglob("*"))

    install(state, made_once)

    assert sorted(state.rglob("*")) == before


def test_a_successor_takes_the_place_of_the_last_one_and_keeps_the_pin(state, world):
    first = world.make()
    install(state, first)
    update_repository(world.directory, signers=(ANN, CLEO), expires=LATER, roster=roster(2))
    rotate_root(
        world.directory,
        custodians=[CLEO.public_key, DORA.public_key],
        threshold=2,
        signers=(ANN, CLEO, DORA),
        expires=LATER,
    )

    install(state, offered(world, first.pinned_root))

    found = load(state, now=NOW)
    assert (found.snapshot.root_version, found.snapshot.roster.version) == (2, 2)
    assert pinned_root(state) == first.pinned_root
    assert len(list(state.iterdir())) == 2


@pytest.mark.parametrize("change", [{"roster": roster(2)}, {"policy": policy(2)}, {}])
def test_an_older_trust_root_is_refused_after_a_newer_one(state, world, change):
    first = world.make()
    install(state, first)
    second = update_repository(world.directory, signers=(ANN, BEN), expires=LATER, **change)
    install(state, second)

    with pytest.raises(Untrusted) as raised:
        install(state, first)

    assert "version 1 found, 2 was already applied" in raised.value.why
    assert load(state, now=NOW).files == second.files


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_no_role_alone_goes_back(state, world, role):
    """Custodians sign new metadata in which one role has an older version than was applied."""
    world.make()
    install(state, update_repository(world.directory, signers=(ANN, BEN), expires=LATER))
    third = update_repository(world.directory, signers=(ANN, BEN), expires=LATER)
    files = _set_back(dict(third.files), role)
    verified = verify_repository(files, root=third.pinned_root, now=NOW)

    with pytest.raises(Untrusted) as raised:
        install(state, verified)

    assert (raised.value.where, raised.value.why) == (role, "version 1 found, 2 was already applied")


def _set_back(files, role):
    def version(signed):
        signed.version = 1

    def listing(signed):
        entry = signed.snapshot_meta if role == "snapshot" else signed.meta["targets.json"]
        entry.version = 1

    if role == "timestamp":
        return altered(files, "metadata/timestamp.json", version)
    old, new = f"metadata/3.{role}.json", f"metadata/1.{role}.json"
    files[new] = resigned(files.pop(old), version)
    return altered(
        files, "metadata/timestamp.json" if role == "snapshot" else "metadata/3.snapshot.json", listing
    )


@pytest.mark.parametrize(
    ("what", "change"), [("roster", {"roster": roster(1)}), ("policy", {"policy": policy(1)})]
)
def test_a_newer_trust_root_with_an_older_document_is_refused(state, tmp_path, what, change):
    newer = World(directory=tmp_path / "one", roster=roster(2), policy=policy(2))
    install(state, newer.make())
    made = replace(newer, directory=tmp_path / "two", **change).make()
    files = _under_the_pin(made.files, pinned_root(state))

    with pytest.raises(Untrusted) as raised:
        install(state, verify_repository(files, root=pinned_root(state), now=NOW))

    assert raised.value.where == what


def _under_the_pin(files, root):
    """Return the files as custodians would sign them at version 2 under the root already pinned."""
    files = {**files, "root.json": root, "metadata/1.root.json": root}

    def second(signed):
        signed.version = 2
        if signed.type == "timestamp":
            signed.snapshot_meta.version = 2
        if signed.type == "snapshot":
            signed.meta["targets.json"].version = 2

    for role in ("targets", "snapshot"):
        files[f"metadata/2.{role}.json"] = resigned(files.pop(f"metadata/1.{role}.json"), second)
    return altered(files, "metadata/timestamp.json", second)


def test_one_version_has_one_content(state, world, tmp_path):
    install(state, world.make())
    other = replace(world, directory=tmp_path / "other", policy=policy(2)).make()
    files = {**other.files, "root.json": pinned_root(state), "metadata/1.root.json": pinned_root(state)}

    with pytest.raises(Untrusted) as raised:
        install(state, verify_repository(files, root=pinned_root(state), now=NOW))

    assert (raised.value.where, "another content under version 1" in raised.value.why) == ("targets", True)


def test_one_more_custodians_signature_is_no_other_content(state, world):
    first = world.make()
    install(state, first)
    name = "metadata/timestamp.json"
    files = altered(first.files, name, unchanged, signers=(ANN, BEN, CLEO))

    install(state, verify_repository(files, root=first.pinned_root, now=NOW))

    assert load(state, now=NOW).files[name] == files[name]


def test_a_fork_made_with_keys_that_were_rotated_out_is_no_successor(state, world, tmp_path):
    first = world.make()
    fork = tmp_path / "fork"
    shutil.copytree(world.directory, fork)
    keys = [CLEO.public_key, DORA.public_key]
    install(
        state,
        rotate_root(world.directory, custodians=keys, threshold=2, signers=(ANN, CLEO, DORA), expires=LATER),
    )
    for _ in range(2):
        keys = [ANN.public_key, BEN.public_key, RSA.public_key]
        forked = rotate_root(fork, custodians=keys, threshold=2, signers=(ANN, BEN), expires=LATER)

    with pytest.raises(Untrusted) as raised:
        install(state, forked)

    assert forked.pinned_root == first.pinned_root
    assert "without root version 2 as already applied" in raised.value.why


def test_a_trust_root_without_the_rotation_already_seen_is_refused(state, world):
    first = world.make()
    rotated = rotate_root(
        world.directory,
        custodians=[ANN.public_key, BEN.public_key],
        threshold=2,
        signers=(ANN, BEN),
        expires=LATER,
    )
    install(state, rotated)

    with pytest.raises(Untrusted) as raised:
        install(state, first)

    assert raised.value.where == "root"


def test_a_later_pin_is_not_this_workstations(state, world):
    first = world.make()
    install(state, first)
    rotated = rotate_root(
        world.directory,
        custodians=[ANN.public_key, BEN.public_key],
        threshold=2,
        signers=(ANN, BEN),
        expires=LATER,
    )

    with pytest.raises(Untrusted):
        install(state, verify_repository(rotated.files, root=rotated.root_bytes, now=NOW))

    assert pinned_root(state) == first.pinned_root


def test_the_pin_is_kept_to_the_byte(state, world):
    """The same root with one more signature is the same root, and still not the one pinned."""
    first = world.make()
    install(state, first)
    root = resigned(first.pinned_root, unchanged, signers=(ANN, BEN, CLEO))
    files = {**first.files, "root.json": root, "metadata/1.root.json": root}

    with pytest.raises(Untrusted) as raised:
        install(state, verify_repository(files, root=root, now=NOW))

    assert raised.value.where == "pinned root"


def test_a_state_that_cannot_be_written_is_the_disks_fault(state, made_once):
    state.parent.write_bytes(b"a file where a directory is wanted")

    with pytest.raises(MediaError):
        install(state, made_once)


@pytest.mark.parametrize("name", ["root.json", "metadata/timestamp.json", "metadata/1.targets.json"])
def test_a_changed_state_is_refused(state, made_once, name):
    install(state, made_once)
    path = next(state.glob(f"*/{name}"))
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(Untrusted):
        load(state, now=NOW)
    with pytest.raises(Untrusted):
        install(state, made_once)


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", Malformed), (b"../elsewhere\n", Malformed), (b"\xff", MediaError), (b"0" * 64, MediaError)],
)
def test_a_changed_pointer_is_refused(state, made_once, content, error):
    install(state, made_once)
    (state / "current").write_bytes(content)

    with pytest.raises(error):
        load(state, now=NOW)


def test_what_an_interrupted_install_left_is_swept_by_the_next(state, made_once):
    install(state, made_once)
    (state / ".abandoned").mkdir()

    install(state, made_once)

    assert not (state / ".abandoned").exists()


def test_an_install_that_fails_before_the_pointer_changes_nothing(state, world, monkeypatch):
    first = world.make()
    install(state, first)
    second = update_repository(world.directory, signers=(ANN, BEN), expires=LATER)
    replacing = os.replace

    def power_fails(*args, **kwargs):
        raise OSError(5, "power failed")

    monkeypatch.setattr("pathlib.Path.replace", power_fails)
    with pytest.raises(MediaError):
        install(state, second)
    monkeypatch.undo()

    assert replacing is os.replace
    assert load(state, now=NOW).files == first.files


def plant(path, kind):
    """Put something odd at `path`, in the place of what is there."""
    kept = path.with_name(f"{path.name}.kept")
    path.rename(kept)
    aside = path.parents[2] / "aside"
    kept.rename(aside)
    match kind:
        case "symlink":
            path.symlink_to(aside)
        case "hard link":
            path.hardlink_to(aside)
        case "fifo":
            os.mkfifo(path)
        case "directory":
            path.mkdir()


@pytest.mark.parametrize("kind", ["symlink", "hard link", "fifo", "directory"])
@pytest.mark.parametrize("name", ["metadata/timestamp.json", "metadata/1.root.json"])
def test_only_regular_files_are_read(world, kind, name):
    world.make()
    plant(world.directory / name, kind)

    with pytest.raises(WorkstationError) as raised:
        read_repository(world.directory)

    assert (type(raised.value), raised.value.where) == (Malformed, name)


@pytest.mark.parametrize("name", ["metadata", "targets", ""])
def test_a_symlinked_directory_is_refused(world, tmp_path, name):
    world.make()
    path = world.directory / name
    path.rename(tmp_path / "aside")
    path.symlink_to(tmp_path / "aside")

    with pytest.raises(Malformed):
        read_repository(world.directory)


@pytest.mark.parametrize(
    "name",
    ["autorun.inf", "metadata/0.root.json", "metadata/01.root.json", "metadata/1.releases.json",
     "metadata/root.json", "targets/roster.json", f"targets/{'A' * 64}.roster.json",
     f"targets/{'a' * 64}.\N{RIGHT-TO-LEFT OVERRIDE}nosj", "metadata/1.root.json\n"],
)  # fmt: skip
def test_a_name_outside_the_layout_is_refused(world, name):
    world.make()
    (world.directory / name).write_bytes(b"{}")

    with pytest.raises(Malformed) as raised:
        read_repository(world.directory)

    assert "outside the layout" in raised.value.why
    assert raised.value.where.isascii()


def test_a_missing_directory_is_the_mediums_fault(world):
    with pytest.raises(MediaError):
        read_repository(world.directory)


def test_reading_is_bounded(world, monkeypatch):
    world.make()
    big = world.directory / "metadata" / "timestamp.json"
    with big.open("r+b") as file:
        file.truncate(1 << 40)

    with pytest.raises(Malformed) as raised:
        read_repository(world.directory)

    assert raised.value.why == "more than 512000 bytes found"


@pytest.mark.parametrize(("bound", "value"), [("MAX_FILES", 2), ("MAX_FILES", 5), ("MAX_TOTAL_BYTES", 4000)])
def test_number_and_sum_are_bounded(world, monkeypatch, bound, value):
    world.make()
    monkeypatch.setattr(directory_module, bound, value)

    with pytest.raises(Malformed):
        read_repository(world.directory)
