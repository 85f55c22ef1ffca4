"""Laws of the builder set and of counting: more evidence never acquits, and order means nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.documents import Signed, credential
from core.keys import p256
from core.refusing import refused
from core.world import World, details, violations
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.closure import BuilderSet, Edge, Unresolved, builders_of
from workstation.core.errors import Untrusted
from workstation.core.identity import PersonId
from workstation.core.quorum import quorum_of
from workstation.core.roster import Use
from workstation.core.signers import Known, Stranger, signers_of, sole_signer
from workstation.core.statement import STATEMENT_TYPE
from workstation.core.verdict import Allowed, Blocked

PEOPLE = ("bob", "bob-second", "ned", "alice", "carol", "dave", "erin", "ci-7", "mallory")
ENVELOPES = ("request", "provenance.dsse.json", "tests.dsse.json")
OTHER = {
    "_type": STATEMENT_TYPE,
    "subject": [{"digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://example.org/anything",
}

SIGNATURES = st.tuples(st.just("signature"), st.sampled_from(ENVELOPES), st.sampled_from(PEOPLE))
EVIDENCE = st.tuples(st.just("evidence"), st.sampled_from(["x.json", "y.json"]), st.sampled_from(PEOPLE))
CREDENTIALS = st.tuples(
    st.just("credential"), st.sampled_from(["bob", "ned"]), st.sampled_from(["countersign", "evidence"])
)
ADDITIONS = st.lists(SIGNATURES | EVIDENCE | CREDENTIALS, max_size=4)


def add(world, additions):
    """Add signatures, evidence and credentials of builders to a world nobody has admitted yet."""
    for number, (kind, where, what) in enumerate(additions):
        match kind:
            case "signature" if where == "request":
                world.build.by.append(what)
            case "signature":
                world.build.evidence[where].by.append(what)
            case "evidence":
                world.build.evidence[where] = Signed(OTHER, [what])
            case _:
                key = credential(p256(f"new {number}"), what, tokenSerial=f"token-new-{where}")
                world.person(where)["credentials"].append(key)


@settings(max_examples=40, deadline=None)
@given(additions=ADDITIONS)
def test_nothing_anyone_adds_takes_somebody_out_of_the_builder_set(additions):
    before, after = World(), World()
    add(after, additions)

    assert set(before.builders.edges) <= set(after.builders.edges)
    assert set(before.builders.unresolved) <= set(after.builders.unresolved)


@settings(max_examples=40, deadline=None)
@given(additions=ADDITIONS, name=st.sampled_from(["bob", "bob-second", "ned", "ci-7", "mallory", "frank"]))
def test_nothing_anyone_adds_turns_a_blocked_countersignature_into_an_allowed_one(additions, name):
    world = World()
    add(world, additions)
    world.admit()

    assert isinstance(world.judge(world.countersigning(name)), Blocked)


@settings(max_examples=25, deadline=None)
@given(additions=ADDITIONS)
def test_nothing_a_builder_adds_makes_up_for_what_is_missing(additions):
    world = World()
    del world.build.evidence["sbom.cdx.json"]
    world.service("ci-7")["attested"] = "2026-01-05T09:00:00Z"
    add(world, additions)
    world.admit()

    found = {violation.rule for violation in violations(world.judge(world.countersigning("alice")))}

    assert {"EVIDENCE-SBOM", "CONTROLLERS-STALE"} <= found


@settings(max_examples=25, deadline=None)
@given(
    signers=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4),
    order=st.permutations(["provenance.dsse.json", "tests.dsse.json", "sbom.cdx.json"]),
    data=st.data(),
)
def test_order_and_repetition_change_nothing_about_the_builder_set(signers, order, data):
    one, other = World(), World()
    one.build.by = ["bob", *signers]
    repeated = [*one.build.by, *data.draw(st.lists(st.sampled_from(one.build.by), max_size=3))]
    other.build.by = data.draw(st.permutations(repeated))
    other.build.evidence = {name: other.build.evidence[name] for name in order}

    assert one.builders == other.builders


COUNTED = ("alice", "carol", "dave", "bob-second", "frank")
MADE = World().admit()
for _name in COUNTED:
    MADE.countersign(_name)
FACTS = MADE.facts(MADE.releasing())
BY_NAME = dict(zip(COUNTED, FACTS.countersignatures, strict=True))


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.sampled_from(COUNTED), max_size=8).flatmap(
        lambda n: st.tuples(st.just(n), st.permutations(n))
    )
)
def test_order_and_repetition_change_nothing_about_a_quorum(lists):
    one, other = (
        quorum_of(replace(FACTS, countersignatures=tuple(BY_NAME[name] for name in names))) for names in lists
    )

    assert one.needs == other.needs
    assert {person.id for person in one.approvers} == {person.id for person in other.approvers}
    assert one.needs[0].have == len(set(lists[0]) & {"alice", "carol", "dave"})


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(COUNTED), max_size=5), st.sampled_from(COUNTED))
def test_one_more_countersignature_never_makes_fewer_and_counts_one_at_most(names, more):
    def have(names):
        return quorum_of(replace(FACTS, countersignatures=tuple(BY_NAME[n] for n in names))).needs[0].have

    assert have(names) <= have([*names, more]) <= have(names) + 1


def test_a_quorum_counts_signatures_that_were_made_and_not_people_who_could_make_them():
    assert quorum_of(replace(FACTS, countersignatures=())).needs[0].have == 0


def test_a_way_to_a_builder_reads_as_a_sentence():
    assert str(Edge(PersonId("bob"), ("controls ci-7", "signed x"))) == "bob ← controls ci-7 ← signed x"
    assert str(Unresolved("key k", ("signed x",))) == "key k ← signed x"


def test_a_builder_set_says_why_and_is_written_down_whole():
    edges = (Edge(PersonId("bob"), ("a",)), Edge(PersonId("bob"), ("b",)), Edge(PersonId("ned"), ("a",)))
    found = BuilderSet(edges, ())

    assert found.people == {"bob", "ned"}
    assert found.why(PersonId("bob")) == edges[:2]
    assert found.to_json() == [{"person": edge.person, "because": list(edge.because)} for edge in edges]


def test_every_signature_on_an_envelope_is_somebodys():
    world = World()
    world.build.by = ["bob", "mallory", "alice"]

    found = signers_of(world.request.envelope, world.trust.roster, where="here")

    assert [type(signer) for signer in found] == [Known, Stranger, Known]
    assert found[2].held.holder.id == "alice"


def test_a_signature_in_a_known_name_that_does_not_verify_is_a_lie():
    world = World()
    envelope = world.request.envelope
    (signature,) = envelope.signatures
    forged = replace(envelope, signatures=(replace(signature, keyid=world.keys["alice"].public.keyid),))

    with pytest.raises(Untrusted, match=r"request.dsse.json: the signature does not verify"):
        builders_of(replace(world.request, envelope=forged), world.trust.roster)


def test_a_signature_without_a_keyid_is_a_strangers():
    world = World()
    envelope = world.request.envelope
    unnamed = replace(envelope, signatures=(replace(envelope.signatures[0], keyid=""),))

    found = builders_of(replace(world.request, envelope=unnamed), world.trust.roster)

    assert "key with id '' ← signed request.dsse.json" in map(str, found.unresolved)


@pytest.mark.parametrize("by", [["bob", "alice"], ["bob", "bob"]])
def test_where_one_signature_is_wanted_two_are_too_many(by):
    world = World()
    world.build.by = by

    with pytest.raises(Untrusted, match="here: 2 signatures found, exactly one wanted"):
        sole_signer(world.request.envelope, world.trust.roster, Use.REQUEST, where="here")


def test_a_sole_signer_has_a_key_for_that_use_or_for_whatever_the_asker_decides():
    world = World()
    envelope, roster = world.request.envelope, world.trust.roster

    assert sole_signer(envelope, roster, Use.REQUEST, where="here").holder.id == "bob"
    assert sole_signer(envelope, roster, None, where="here").holder.id == "bob"
    with pytest.raises(Untrusted, match="here: a key of bob not enrolled for station found"):
        sole_signer(envelope, roster, Use.STATION, where="here")


@pytest.mark.parametrize(("keyid", "shown"), [("a" * 64, "a" * 64), ("b" * 65, "b" * 64)])
def test_a_stranger_where_one_signer_is_wanted_is_shown_by_the_key_id(keyid, shown):
    world = World()
    envelope = world.request.envelope
    strange = replace(envelope, signatures=(replace(envelope.signatures[0], keyid=keyid),))

    with refused(Untrusted, f"here: a signature by unknown key '{shown}' found, one from the roster wanted"):
        sole_signer(strange, world.trust.roster, Use.REQUEST, where="here")


def test_a_sole_signature_that_does_not_hold_is_told_of_where_it_stands():
    world = World()
    alice = world.keys["alice"].public
    envelope = world.request.envelope
    forged = replace(envelope, signatures=(replace(envelope.signatures[0], keyid=alice.keyid),))

    with refused(Untrusted, f"here: the signature does not verify under key {alice.fingerprint}"):
        sole_signer(forged, world.trust.roster, Use.REQUEST, where="here")


def test_a_clean_request_leaves_every_approver_free():
    world = World().admit()

    assert world.builders.people == {"bob", "ned"}
    assert world.judge(world.countersigning("erin")) == Allowed()
    assert details(world.judge(world.countersigning("bob-second")), "BUILDER-UNKNOWN") == []


def test_a_machine_that_submits_leads_to_whoever_controls_it():
    world = World()
    world.build.by[:] = ["ci-7"]
    world.build.predicate["submitter"] = world.build.keys["ci-7"].public.fingerprint

    found = world.builders.why(PersonId("ned"))

    assert Edge(PersonId("ned"), ("controls ci-7", "submitter of request.dsse.json")) in found


def test_what_leads_to_nobody_is_told_in_one_order_whatever_order_it_came_in():
    world = World()
    world.build.predicate["builtBy"] += ["https://z.example.org/b", "https://a.example.org/b"]
    world.build.evidence["provenance.dsse.json"].by.append("mallory")

    found = world.builders.unresolved

    assert [one.what for one in found] == sorted(one.what for one in found)
    assert len(found) > 2


def test_a_countersignature_of_the_very_second_the_request_was_made_counts():
    world = World().admit()
    made = world.request.created

    world.countersign("alice", change=lambda said: replace(said, binding=replace(said.binding, at=made)))

    found = quorum_of(world.facts(world.releasing()))
    assert [item.against for item in found.counted] == [()]
