"""Laws of the builder set: order and repetition say nothing, and more evidence never clears anybody."""

from __future__ import annotations

from closure.closure_world import Closure
from core.documents import KEYS
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.artifact_signer import ArtifactSigner

NAMES = [
    "alice@example.org", "bob@example.org", "github:1001", "github:1002", "carol", "ci-7", "eve@example.org",
    "Alice@example.org", KEYS["dave"].public.fingerprint, KEYS["mallory"].public.fingerprint,
    "openpgp:0123456789ABCDEF",
]  # fmt: skip
ROLES = ["author", "committer", "signer", "tagger", "pusher"]

people = st.lists(
    st.builds(lambda role, who: {"role": role, "identity": who}, *map(st.sampled_from, (ROLES, NAMES))),
    max_size=6,
)
identities = st.lists(st.sampled_from(NAMES), max_size=5)
signers = st.lists(
    st.builds(ArtifactSigner, st.sampled_from(["a.whl", "b.jar"]), st.just("JAR"), st.sampled_from(NAMES)),
    max_size=4,
)
by = st.lists(st.sampled_from(["alice", "carol", "mallory", "ci-7"]), max_size=3, unique=True)


def closure_of(people, identities, signers, by) -> Closure:
    closure = Closure()
    closure.source.update(people=people, identities=identities)
    closure.build.evidence["tests.dsse.json"].by = ["ci-7", *by]
    closure.artifact_signers = tuple(signers)
    return closure


@given(people, identities, signers, by, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_neither_order_nor_repetition_changes_the_builder_set(people, identities, signers, by, random):
    found = closure_of(people, identities, signers, by).builders
    shuffled = [[*part, *part] for part in (people, identities, signers)]
    for part in shuffled:
        random.shuffle(part)
    again = closure_of(*shuffled, by[::-1]).builders

    assert again == found
    assert list(found.edges) == sorted(set(found.edges))
    assert list(found.unresolved) == sorted(set(found.unresolved))


@given(people, identities, signers, by, st.tuples(people, identities, signers))
@settings(max_examples=40, deadline=None)
def test_more_evidence_never_clears_anybody(people, identities, signers, by, more):
    less = closure_of(people, identities, signers, by).builders
    added = [[*one, *other] for one, other in zip((people, identities, signers), more, strict=True)]
    greater = closure_of(*added, by).builders

    assert set(less.edges) <= set(greater.edges)
    assert set(less.unresolved) <= set(greater.unresolved)


@given(people, identities, signers)
@settings(max_examples=40, deadline=None)
def test_every_name_is_either_somebodys_or_kept_as_nobodys(people, identities, signers):
    found = closure_of(people, identities, signers, []).builders

    named = {*identities, *(one["identity"] for one in people), *(one.signer for one in signers)}
    strangers = {"eve@example.org", "Alice@example.org", NAMES[-2], NAMES[-1]}
    assert {one.what.split(" ", 1)[1] for one in found.unresolved} == named & strangers
    assert all(edge.because for edge in found.edges)
