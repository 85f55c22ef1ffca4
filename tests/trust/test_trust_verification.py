"""What a workstation believes of a trust root that comes as bytes."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Signature, SSlibKey
from trust.trust_world import ANN, BEN, CLEO, DORA, EXPIRES, NOW, World, altered, resigned, roster, unchanged
from tuf.api.metadata import Metadata, MetaFile, TargetFile

from workstation.core.errors import Malformed, Untrusted, WorkstationError
from workstation.trust.tuf_metadata import RoleName
from workstation.trust.verification import verify_repository

ROOT, TIMESTAMP = "metadata/1.root.json", "metadata/timestamp.json"
SNAPSHOT, TARGETS = "metadata/1.snapshot.json", "metadata/1.targets.json"
STEP = 5
"""Every fifth byte, from another start in each file."""
FLIPS = (0x01, 0x20)
"""The lowest bit, and the one that is a letter's case."""


def verify(made, files, root=None):
    return verify_repository(files, root=made.pinned_root if root is None else root, now=NOW)


def refused(made, files, error=Untrusted, root=None):
    with pytest.raises(error) as raised:
        verify(made, files, root)
    return raised.value


def with_root(made, root):
    """Return the files with another first root in both its places."""
    return {**made.files, "root.json": root, ROOT: root}


def named(files, end):
    return next(name for name in files if name.endswith(end))


def test_a_verified_trust_root_delivers_roster_and_policy_and_says_who_signed(made_once):
    found = verify(made_once, made_once.files)

    assert (found.snapshot.roster.version, found.snapshot.policy.version) == (1, 1)
    assert (found.snapshot.root_version, found.snapshot.targets_version) == (1, 1)
    assert set(found.roles) == set(RoleName)
    for role in found.roles.values():
        assert role.custodians == {ANN.fingerprint, BEN.fingerprint, CLEO.fingerprint}
        assert role.signed_by == {ANN.fingerprint, BEN.fingerprint}
        assert role.threshold == 2


def test_the_files_used_are_a_whole_repository_again(made_once):
    stray = {"metadata/9.targets.json": b"old", "notes.txt": b"not ours"}

    found = verify(made_once, {**made_once.files, **stray})

    assert found.files == made_once.files
    assert verify(made_once, found.files) == found


def test_no_byte_of_any_file_can_change_unnoticed(made_once):
    accepted = [
        (name, place)
        for start, (name, data) in enumerate(made_once.files.items())
        for place in range(start % STEP, len(data), STEP)
        if _accepts(
            made_once, name, data[:place] + bytes([data[place] ^ FLIPS[place % 2]]) + data[place + 1 :]
        )
    ]

    assert accepted == []


def test_no_letter_of_a_signature_can_change_its_case(made_once):
    data = made_once.files[TIMESTAMP]
    sig = json.loads(data)["signatures"][0]["sig"]

    error = refused(
        made_once, {**made_once.files, TIMESTAMP: data.replace(sig.encode(), sig.upper().encode())}, Malformed
    )

    assert "lower-case hex" in error.why


@settings(deadline=None)  # the machine may be busy
@given(st.sampled_from([TIMESTAMP, SNAPSHOT, TARGETS, ROOT]), st.data())
def test_no_byte_can_be_put_in_or_taken_out(made_once, name, data):
    before = made_once.files[name]
    place = data.draw(st.integers(0, len(before) - 1))
    inserted = data.draw(st.binary(max_size=2))
    after = before[:place] + inserted + before[place + 1 :]

    assert after == before or not _accepts(made_once, name, after)


def _accepts(made, name, data):
    try:
        verify(made, {**made.files, name: data})
    except WorkstationError:
        return False
    return True


