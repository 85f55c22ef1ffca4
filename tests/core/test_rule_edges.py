"""At the very edge of a rule, and what a refusal says when there is more than one thing to say."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from core.documents import BUILDER_ID, KEYS, SOURCE, Build, Signed, service
from core.killers import changed, countersigning, following, received, renewed, standing
from core.world import World, details, violations
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.action import ApplyTrust
from workstation.core.dsse import Signature, make_envelope
from workstation.core.errors import Untrusted
from workstation.core.guardrails.approver import objections
from workstation.core.guardrails.evidence import evidence_tests
from workstation.core.guardrails.findings import finding_id
from workstation.core.guardrails.judge import judge
from workstation.core.guardrails.rebuild import independent
from workstation.core.guardrails.request import request_submitter
from workstation.core.identity import PersonId
from workstation.core.release_diff import Finding, ReleaseDiff

OTHER_BUILDER = {"id": "https://ci.example.org/builders/8", "service": "ci-7"}
UNTIL = "2026-11-21T00:00:00Z"
PEOPLE = [PersonId(name) for name in ("alice", "bob", "carol", "dave", "erin")]


def said(case, rule):
    action, facts = case
    return details(judge(action, facts), rule)


def provenance(world):
    return world.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]


# More than one thing to say ------------------------------------------------------------------------


def two_builders_allowed(world):
    world.rule["provenance"]["builders"].append(OTHER_BUILDER)
    world.build.evidence.pop("provenance.dsse.json")


def two_strange_sources(world):
    uris = ("git+https://elsewhere.example/b", "git+https://elsewhere.example/a", SOURCE)
    provenance(world)["resolvedDependencies"] = [{"uri": uri} for uri in uris]


def no_bill_of_either_format(world):
    world.rule["sbom"]["formats"] = ["spdx-2.3", "cyclonedx-1.6"]
    world.build.evidence.pop("sbom.cdx.json")


def no_bill_at_all(world):
    world.rule["sbom"].update(mustCoverSubject=False)
    world.build.evidence.pop("sbom.cdx.json")


@pytest.mark.parametrize(
    ("change", "rule", "detail"),
    [
        (
            two_builders_allowed,
            "EVIDENCE-PROVENANCE",
            f"nothing signed by {BUILDER_ID} or {OTHER_BUILDER['id']} says how pump-2.4.0.bin was built",
        ),
        (
            two_strange_sources,
            "EVIDENCE-SOURCE",
            "provenance.dsse.json names git+https://elsewhere.example/a, git+https://elsewhere.example/b",
        ),
        (
            no_bill_of_either_format,
            "EVIDENCE-SBOM",
            "no fitting SBOM found, one in cyclonedx-1.6 or spdx-2.3 describing an artifact is wanted",
        ),
        (no_bill_at_all, "EVIDENCE-SBOM", "no fitting SBOM found, one in cyclonedx-1.6 is wanted"),
        (
            lambda world: world.rule.update(outputs=["openpgp", "cms"]),
            "OUTPUT-NOT-ALLOWED",
            "dsse is asked for; allowed: cms, openpgp",
        ),
    ],
)
def test_a_refusal_names_everything_that_was_found_or_would_do(change, rule, detail):
    assert said(changed(change), rule) == [detail]


def test_everybody_who_declined_is_named():
    world = World().admit().decline("erin").decline("alice")

    assert said(countersigning()(world), "REQUEST-DECIDED") == ["declined by erin, alice"]


def test_every_role_that_would_do_is_named():
    def two_roles_wanted(world):
        world.rule["approvals"]["groups"] = [{"roles": ["owner", "security"], "atLeast": 1}]
        world.person("dave").update(roles=[])

    (found,) = (
        one for one in objections(standing("dave", two_roles_wanted)()) if one.rule == "APPROVER-ROLE"
    )

    assert found.detail == "Dave has no role; approver or owner or security is wanted"


def test_a_service_that_signed_no_provenance_is_named_without_any():
    def another_builder(world):
        other = service("ci-8", builder_ids=("https://ci.example.org/builders/8",), controller="ned")
        world.roster["services"].append(other | {"attested": "2026-01-05T09:00:00Z"})
        world.build.predicate["builtBy"].append("https://ci.example.org/builders/8")

    assert said(changed(another_builder), "CONTROLLERS-STALE") == [
        "who controls ci-8 was last attested 2026-01-05T09:00:00Z"
    ]


# At the edge ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attested", "stale"),
    [
        ("2026-11-20T10:00:00Z", False),
        ("2026-11-20T10:10:00Z", False),
        ("2026-11-20T10:10:01Z", True),
        ("2026-10-21T10:00:00Z", False),
        ("2026-10-21T09:59:59Z", True),
    ],
)
def test_a_list_of_controllers_holds_to_the_very_second(attested, stale):
    def confirmed(world):
        world.rule["controllersAttestedWithinDays"] = 30
        for each in world.roster["services"]:
            each["attested"] = attested

    assert bool(said(changed(confirmed), "CONTROLLERS-STALE")) is stale


def test_two_test_results_cover_an_artifact_each():
    world = World(build=Build(artifacts={"a.bin": b"a", "b.bin": b"b"}))
    whole = world.build.evidence.pop("tests.dsse.json").document
    for number, subject in enumerate(whole["subject"]):
        world.build.evidence[f"tests-{number}.dsse.json"] = Signed({**whole, "subject": [subject]}, ["ci-7"])

    assert said(countersigning()(world.admit()), "EVIDENCE-TESTS") == []


@pytest.mark.parametrize(("length", "whole"), [(1800, True), (1801, False)])
def test_a_finding_is_named_by_its_path_or_if_that_is_too_long_by_its_digest(length, whole):
    found = finding_id(Finding(rule="DIFF-A", rank=50, path="a" * length, sentence="s"))

    assert found.startswith("DIFF-A a" if whole else "DIFF-A sha256:")


def test_what_cannot_be_looked_into_is_refused_and_need_not_be_acknowledged():
    found = Finding(rule="DIFF-LIMIT", rank=100, path="a", sentence="too deep")
    world = World(diff=ReleaseDiff(findings=(found,)))
    world.rule["mustOpen"] = {"atOrAbove": 90}

    verdict = world.admit().judge(world.countersigning("dave"))

    assert {violation.rule for violation in violations(verdict)} == {"REVIEW-REFUSED"}


def test_a_trust_root_that_has_expired_is_not_followed():
    action, facts = following(renewed("roster"))
    expired = replace(action.trust, expires=facts.now)

    found = judge(ApplyTrust(trust=expired, root=action.root, targets=action.targets), facts)

    assert [one.rule for one in violations(found) if one.rule.startswith("TRUST-")] == ["TRUST-EXPIRED"]


@settings(deadline=None)
@given(
    st.lists(st.frozensets(st.sampled_from(PEOPLE), min_size=1, max_size=3), max_size=6), st.integers(1, 5)
)
def test_builders_who_share_nobody_are_found_wherever_they_stand(controllers, wanted):
    apart = (
        len(several)
        for count in range(len(controllers) + 1)
        for several in combinations(controllers, count)
        if all(not one & other for one, other in combinations(several, 2))
    )

    assert min(independent(controllers, wanted), wanted) == min(max(apart), wanted)


# Errors say where ----------------------------------------------------------------------------------


def test_a_receipt_without_any_roster_is_signed_by_nobody_we_could_know():
    action, facts = received()
    found = judge(action, replace(facts, trust=None))

    assert [one.rule for one in violations(found)] == ["TRUST-MISSING"]


def test_a_receipt_signed_by_nobody_we_know_says_that_it_is_the_receipt():
    action, facts = received(by="mallory")

    with pytest.raises(Untrusted) as raised:
        judge(action, facts)

    assert raised.value.where == "receipt"


def signed_falsely(envelope, name):
    """Return an envelope on which a known key's signature is over something else."""
    key = KEYS[name]
    false = Signature(keyid=key.public.keyid, value=key.sign(b"something else"))
    return make_envelope(envelope.payload, (false,))


