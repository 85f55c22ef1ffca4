"""A witness signs what goes on from the last, and nothing else; a memory knows what contradicts it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workstation.core import merkle
from workstation.core.checkpoint import (
    Checkpoint,
    SignatureType,
    Signer,
    signature_line,
    signed_note,
    verify_note,
)
from workstation.core.countersignature import Head
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest
from workstation.core.memory import Remembered, contradiction, remembered_note
from workstation.core.witness import (
    Seen,
    Shown,
    cosigned,
    expect_consistent,
    parse_shown,
    witness_signer,
)

ORIGIN = "ws1.example/journal"
STATION, WITNESS = (
    Ed25519PrivateKey.from_private_bytes(b"\1" * 32),
    Ed25519PrivateKey.from_private_bytes(b"\2" * 32),
)
RAW = STATION.public_key().public_bytes_raw()
SIGNER = Signer(name=ORIGIN, type=SignatureType.ED25519, key=RAW)
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(40)]
OTHER = [merkle.leaf_hash(bytes([number, 1])) for number in range(40)]


def note(size, leaves=LEAVES, origin=ORIGIN):
    checkpoint = Checkpoint(origin=origin, size=size, root=merkle.root(leaves[:size]))
    signer = replace(SIGNER, name=origin)
    return signed_note(checkpoint, [signature_line(signer, STATION.sign(checkpoint.body()))])


def shown(old, size, leaves=LEAVES):
    proof = merkle.consistency_proof(old, size, merkle.subtrees_of(leaves[:size]))
    return Shown(note=note(size, leaves), old=old, proof=proof)


def seen(size, leaves=LEAVES):
    return Seen(size=size, root=merkle.root(leaves[:size]))


def test_what_is_shown_comes_back_from_its_bytes():
    assert parse_shown(shown(5, 20).to_bytes(), where="f") == shown(5, 20)


def test_what_goes_on_from_the_last_is_signed_and_the_signature_verifies():
    checkpoint = expect_consistent(shown(5, 20), SIGNER, seen(5))
    raw = WITNESS.public_key().public_bytes_raw()

    whole = cosigned(note(20), "laptop", raw, 1_795_000_000, WITNESS.sign)

    known = [SIGNER, witness_signer("laptop", raw)]
    assert checkpoint.size == 20
    assert verify_note(whole, known).signers == tuple(known)


@pytest.mark.parametrize("first", [None, seen(20)])
def test_a_first_meeting_and_the_same_again_are_consistent(first):
    assert expect_consistent(shown(0, 20), SIGNER, first).size == 20


@pytest.mark.parametrize(
    ("said", "before", "why"),
    [
        (shown(5, 20), seen(21), "were signed before"),
        (shown(5, 20), seen(20, OTHER), "a fork"),
        (shown(5, 20), seen(5, OTHER), "does not join"),
        (shown(5, 20, OTHER), seen(5), "does not join"),
        (replace(shown(5, 20), proof=()), seen(5), "does not join"),
        (replace(shown(5, 20), note=note(20, origin="ws2.example/journal")), seen(5), "no known key"),
    ],
)
def test_another_past_or_another_present_gets_no_cosignature(said, before, why):
    with pytest.raises(Untrusted, match=why):
        expect_consistent(said, SIGNER, before)


def test_a_proof_from_somewhere_else_is_told():
    with pytest.raises(Malformed, match="from 6 wanted"):
        expect_consistent(shown(5, 20), SIGNER, seen(6))


def test_a_cosignature_that_does_not_verify_never_leaves():
    raw = WITNESS.public_key().public_bytes_raw()

    with pytest.raises(Untrusted):
        cosigned(note(20), "laptop", raw, 1, STATION.sign)


def head(size, leaves=LEAVES, origin=ORIGIN):
    return Head(origin=origin, size=size, root=Digest(merkle.root(leaves[:size]).hex()))


def proof(old, new):
    return merkle.consistency_proof(old, new, merkle.subtrees_of(LEAVES[:new]))


@pytest.mark.parametrize(
    ("remembered", "why"),
    [
        (head(0), None),
        (head(30), None),
        (head(12), None),
        (head(31), "earlier day"),
        (head(12, OTHER), "rewritten"),
        (head(30, OTHER), "rewritten"),
        (head(12, origin="elsewhere"), "another journal"),
    ],
)
def test_a_memory_knows_what_the_journal_was(remembered, why):
    found = contradiction(Remembered(memory="token:1", head=remembered), head(30), proof)

    assert found is None if why is None else (why in found and found.startswith("token:1"))


def test_only_what_the_station_signed_is_remembered():
    found = remembered_note("paper", note(7), origin=ORIGIN, station_key=RAW)

    assert found == Remembered(memory="paper", head=head(7))
    with pytest.raises(Untrusted):
        remembered_note("paper", note(7), origin=ORIGIN, station_key=WITNESS.public_key().public_bytes_raw())