@settings(deadline=None)  # the machine may be busy
@given(st.sampled_from([TIMESTAMP, SNAPSHOT, TARGETS, ROOT]), st.data())
def test_whatever_custodians_sign_is_understood_or_refused(made_once, name, data):
    """No signed value, of whatever kind in whatever place, is a crash."""
    value = json.loads(made_once.files[name])
    holder, key = data.draw(st.sampled_from(list(places(value["signed"]))))
    holder[key] = data.draw(JSON)
    files = {**made_once.files, name: signed_anyhow(value["signed"])}
    root = files[ROOT]

    with contextlib.suppress(WorkstationError):
        found = verify(made_once, {**files, "root.json": root}, root)
        # By value: a root that calls itself version 2 is found under that number.
        assert files[name] in found.files.values()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2**53 - 1)
    | st.text(max_size=3)
    | st.sampled_from(["f" * 64, "1.0"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


def places(value):
    """Yield every place in a JSON value where another could stand."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def signed_anyhow(signed):
    """Sign a value without asking whether it is metadata."""
    payload = encode_canonical(signed).encode()
    signatures = [{"keyid": by.tuf_key.keyid, "sig": by.sign(payload).hex()} for by in (ANN, BEN)]
    value = {"signatures": signatures, "signed": signed}
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.parametrize("end", [TIMESTAMP, SNAPSHOT, TARGETS, ".roster.json", ".policy.json"])
def test_a_missing_file_is_named(made_once, end):
    name = named(made_once.files, end)
    files = {other: data for other, data in made_once.files.items() if other != name}

    error = refused(made_once, files, Malformed)

    assert (error.where, error.why) == (name, "nothing found, a file wanted")


@pytest.mark.parametrize("name", ["root.json", ROOT])
def test_the_pinned_root_need_not_travel(made_once, name):
    files = {other: data for other, data in made_once.files.items() if other != name}

    assert verify(made_once, files).files == made_once.files


@pytest.mark.parametrize("name", [TIMESTAMP, SNAPSHOT, TARGETS])
def test_one_custodian_is_never_enough(made_once, name):
    files = altered(made_once.files, name, unchanged, signers=[ANN])

    error = refused(made_once, files)

    assert (error.where, "1 distinct" in error.why) == (name, True)


def test_a_root_signed_by_one_custodian_is_never_a_beginning(made_once):
    root = resigned(made_once.pinned_root, unchanged, signers=[ANN])

    assert "1 distinct" in refused(made_once, with_root(made_once, root), root=root).why


def test_a_root_that_leaves_a_role_to_one_person_is_refused(made_once):
    def one_is_enough(signed):
        signed.roles["timestamp"].threshold = 1

    root = resigned(made_once.pinned_root, one_is_enough)

    error = refused(made_once, with_root(made_once, root), root=root)

    assert (error.where, error.why) == (
        "pinned root.roles.timestamp",
        "threshold 1 found, at least 2 wanted",
    )


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_a_root_gives_a_role_to_no_key_it_does_not_list(made_once, role):
    def stranger(signed):
        signed.roles[role].keyids.append("f" * 64)

    root = resigned(made_once.pinned_root, stranger)

    assert (
        refused(made_once, with_root(made_once, root), Malformed, root).where == f"pinned root.roles.{role}"
    )


def one_key_twice(signed, role):
    """Register Ann's key a second time under another key id."""
    again = ANN.tuf_key
    signed.add_key(SSlibKey("e" * 64, again.keytype, again.scheme, again.keyval), role)


def signed_twice_by_ann(data):
    metadata = Metadata.from_bytes(resigned(data, unchanged, signers=[ANN]))
    (only,) = metadata.signatures.values()
    metadata.signatures["e" * 64] = Signature("e" * 64, only.signature)
    return metadata


@pytest.mark.parametrize(
    ("role", "name"), [("targets", TARGETS), ("snapshot", SNAPSHOT), ("timestamp", TIMESTAMP)]
)
def test_one_key_under_two_key_ids_counts_once_although_python_tuf_counts_it_twice(made_once, role, name):
    root = resigned(made_once.pinned_root, lambda signed: one_key_twice(signed, role))
    twice = signed_twice_by_ann(made_once.files[name])

    theirs = Metadata.from_bytes(root).signed
    theirs.verify_delegate(role, twice.signed_bytes, twice.signatures)
    error = refused(made_once, {**with_root(made_once, root), name: twice.to_bytes()}, root=root)

    assert "1 distinct" in error.why


def test_one_key_under_two_key_ids_counts_once_in_the_root_itself(made_once):
    changed = resigned(made_once.pinned_root, lambda signed: one_key_twice(signed, "root"))
    twice = signed_twice_by_ann(changed)
    root = twice.to_bytes()

    assert twice.signed.get_root_verification_result(None, twice.signed_bytes, twice.signatures)
    assert "1 distinct" in refused(made_once, with_root(made_once, root), root=root).why


def test_two_keys_of_one_person_in_the_roster_are_one_custodian(world, made_once):
    listed = roster(holders=[(ANN, BEN), (CLEO,)])
    with pytest.raises(Untrusted) as raised:
        World(directory=world.directory, roster=listed).make()
    made = World(directory=world.directory, roster=listed, signers=(ANN, CLEO)).make()

    assert (raised.value.where, "1 distinct custodians" in raised.value.why) == ("root", True)
    assert made.roles[RoleName.TARGETS].signed_by == {ANN.fingerprint, CLEO.fingerprint}


def test_a_strangers_signature_beside_enough_good_ones_is_refused(made_once):
    files = altered(made_once.files, TIMESTAMP, unchanged, signers=[ANN, BEN, DORA])

    assert "for 0 custodian keys" in refused(made_once, files).why


def test_a_broken_signature_beside_enough_good_ones_is_refused(made_once):
    metadata = Metadata.from_bytes(made_once.files[TIMESTAMP])
    keyid = CLEO.tuf_key.keyid
    metadata.signatures[keyid] = Signature(keyid, CLEO.sign(b"something else").hex())

    error = refused(made_once, {**made_once.files, TIMESTAMP: metadata.to_bytes()})

    assert CLEO.fingerprint in error.why


def test_an_unsigned_field_beside_the_signed_ones_is_refused(made_once):
    value = {**json.loads(made_once.files[TIMESTAMP]), "zzz": 1}
    data = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    assert "unsigned field" in refused(made_once, {**made_once.files, TIMESTAMP: data}, Malformed).why


def test_an_unsigned_field_inside_a_signature_is_refused(made_once):
    value = json.loads(made_once.files[TIMESTAMP])
    value["signatures"][0]["zzz"] = 1
    data = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    assert "odd signature" in refused(made_once, {**made_once.files, TIMESTAMP: data}, Malformed).why


@pytest.mark.parametrize("sig", [7, "", "abc", "zz", None])
def test_a_signature_that_is_no_hex_is_malformed(made_once, sig):
    value = json.loads(made_once.files[TIMESTAMP])
    value["signatures"][0]["sig"] = sig
    data = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    assert "odd signature" in refused(made_once, {**made_once.files, TIMESTAMP: data}, Malformed).why


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"signatures":[],"signed":{"_type":"mirror"}}',
        b'{"a":1,"a":1}',
        b"\xff",
        b"1" * 600_000,
    ],
)
def test_what_is_no_metadata_is_malformed(made_once, data):
    assert refused(made_once, {**made_once.files, TIMESTAMP: data}, Malformed).where == TIMESTAMP


