"""Custodians come and go: the chain of roots from the pinned one to the newest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trust.trust_world import (
    ANN,
    BEN,
    CLEO,
    DORA,
    EXPIRES,
    LATER,
    NOW,
    RSA,
    foreign_client,
    resigned,
    roster,
    unchanged,
)  # fmt: skip

from workstation.core.errors import Malformed, Untrusted
from workstation.trust.repository import rotate_root, update_repository
from workstation.trust.store import read_repository
from workstation.trust.tuf_metadata import RoleName
from workstation.trust.verification import verify_repository

SECOND = "metadata/2.root.json"


def rotate(world, custodians, signers, threshold=2):
    return rotate_root(
        world.directory,
        custodians=[custodian.public_key for custodian in custodians],
        threshold=threshold,
        signers=signers,
        expires=LATER,
    )


def verify(files, root):
    return verify_repository(files, root=root, now=NOW)


@pytest.fixture
def rotated(world):
    """Give a repository whose root changed hands twice, and the root it began with."""
    first = world.make()
    rotate(world, (CLEO, DORA, RSA), (ANN, CLEO, DORA))
    rotate(world, (DORA, RSA), (CLEO, DORA, RSA))
    return first.pinned_root, read_repository(world.directory)


def test_new_custodians_are_reached_from_the_first_root(rotated):
    pinned, files = rotated

    found = verify(files, pinned)

    assert found.snapshot.root_version == 3
    assert list(found.root_chain) == [1, 2, 3]
    assert found.root_bytes == files["metadata/3.root.json"]
    assert found.roles[RoleName.TARGETS].custodians == {DORA.fingerprint, RSA.fingerprint}
    assert found.files.items() <= files.items()
    assert files.keys() - found.files.keys() == {"metadata/1.targets.json", "metadata/2.targets.json"}


def test_the_foreign_client_follows_the_same_chain(rotated, world, tmp_path):
    pinned, _ = rotated

    assert foreign_client(world.directory, tmp_path / "client", root=pinned) == (world.roster, world.policy)


def test_the_chain_can_begin_at_a_later_pin(rotated):
    _, files = rotated

    found = verify(files, files[SECOND])

    assert list(found.root_chain) == [2, 3]
    assert found.files["root.json"] == files[SECOND]
    assert verify(found.files, files[SECOND]) == found


def test_new_custodians_sign_the_next_roster(rotated, world):
    pinned, _ = rotated

    update_repository(world.directory, signers=(DORA, RSA), expires=LATER, roster=roster(2))

    found = verify(read_repository(world.directory), pinned)
    assert found.snapshot.roster.version == 2


def test_former_custodians_sign_nothing_more(rotated, world):
    with pytest.raises(Untrusted) as raised:
        update_repository(world.directory, signers=(ANN, BEN), expires=LATER, roster=roster(2))

    assert "0 distinct custodian keys" in raised.value.why


@pytest.mark.parametrize(
    ("signers", "found"),
    [((CLEO, DORA), "1 distinct"), ((ANN, BEN), "0 distinct"), ((ANN, BEN, DORA), "1 distinct")],
)
def test_a_rotation_needs_a_threshold_before_and_a_threshold_after(world, signers, found):
    made = world.make()

    with pytest.raises(Untrusted) as raised:
        rotate(world, (CLEO, DORA, RSA), signers)

    assert found in raised.value.why
    assert read_repository(world.directory) == made.files


@pytest.mark.parametrize("signers", [(CLEO, DORA), (ANN, BEN), (ANN, CLEO), (DORA, RSA)])
def test_a_root_without_both_thresholds_is_refused_however_it_came(rotated, signers):
    pinned, files = rotated

    with pytest.raises(Untrusted) as raised:
        verify({**files, SECOND: resigned(files[SECOND], unchanged, signers)}, pinned)

    assert raised.value.where == SECOND


def test_a_gap_in_the_chain_is_named(rotated):
    pinned, files = rotated

    with pytest.raises(Malformed) as raised:
        verify({name: data for name, data in files.items() if name != SECOND}, pinned)

    assert (raised.value.where, "root version 3 is there" in raised.value.why) == (SECOND, True)


def test_a_root_under_the_wrong_number_is_refused(rotated):
    pinned, files = rotated

    def jump(signed):
        signed.version = 3

    with pytest.raises(Untrusted) as raised:
        verify({**files, SECOND: resigned(files[SECOND], jump, (ANN, CLEO, DORA))}, pinned)

    assert raised.value.why == "root version 3 found, 2 wanted"


def test_one_key_id_for_two_keys_is_refused(rotated):
    pinned, files = rotated

    def confuse(signed):
        keyid = CLEO.tuf_key.keyid
        signed.keys[keyid] = replaced(signed.keys[DORA.tuf_key.keyid], keyid)

    with pytest.raises(Untrusted) as raised:
        verify({**files, SECOND: resigned(files[SECOND], confuse, (ANN, CLEO, DORA))}, pinned)

    assert "for 2 custodian keys" in raised.value.why


def replaced(key, keyid):
    return type(key)(keyid, key.keytype, key.scheme, key.keyval)


def test_a_root_that_hides_the_rotation_verifies_nothing(rotated):
    pinned, files = rotated
    hidden = {name: data for name, data in files.items() if name not in {SECOND, "metadata/3.root.json"}}

    with pytest.raises(Untrusted):
        verify(hidden, pinned)


def test_rotation_may_change_the_threshold_and_is_refused_odd_ones(world):
    world.make()
    for threshold in (1, 4):
        with pytest.raises(Malformed):
            rotate(world, (CLEO, DORA, RSA), (ANN, BEN, CLEO, DORA, RSA), threshold)

    rotate(world, (CLEO, DORA, RSA), (ANN, BEN, CLEO, DORA, RSA), 3)

    files = read_repository(world.directory)
    assert verify(files, files["root.json"]).roles[RoleName.SNAPSHOT].threshold == 3


def test_a_world_can_be_made_with_other_custodians(world):
    made = replace(world, custodians=(DORA, RSA), signers=(RSA, DORA), expires=EXPIRES).make()

    assert made.roles[RoleName.ROOT].custodians == {DORA.fingerprint, RSA.fingerprint}
