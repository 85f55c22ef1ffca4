"""The Merkle tree: known answers, laws, and proofs that hold for nothing else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core import merkle
from workstation.core.errors import Untrusted
from workstation.core.merkle import Frontier

# The eight leaves and roots that Certificate Transparency's reference tests use.
DATA = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"PQRSTUVW",
    b"`abcdefghijklmno",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(data) for data in DATA]
SIZES = st.integers(1, 70)


def many(size):
    return [merkle.leaf_hash(index.to_bytes(4, "big")) for index in range(size)]


def by_definition(leaves):
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_certificate_transparency_knows(size):
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier, _ = frontier.grown(leaf)

    assert merkle.root(LEAVES[:size]).hex() == frontier.root().hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing():
    assert merkle.root([]) == Frontier().root() == hashlib.sha256(b"").digest()


def test_proofs_are_those_certificate_transparency_knows():
    subtree = merkle.subtrees_of(LEAVES)

    assert [each.hex()[:16] for each in merkle.inclusion_proof(0, 8, subtree)] == [
        "96a296d224f285c6",
        "5f083f0a1a33ca07",
        "6b47aaf29ee3c2af",
    ]
    assert [each.hex()[:16] for each in merkle.consistency_proof(6, 8, subtree)] == [
        "0ebc5d3437fbe2db",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]


@given(st.integers(0, 300))
@settings(max_examples=40)
def test_root_and_frontier_agree_with_the_definition(size):
    leaves = many(size)
    frontier = Frontier()
    for leaf in leaves:
        frontier, _ = frontier.grown(leaf)

    assert frontier.root() == merkle.root(leaves) == by_definition(leaves)
    assert merkle.frontier_of(size, merkle.subtrees_of(leaves)) == frontier


@given(SIZES)
@settings(max_examples=30)
def test_growing_completes_every_subtree_exactly_once(size):
    leaves, frontier, seen = many(size), Frontier(), {}
    for leaf in leaves:
        frontier, completed = frontier.grown(leaf)
        for node in completed:
            assert (node.level, node.index) not in seen
            seen[node.level, node.index] = node.hash

    subtree = merkle.subtrees_of(leaves)
    assert seen == {
        (level, index): subtree(level, index)
        for level in range(size.bit_length())
        for index in range(size >> level)
    }


@given(SIZES, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_for_nothing_else(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = many(size)
    proof, root = merkle.inclusion_proof(index, size, merkle.subtrees_of(leaves)), merkle.root(leaves)

    merkle.verify_inclusion(leaves[index], index, size, proof, root)
    for other in range(size):
        if other != index:
            with pytest.raises(Untrusted):
                merkle.verify_inclusion(leaves[index], other, size, proof, root)
    for changed in changes(proof):
        with pytest.raises(Untrusted):
            merkle.verify_inclusion(leaves[index], index, size, changed, root)


@given(SIZES, st.data())
def test_a_consistency_proof_holds_for_its_two_trees_and_for_no_fork(size, data):
    old = data.draw(st.integers(0, size))
    leaves = many(size)
    before, after = merkle.root(leaves[:old]), merkle.root(leaves)
    proof = merkle.consistency_proof(old, size, merkle.subtrees_of(leaves))
    fork = bytes(32)

    merkle.verify_consistency(old, size, before, after, proof)
    with pytest.raises(Untrusted):
        merkle.verify_consistency(old, size, fork, after, proof)
    if old:
        with pytest.raises(Untrusted):
            merkle.verify_consistency(old, size, before, fork, proof)
    for changed in changes(proof):
        with pytest.raises(Untrusted):
            merkle.verify_consistency(old, size, before, after, changed)


def changes(proof):
    for at in range(len(proof)):
        yield (*proof[:at], bytes(32), *proof[at + 1 :])
        yield (*proof[:at], *proof[at + 1 :])
    yield (*proof, bytes(32))


def test_history_that_got_shorter_is_refused():
    leaves = many(5)

    with pytest.raises(Untrusted, match="shorter"):
        merkle.verify_consistency(5, 3, merkle.root(leaves), merkle.root(leaves[:3]), ())


def test_an_empty_journal_cannot_have_another_root():
    with pytest.raises(Untrusted):
        merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, bytes(32), ())


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index, size):
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion_proof(index, size, merkle.subtrees_of(many(3)))
    with pytest.raises(Untrusted, match="no such leaf"):
        merkle.verify_inclusion(bytes(32), index, size, (), bytes(32))


def test_a_longer_tree_does_not_begin_a_shorter_one():
    with pytest.raises(ValueError, match="cannot begin"):
        merkle.consistency_proof(3, 2, merkle.subtrees_of(many(3)))