def test_metadata_of_one_role_is_not_another(made_once):
    error = refused(made_once, {**made_once.files, TIMESTAMP: made_once.files[SNAPSHOT]}, Malformed)

    assert error.why == "snapshot metadata found, timestamp wanted"


def test_a_version_is_a_number_and_true_is_none(made_once):
    def truly(signed):
        signed.version = True

    files = altered(made_once.files, TIMESTAMP, truly)

    assert refused(made_once, files, Malformed).where == f"{TIMESTAMP}.signed.version"


@pytest.mark.parametrize(("name", "listing"), [(SNAPSHOT, TIMESTAMP), (TARGETS, SNAPSHOT)])
def test_metadata_stands_at_the_version_that_is_listed(made_once, name, listing):
    def newer(signed):
        signed.version = 2

    error = refused(made_once, altered(made_once.files, name, newer))

    assert (error.where, error.why) == (name, "version 2 found, 1 wanted")


def test_a_length_or_hash_that_is_listed_for_metadata_holds(made_once):
    def listed(signed):
        signed.snapshot_meta = MetaFile.from_data(1, made_once.files[SNAPSHOT] + b" ", ["sha256"])

    assert refused(made_once, altered(made_once.files, TIMESTAMP, listed)).where == SNAPSHOT


def test_a_snapshot_must_list_the_targets(made_once):
    def nothing(signed):
        signed.meta = {"other.json": MetaFile(1)}

    assert (
        refused(made_once, altered(made_once.files, SNAPSHOT, nothing), Malformed).where == f"{SNAPSHOT}.meta"
    )


