"""Proposals on a stick: each custodian drafts what they sign anew, and no byte of it can be another's."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trust.trust_world import (
    ANN,
    BEN,
    CLEO,
    DORA,
    EXPIRES,
    LATER,
    NOW,
    RSA,
    World,
    foreign_client,
    policy,
    roster,
)  # fmt: skip

from workstation.core.errors import Malformed, MediaError, Untrusted, WorkstationError
from workstation.core.identity import digest_of
from workstation.trust.carrying import (
    PROPOSAL,
    begin,
    is_proposal,
    read_change,
    read_proposal,
    write_proposal,
    write_signatures,
)
from workstation.trust.change import Custodians, TrustChange, custodians_of
from workstation.trust.drafting import Delivery
from workstation.trust.repository import complete, files_of, read_verified, rotate_root, write_next
from workstation.trust.tuf_metadata import RoleName
from workstation.trust.verification import verify_repository


def custodians(*people, threshold=2):
    return Custodians(keys=tuple(person.public_key for person in people), threshold=threshold)


def change(before=None, **changes):
    """Return a change: new documents under the same custodians, or the first trust root."""
    found = {
        "before": before,
        "delivery": Delivery(roster=roster(2 if before else 1), policy=policy()),
        "custodians": None if before else custodians(ANN, BEN, CLEO),
        "expires": LATER if before else EXPIRES,
    }
    return TrustChange(**{**found, **changes})


def same(before):
    return Delivery(roster=before.roster_bytes, policy=before.policy_bytes)


def rotation(before, *people, threshold=2):
    return change(before, delivery=same(before), custodians=custodians(*people, threshold=threshold))


def passed_on(carried, tmp_path, *signers):
    """Write a proposal, and have it carried from one custodian to the next on sticks of their own."""
    stick = tmp_path / "stick-0"
    write_proposal(stick, carried)
    for number, signer in enumerate(signers, start=1):
        here = tmp_path / f"stick-{number}"
        shutil.copytree(stick, here)
        write_signatures(here, read_proposal(here, now=NOW).signed_by(signer))
        stick = here
    return stick


CHANGES = {
    "a first trust root": (lambda _: change(), (ANN, BEN)),
    "documents": (change, (BEN, CLEO)),
    "expiry alone": (lambda before: change(before, delivery=same(before)), (ANN, BEN)),
    "one custodian": (lambda before: rotation(before, ANN, BEN, DORA), (ANN, BEN)),
    "the threshold": (lambda before: rotation(before, ANN, BEN, CLEO, threshold=3), (ANN, BEN, CLEO)),
    "all custodians": (lambda before: rotation(before, DORA, RSA), (ANN, BEN, DORA, RSA)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_proposal_passed_on_becomes_a_trust_root_anyone_verifies(what, made_once, tmp_path):
    made, signers = CHANGES[what]
    proposed = begin(made(made_once))

    carried = read_proposal(passed_on(proposed, tmp_path, *signers), now=NOW)

    assert carried.to_bytes() != proposed.to_bytes()
    assert replace(carried.change, before=None) == replace(proposed.change, before=None)
    assert carried.proposal.signed_so_far == {signer.fingerprint for signer in signers}
    assert all(have >= need for _, have, need in carried.proposal.standing)
    found = complete(carried.proposal, now=NOW)
    assert (found.roster_bytes, found.policy_bytes) == (
        proposed.change.delivery.roster, proposed.change.delivery.policy,
    )  # fmt: skip
    assert found.roles[RoleName.TARGETS].expires == proposed.change.expires
    assert verify_repository(files_of(carried.proposal), root=found.pinned_root, now=NOW) == found


@pytest.mark.parametrize("what", CHANGES)
def test_python_tufs_own_client_follows_a_completed_proposal(what, world, tmp_path):
    before = world.make()
    made, signers = CHANGES[what]
    carried = read_proposal(passed_on(begin(made(before)), tmp_path, *signers), now=NOW)
    found = complete(carried.proposal, now=NOW)

    if carried.change.before is not None:
        write_next(world.directory, before, found)

    expected = (before if carried.change.before is None else found).pinned_root
    assert (
        foreign_client(world.directory, tmp_path / "client", root=expected)[0]
        == read_verified(world.directory, now=NOW).roster_bytes
    )


@pytest.mark.parametrize("what", CHANGES)
def test_a_proposal_is_nothing_while_a_custodian_is_missing(what, made_once, tmp_path):
    made, signers = CHANGES[what]
    for missing in range(len(signers)):
        rest = signers[:missing] + signers[missing + 1 :]
        place = tmp_path / str(missing)
        place.mkdir()
        carried = read_proposal(passed_on(begin(made(made_once)), place, *rest), now=NOW)

        with pytest.raises(Untrusted, match="distinct custodian keys"):
            complete(carried.proposal, now=NOW)

        assert any(have < need for _, have, need in carried.proposal.standing)


def test_a_stranger_adds_no_signature(made_once, tmp_path):
    with pytest.raises(Untrusted, match="one of the custodians' wanted"):
        passed_on(begin(change(made_once)), tmp_path, DORA)


def test_signing_twice_counts_once(made_once, tmp_path):
    carried = read_proposal(passed_on(begin(change(made_once)), tmp_path, ANN, ANN), now=NOW)

    assert {have for _, have, _ in carried.proposal.standing} == {1}


@pytest.fixture(scope="module")
def signed_once(made_once, tmp_path_factory):
    """Give a proposal two custodians signed, on its stick."""
    return passed_on(begin(change(made_once)), tmp_path_factory.mktemp("signed"), ANN, BEN)


def files_in(stick):
    return {str(path.relative_to(stick)): path.read_bytes() for path in stick.rglob("*") if path.is_file()}


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_an_altered_byte_anywhere_is_refused_or_changes_nothing_that_is_signed(
    signed_once, tmp_path_factory, data
):
    files = files_in(signed_once)
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    flipped = bytearray(files[name])
    flipped[place] ^= data.draw(st.integers(1, 255))
    stick = tmp_path_factory.mktemp("altered") / "stick"
    shutil.copytree(signed_once, stick)
    (stick / name).write_bytes(flipped)

    with pytest.raises(WorkstationError):
        read_proposal(stick, now=NOW)


def document(stick):
    return json.loads((stick / PROPOSAL).read_bytes())


def put(stick, found):
    (stick / PROPOSAL).write_text(json.dumps(found, separators=(",", ":")))


ODD = {
    "another schema": lambda d: d.update(schema="urn:countersign:trust-proposal:v2"),
    "an unknown field": lambda d: d.update(comment="please sign"),
    "a missing field": lambda d: d.pop("custodians"),
    "no time": lambda d: d.update(expires="soon"),
    "another time": lambda d: d.update(expires="2099-01-01T00:00:00Z"),
    "a signature twice": lambda d: d["signatures"].append(d["signatures"][0]),
    "signatures in another order": lambda d: d["signatures"].reverse(),
    "a signature over nothing": lambda d: d["signatures"][0].update(file="metadata/9.targets.json"),
    "a signature under a stranger's id": lambda d: d["signatures"][0].update(keyid="ab" * 32),
    "a signature in capitals": lambda d: d["signatures"][0].update(sig=d["signatures"][0]["sig"].upper()),
    "a signature that is none": lambda d: d["signatures"][0].update(sig="xyz"),
    "another's signature": lambda d: d["signatures"][0].update(sig=d["signatures"][1]["sig"]),
    "a signature over another file": lambda d: d["signatures"][0].update(sig=d["signatures"][2]["sig"]),
    "custodians too": lambda d: d.update(custodians={"threshold": 2, "keys": []}),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_proposal_of_an_odd_form_is_refused(odd, signed_once, tmp_path):
    stick = tmp_path / "stick"
    shutil.copytree(signed_once, stick)
    found = document(stick)
    ODD[odd](found)
    put(stick, found)

    with pytest.raises((Malformed, Untrusted)):
        read_proposal(stick, now=NOW)


def test_only_a_proposals_own_files_may_be_in_it(signed_once, tmp_path):
    def spoiled(name, spoil):
        stick = tmp_path / name
        shutil.copytree(signed_once, stick)
        spoil(stick)
        return stick

    for stick, wanted in (
        (spoiled("extra", lambda s: (s / "readme.txt").write_text("hello")), Malformed),
        (spoiled("folder", lambda s: (s / "after").mkdir()), Malformed),
        (spoiled("missing", lambda s: (s / "policy.json").unlink()), MediaError),
        (spoiled("link", lambda s: relinked(s / "policy.json", s / "roster.json")), Malformed),
        (
            spoiled("unused", lambda s: (s / "before" / "targets" / f"{'0' * 64}.x").write_text("x")),
            Malformed,
        ),
        (spoiled("headless", lambda s: shutil.rmtree(s / "before")), Malformed),
    ):
        with pytest.raises(wanted):
            read_proposal(stick, now=NOW)


def relinked(path, target):
    path.unlink()
    path.symlink_to(target)


def test_a_custodian_who_has_a_root_of_their_own_is_shown_no_other(signed_once, made_once, tmp_path):
    other = replace(World(directory=tmp_path / "other"), custodians=(DORA, RSA), signers=(DORA, RSA)).make()
    first = tmp_path / "first"
    write_proposal(first, begin(change()))

    assert read_proposal(signed_once, now=NOW, root=made_once.pinned_root)
    with pytest.raises(Untrusted):
        read_proposal(signed_once, now=NOW, root=other.pinned_root)
    with pytest.raises(MediaError):
        read_proposal(first, now=NOW, root=made_once.pinned_root)


def test_a_custodian_may_know_only_the_root_after_a_rotation(world, tmp_path):
    first = world.make()
    rotate_root(
        world.directory,
        custodians=custodians(ANN, DORA).keys,
        threshold=2,
        signers=(ANN, BEN, DORA),
        expires=LATER,
    )
    seen = read_verified(world.directory, now=NOW)

    stick = passed_on(begin(change(seen)), tmp_path, ANN, DORA)

    for root in (first.pinned_root, seen.root_bytes):
        assert (
            complete(read_proposal(stick, now=NOW, root=root).proposal, now=NOW).snapshot.roster.version == 2
        )


def test_documents_and_custodians_change_one_after_the_other(made_once):
    both = change(made_once, custodians=custodians(DORA, RSA))

    with pytest.raises(Malformed, match="one change at a time"):
        begin(both)


def test_a_first_trust_root_needs_custodians():
    with pytest.raises(Malformed, match="those of a first trust root wanted"):
        begin(change(custodians=None))


@pytest.mark.parametrize("threshold", [1, 4])
def test_an_odd_threshold_is_refused_when_it_is_proposed(made_once, threshold):
    with pytest.raises(Malformed, match="threshold"):
        begin(rotation(made_once, ANN, BEN, CLEO, threshold=threshold))


def test_an_older_or_other_roster_is_not_proposed(world):
    seen = replace(world, roster=roster(3)).make()

    for offered in (roster(2), roster(3, [(ANN,)])):
        with pytest.raises(Untrusted):
            begin(change(seen, delivery=Delivery(roster=offered, policy=seen.policy_bytes)))


def test_a_roster_that_forgets_is_proposed_to_nobody_and_can_still_be_looked_at(world, tmp_path):
    seen = replace(world, roster=roster(1, [(ANN,), (BEN,)])).make()
    forgetful = change(seen, delivery=Delivery(roster=roster(2, [(ANN,)]), policy=seen.policy_bytes))
    stick = tmp_path / "stick"
    write_proposal(stick, begin(change(seen, delivery=same(seen))))
    (stick / "roster.json").write_bytes(forgetful.delivery.roster)

    with pytest.raises(Untrusted, match="person p2 is gone"):
        begin(forgetful)
    with pytest.raises(Untrusted, match="person p2 is gone"):
        read_proposal(stick, now=NOW)
    violations = read_change(stick, now=NOW).violations(frozenset())
    assert {each.rule for each in violations} == {"ROSTER-SUCCESSION"}
    assert [" ".join(each.detail.split()[-2:]) for each in violations] == ["2 wanted", "is gone", "is gone"]


def test_custodians_are_counted_by_key(made_once):
    assert {key.fingerprint for key in custodians_of(made_once).keys} == {
        ANN.fingerprint, BEN.fingerprint, CLEO.fingerprint,
    }  # fmt: skip
    assert custodians_of(made_once).threshold == 2


def test_writing_takes_no_place_that_is_taken(signed_once, made_once):
    before = files_in(signed_once)

    with pytest.raises(MediaError):
        write_proposal(signed_once, begin(change(made_once)))

    assert files_in(signed_once) == before
    assert is_proposal(signed_once)
    assert not is_proposal(signed_once / "before")


def test_the_same_change_is_the_same_bytes_wherever_it_is_drafted(made_once):
    one, other = begin(change(made_once)), begin(change(made_once, expires=LATER + timedelta(0)))

    assert digest_of(one.to_bytes()) == digest_of(other.to_bytes())
    assert one.proposal.files == other.proposal.files
