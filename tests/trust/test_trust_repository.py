"""Custodians making a trust root, and changing what it delivers."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import datetime

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
    edwards,
    foreign_client,
    policy,
    roster,
)  # fmt: skip

from workstation.core.errors import Malformed, MediaError, TokenRefused, Untrusted
from workstation.trust import writing
from workstation.trust.drafting import Delivery
from workstation.trust.proposing import propose_first, propose_update
from workstation.trust.repository import complete, read_verified, rotate_root, update_repository
from workstation.trust.store import read_repository
from workstation.trust.tuf_metadata import RoleName
from workstation.trust.verification import verify_repository


class Fumbling:
    """A card that answers with a signature over something else."""

    public_key = ANN.public_key

    def sign(self, message):
        return ANN.sign(message + b"!")


class Refusing:
    """A card that says no."""

    public_key = ANN.public_key

    def sign(self, _message):
        raise TokenRefused("pin-wrong", tries_left=2)


def nothing_is_left(world):
    return list(world.directory.parent.iterdir()) == []


def test_a_foreign_client_reads_what_custodians_made(world, tmp_path):
    everyone = (ANN, BEN, CLEO, DORA, RSA)
    made = replace(world, custodians=everyone, signers=everyone, threshold=5).make()

    found = foreign_client(world.directory, tmp_path / "client", root=made.pinned_root)

    assert found == (world.roster, world.policy)


def test_what_is_on_disk_is_what_was_verified(world):
    made = world.make()

    assert read_repository(world.directory) == made.files
    assert sorted(entry.name for entry in world.directory.iterdir()) == ["metadata", "root.json", "targets"]
    assert [entry.name for entry in world.directory.parent.iterdir()] == ["repository"]


def test_an_empty_directory_is_filled_and_any_other_is_left_alone(world):
    world.directory.mkdir()
    made = world.make()

    with pytest.raises(MediaError):
        world.make()

    assert read_repository(world.directory) == made.files


def test_one_of_two_is_refused_before_any_card_is_asked(world):
    lonely = edwards()

    with pytest.raises(Untrusted) as raised:
        replace(world, custodians=(lonely, BEN), signers=(lonely, lonely)).make()

    assert "1 distinct custodian keys of root found, 2 wanted" in raised.value.why
    assert (lonely.asked, nothing_is_left(world)) == (0, True)


@pytest.mark.parametrize(
    ("custodians", "threshold"),
    [((ANN, BEN, ANN), 2), ((ANN, BEN), 1), ((ANN, BEN), 0), ((ANN, BEN), 3), ((ANN,), 1), ((), 2)],
)
def test_odd_custodians_are_refused(world, custodians, threshold):
    with pytest.raises(Malformed):
        replace(world, custodians=custodians, threshold=threshold).make()

    assert nothing_is_left(world)


def test_a_stranger_among_the_signers_is_refused(world):
    with pytest.raises(Untrusted) as raised:
        replace(world, signers=(ANN, BEN, DORA)).make()

    assert (DORA.fingerprint in raised.value.why, nothing_is_left(world)) == (True, True)


@pytest.mark.parametrize("part", ["roster", "policy"])
def test_documents_that_do_not_parse_are_never_signed(world, part):
    signer = edwards()

    with pytest.raises(Malformed) as raised:
        replace(world, custodians=(signer, BEN), signers=(signer, BEN), **{part: b"{}"}).make()

    assert raised.value.where.startswith(f"{part}.json")
    assert (signer.asked, nothing_is_left(world)) == (0, True)


def test_a_card_that_signs_something_else_is_found_out(world):
    with pytest.raises(Untrusted):
        replace(world, signers=(Fumbling(), BEN)).make()

    assert nothing_is_left(world)


def test_what_a_card_says_is_passed_on(world):
    with pytest.raises(TokenRefused) as raised:
        replace(world, signers=(Refusing(), BEN)).make()

    assert raised.value.tries_left == 2
    assert nothing_is_left(world)


def test_an_expiry_without_a_zone_is_refused(world):
    with pytest.raises(Malformed) as raised:
        replace(world, expires=datetime(2097, 1, 1)).make()  # noqa: DTZ001 (that is the point)

    assert raised.value.where == "expires"


def test_the_next_roster_comes_under_the_same_root(world, tmp_path):
    first = world.make()

    update_repository(world.directory, signers=(BEN, CLEO), expires=LATER, roster=roster(2))

    found = read_verified(world.directory, now=NOW)
    versions = {name: role.version for name, role in found.roles.items()}
    assert (found.snapshot.roster.version, found.policy_bytes) == (2, world.policy)
    assert versions == {RoleName.ROOT: 1, RoleName.TARGETS: 2, RoleName.SNAPSHOT: 2, RoleName.TIMESTAMP: 2}
    assert found.snapshot.expires == EXPIRES
    assert found.roles[RoleName.TARGETS].signed_by == {BEN.fingerprint, CLEO.fingerprint}
    client = foreign_client(world.directory, tmp_path / "client", root=first.pinned_root)
    assert client == (roster(2), world.policy)


def test_the_next_policy_leaves_nothing_of_the_last_one_behind_but_who_signed_it(world):
    before = world.make()

    update_repository(world.directory, signers=(ANN, CLEO), expires=LATER, policy=policy(2))

    files = read_repository(world.directory)
    signed = "metadata/1.targets.json"
    kept = {signed: before.files[signed]}
    assert files == {**verify_repository(files, root=files["root.json"], now=NOW).files, **kept}
    assert [entry.name for entry in world.directory.parent.iterdir()] == ["repository"]


def test_expiry_is_renewed_without_new_documents(world):
    world.make()

    made = update_repository(world.directory, signers=(ANN, BEN), expires=LATER)

    assert made.roles[RoleName.TIMESTAMP].expires == LATER
    assert (made.roster_bytes, made.policy_bytes) == (world.roster, world.policy)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"roster": roster(4)}, "roster"),
        ({"roster": roster(5, holders=[(ANN,)])}, "roster"),
        ({"policy": policy(4)}, "policy"),
        ({"policy": policy(5).replace(b"demo", b"else")}, "policy"),
    ],
)
def test_older_documents_and_new_ones_under_an_old_version_are_refused(world, change, what):
    signer = edwards()
    world = replace(
        world, custodians=(signer, BEN), signers=(signer, BEN), roster=roster(5), policy=policy(5)
    )
    made = world.make()
    asked = signer.asked

    with pytest.raises(Untrusted) as raised:
        update_repository(world.directory, signers=(signer, BEN), expires=LATER, **change)

    assert (raised.value.where, signer.asked) == (what, asked)
    assert read_repository(world.directory) == made.files


def test_a_replacement_cut_short_is_left_to_a_person(world):
    signer = edwards()
    world = replace(world, custodians=(signer, BEN), signers=(signer, BEN))
    world.make()
    asked = signer.asked
    previous = world.directory.with_name(".repository.previous")
    previous.mkdir()
    (previous / "root.json").write_bytes(b"")

    with pytest.raises(MediaError) as raised:
        update_repository(world.directory, signers=(signer, BEN), expires=LATER)

    assert (raised.value.where, signer.asked) == (".repository.previous", asked)


def test_a_replacement_the_disk_refuses_leaves_the_old_one(world, monkeypatch):
    made = world.make()

    def full(*_):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(writing, "exchange", full)
    with pytest.raises(MediaError):
        rotate_root(
            world.directory,
            custodians=[custodian.public_key for custodian in world.custodians],
            threshold=2,
            signers=world.signers,
            expires=LATER,
        )
    monkeypatch.undo()

    assert read_repository(world.directory) == made.files
    assert [entry.name for entry in world.directory.parent.iterdir()] == ["repository"]


def test_custodians_need_not_be_in_one_room(world):
    delivery = Delivery(roster=world.roster, policy=world.policy)
    keys = [custodian.public_key for custodian in world.custodians]
    proposal = propose_first(custodians=keys, threshold=2, delivery=delivery, expires=EXPIRES)

    here, there = proposal.signed_by(ANN), proposal.signed_by(BEN)
    both = here.signed_by(BEN)

    for alone in (proposal, here, there):
        with pytest.raises(Untrusted):
            complete(alone, now=NOW)
    made = complete(both, now=NOW)
    assert (
        made.roles[RoleName.ROOT].payload
        == complete(there.signed_by(ANN), now=NOW).roles[RoleName.ROOT].payload
    )
    assert complete(
        propose_update(made, delivery=delivery, expires=LATER).signed_by(CLEO).signed_by(ANN), now=NOW
    )