def test_swapped_targets_are_refused(made_once):
    first, second = named(made_once.files, ".roster.json"), named(made_once.files, ".policy.json")
    files = {**made_once.files, first: made_once.files[second], second: made_once.files[first]}

    assert refused(made_once, files).where == first


def test_a_target_listed_under_the_other_name_is_malformed(made_once):
    def swap(signed):
        entries = signed.targets
        entries["roster.json"], entries["policy.json"] = entries["policy.json"], entries["roster.json"]

    changed = altered(made_once.files, TARGETS, swap)
    first, second = named(changed, ".roster.json"), named(changed, ".policy.json")
    changed[first.replace("roster", "policy")] = changed.pop(first)
    changed[second.replace("policy", "roster")] = changed.pop(second)

    assert refused(made_once, changed, Malformed).where.startswith("roster.json")


def test_a_target_without_its_sha256_is_malformed(made_once):
    def weaker(signed):
        data = made_once.roster_bytes
        signed.targets["roster.json"] = TargetFile.from_data("roster.json", data, ["sha1"])

    assert "sha256" in refused(made_once, altered(made_once.files, TARGETS, weaker), Malformed).why


def test_a_digest_we_do_not_know_is_refused_and_not_ignored(made_once):
    def stranger(signed):
        signed.targets["roster.json"].hashes["made-up"] = "00"

    assert "Unsupported" in refused(made_once, altered(made_once.files, TARGETS, stranger)).why


def test_targets_for_others_are_ignored_and_not_carried_on(made_once):
    def another(signed):
        signed.targets["allowed_signers"] = TargetFile.from_data("allowed_signers", b"keys", ["sha256"])

    files = altered(made_once.files, TARGETS, another)

    assert set(verify(made_once, files).files) == set(made_once.files)


def test_expiry_is_reported_and_left_to_a_guardrail(made_once):
    soon = EXPIRES - timedelta(days=300)

    def sooner(signed):
        signed.expires = soon

    files = altered(made_once.files, SNAPSHOT, sooner)
    before = verify_repository(files, root=made_once.pinned_root, now=soon - timedelta(seconds=1))
    at = verify_repository(files, root=made_once.pinned_root, now=soon)
    after = verify_repository(files, root=made_once.pinned_root, now=EXPIRES)

    assert at.snapshot.expires == soon
    assert (before.expired, at.expired) == ((), (RoleName.SNAPSHOT,))
    assert set(after.expired) == set(RoleName)


def test_a_root_in_another_consistency_is_malformed(made_once):
    def loose(signed):
        signed.consistent_snapshot = False

    root = resigned(made_once.pinned_root, loose)

    assert "consistent_snapshot" in refused(made_once, with_root(made_once, root), Malformed, root).where


def test_another_root_than_the_pinned_one_is_refused(made_once, world):
    other = World(directory=world.directory, custodians=(ANN, BEN, DORA)).make()

    assert refused(made_once, other.files).where == ROOT
    assert refused(made_once, {**made_once.files, "root.json": other.pinned_root}).where == "root.json"