def test_a_request_whose_signature_does_not_hold_says_that_it_is_the_request():
    world = World()
    action = world.admitting()
    facts = world.facts(action)
    false = replace(facts.request, envelope=signed_falsely(facts.request.envelope, "bob"))

    with pytest.raises(Untrusted) as raised:
        tuple(request_submitter(replace(action, request=false), replace(facts, request=false)))

    assert raised.value.where == "request"


def test_evidence_whose_signature_does_not_hold_is_named():
    world = World().admit()
    action = world.releasing()
    facts = world.facts(action)
    evidence = tuple(
        replace(one, envelope=signed_falsely(one.envelope, "ci-7")) if one.name == "tests.dsse.json" else one
        for one in facts.request.evidence
    )

    with pytest.raises(Untrusted) as raised:
        tuple(evidence_tests(action, replace(facts, request=replace(facts.request, evidence=evidence))))

    assert raised.value.where == "tests.dsse.json"


# Counted, and told by name --------------------------------------------------------------------------


def test_a_quorum_says_whose_countersignature_does_not_count_and_why():
    world = World().admit()
    for name in ("alice", "bob-second"):
        world.countersign(name)

    found = said((world.releasing(), world.facts(world.releasing())), "SOD-BUILDER")

    assert found[0].startswith("Bob's countersignature does not count: Bob had a hand in this: bob ← ")


def test_a_broken_glass_says_how_many_broke_it():
    def in_a_freeze(world):
        period = {"from": "2026-11-20T00:00:00Z", "to": UNTIL, "reason": "stock-taking"}
        glass = {"role": "approver", "atLeast": 2, "reasonRequired": True}
        world.rule["freeze"] = {"periods": [period], "breakGlass": glass}

    world = World()
    in_a_freeze(world)
    world.admit()
    world.countersign("alice")
    action = world.releasing()

    found = [one for one in violations(judge(action, world.facts(action))) if one.rule == "BREAK-GLASS"]

    assert [(one.detail, one.control) for one in found] == [
        (
            f"frozen until {UNTIL}: 1 of 2 people with role approver have signed in this freeze and said why",
            "freeze.breakGlass.atLeast",
        )
    ]


def test_who_signed_under_an_older_roster_may_sign_again():
    world = World().admit()
    world.countersign("alice")
    world.roster["version"] += 1

    found = judge(world.countersigning("alice"), world.facts(world.countersigning("alice")))

    assert "APPROVER-REPEATED" not in {one.rule for one in violations(found)}
