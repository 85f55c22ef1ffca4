"""The versions between: kept in the repository, and verified by whoever skipped them."""

from __future__ import annotations

import pytest
from trust.trust_world import ANN, BEN, CLEO, DORA, LATER, NOW, RSA, policy, resigned, roster

from workstation.core.errors import Malformed, Untrusted
from workstation.trust.history import earlier_files, steps_between
from workstation.trust.repository import rotate_root, update_repository
from workstation.trust.store import read_repository
from workstation.trust.verification import verify_repository


@pytest.fixture
def grown(world):
    """Give the files of a trust root of five versions, its custodians changed halfway, and its first root."""
    first = world.make()
    update_repository(world.directory, signers=(ANN, BEN), expires=LATER, roster=roster(2))
    update_repository(world.directory, signers=(BEN, CLEO), expires=LATER, policy=policy(2))
    rotate_root(
        world.directory,
        custodians=[CLEO.public_key, DORA.public_key, RSA.public_key],
        threshold=2,
        signers=(ANN, CLEO, DORA),
        expires=LATER,
    )
    update_repository(world.directory, signers=(DORA, RSA), expires=LATER, roster=roster(3))
    return read_repository(world.directory), first.pinned_root


def between(files, root, since):
    return steps_between(files, verify_repository(files, root=root, now=NOW), since)


def test_every_version_between_says_which_roster_it_had_and_who_signed_it(grown):
    steps = between(*grown, since=1)

    assert [(step.targets_version, step.roster.version) for step in steps] == [(2, 2), (3, 2), (4, 2)]
    assert [step.signed_by for step in steps] == [
        {ANN.fingerprint, BEN.fingerprint},
        {BEN.fingerprint, CLEO.fingerprint},
        {CLEO.fingerprint, DORA.fingerprint},
    ]


def test_only_what_was_skipped_is_read(grown):
    assert [step.targets_version for step in between(*grown, since=3)] == [4]
    assert between(*grown, since=4) == ()
    assert between(*grown, since=9) == ()


def test_a_version_that_is_missing_is_left_out(grown):
    files, root = grown
    del files["metadata/3.targets.json"]

    assert [step.targets_version for step in between(files, root, since=1)] == [2, 4]


@pytest.mark.parametrize("signers", [(ANN,), (ANN, DORA), (RSA, DORA)])
def test_a_version_too_few_of_its_own_custodians_signed_is_refused(grown, signers):
    files, root = grown
    name = "metadata/2.targets.json"
    files[name] = resigned(files[name], lambda _: None, signers)

    # The last two are custodians of a later root: what they signed comes after it, not before.
    with pytest.raises(Untrusted):
        between(files, root, since=1)


def test_another_version_under_the_name_is_refused(grown):
    files, root = grown
    files["metadata/2.targets.json"] = files["metadata/3.targets.json"]

    with pytest.raises(Untrusted, match="version 3 found, 2 wanted"):
        between(files, root, since=1)


def test_a_roster_that_is_not_the_one_listed_is_refused(grown):
    files, root = grown
    name = next(name for name, data in files.items() if data == roster(2))
    files[name] = files[name].replace(b'"P1"', b'"P9"')

    with pytest.raises(Untrusted):
        between(files, root, since=1)
    del files[name]
    with pytest.raises(Malformed, match="nothing found"):
        between(files, root, since=1)


def test_what_is_kept_is_who_signed_and_the_roster(grown):
    files, _ = grown

    kept = earlier_files(files, 5)

    assert sorted(name for name in kept if name.startswith("metadata")) == [
        f"metadata/{version}.targets.json" for version in (1, 2, 3, 4)
    ]
    assert {data for name, data in kept.items() if name.startswith("targets")} == {roster(1), roster(2)}
    assert earlier_files(files, 1) == {}


def test_nobody_who_pins_the_root_needs_them(grown):
    files, root = grown
    whole = verify_repository(files, root=root, now=NOW)

    assert verify_repository(whole.files, root=root, now=NOW).snapshot == whole.snapshot
