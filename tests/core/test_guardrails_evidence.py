"""What the policy asks for must be there, cover the artifacts, and be signed by who may say it."""

from __future__ import annotations

import pytest
from core.documents import BUILDER_ID, SOURCE, Loose, Signed
from core.world import World, details, violations

from workstation.core.evidence import OCTETS_MEDIA_TYPE
from workstation.core.verdict import Allowed, Violation

PROVENANCE, TESTS, SBOM = "provenance.dsse.json", "tests.dsse.json", "sbom.cdx.json"
OTHER_SERVICE = {
    "id": "ci-8",
    "name": "CI-8",
    "builderIds": ["https://ci.example.org/builders/8"],
    "controllers": ["ned"],
    "attested": "2026-11-01T00:00:00Z",
    "credentials": [],
}


def judged(*changes, action=lambda world: world.countersigning("dave")):
    """Return the verdict on a countersignature by dave after changes to what came in."""
    world = World()
    for change in changes:
        change(world)
    world.admit()
    return world.judge(action(world))


def of_provenance(world):
    return world.build.evidence[PROVENANCE].document["predicate"]["buildDefinition"]


def without(name):
    return lambda world: world.build.evidence.pop(name)


def test_a_signature_by_nobody_we_know_blocks():
    found = judged(lambda world: world.build.evidence[TESTS].by.append("mallory"))

    keyid = World().keys["mallory"].public.keyid
    assert violations(found) == (
        Violation("BUILDER-UNKNOWN", f"key with id '{keyid}' ← signed tests.dsse.json"),
    )


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (
            lambda world: world.build.predicate["builtBy"].append("https://elsewhere.example/runner"),
            "builder https://elsewhere.example/runner ← named as builder by request.dsse.json",
        ),
        (
            lambda world: world.build.predicate["source"]["identities"].append("eve@example.org"),
            "account eve@example.org ← wrote or committed source",
        ),
        (
            lambda world: world.build.predicate["source"]["identities"].append("BOB@example.org"),
            "account BOB@example.org ← wrote or committed source",
        ),
        (
            lambda world: of_provenance(world)["externalParameters"].update(actorId="github:9999"),
            "account github:9999 ← started the build ← named by provenance.dsse.json",
        ),
    ],
)
def test_whatever_leads_to_nobody_blocks_everyone(change, detail):
    assert violations(judged(change)) == (Violation("BUILDER-UNKNOWN", detail),)


def test_a_service_nobody_controls_blocks():
    found = judged(lambda world: world.service("ci-7").update(controllers=[]))

    assert details(found, "BUILDER-UNKNOWN") == [
        f"service ci-7, which nobody controls ← {because}"
        for because in (
            "named as builder by request.dsse.json",
            "named by provenance.dsse.json",
            "signed provenance.dsse.json",
            "signed tests.dsse.json",
        )
    ]


def test_a_submitter_nobody_enrolled_blocks_at_intake_already():
    world = World()
    world.build.predicate["submitter"] = world.keys["mallory"].public.fingerprint

    found = world.judge(world.admitting())

    key = world.keys["mallory"].public.fingerprint
    assert details(found, "BUILDER-UNKNOWN") == [f"key {key} ← submitter of request.dsse.json"]


def test_evidence_that_leads_to_no_person_at_all_blocks():
    def nobody(world):
        world.service("ci-7")["controllers"] = []
        world.build.by = ["ci-7"]
        world.build.predicate.update(submitter=world.keys["ci-7"].public.fingerprint)
        world.build.predicate["source"]["identities"] = []
        of_provenance(world).update(externalParameters={}, internalParameters={})

    found = judged(nobody)

    assert "the evidence leads to nobody at all" in details(found, "BUILDER-UNKNOWN")


@pytest.mark.parametrize(
    "change",
    [
        without(PROVENANCE),
        lambda world: world.build.evidence[PROVENANCE].by.__setitem__(0, "bob"),
        lambda world: world.build.evidence[PROVENANCE].document.update(
            subject=[{"digest": {"sha256": "ab" * 32}}]
        ),
        lambda world: world.service("ci-7")["credentials"][0].update(uses=["request"]),
        lambda world: world.service("ci-7")["credentials"][0].update(validTo="2026-11-20T08:00:00Z"),
        lambda world: world.rule["provenance"].update(builders=[{"id": BUILDER_ID, "service": "ci-8"}]),
    ],
    ids=[
        "absent",
        "signed by a person",
        "of other bytes",
        "key for other use",
        "key expired",
        "other service",
    ],
)
def test_provenance_that_is_not_by_an_allowed_builder_covers_nothing(change):
    found = judged(change, lambda world: world.rule.pop("tests"))

    assert violations(found) == (
        Violation(
            "EVIDENCE-PROVENANCE",
            f"nothing signed by {BUILDER_ID} says how pump-2.4.0.bin was built",
            "provenance.builders",
        ),
    )


def test_provenance_by_a_known_builder_the_policy_does_not_list_covers_nothing():
    def elsewhere(world):
        world.roster["services"].append(OTHER_SERVICE)
        run = world.build.evidence[PROVENANCE].document["predicate"]["runDetails"]
        run["builder"]["id"] = "https://ci.example.org/builders/8"

    rules = [violation.rule for violation in violations(judged(elsewhere))]

    assert rules == ["EVIDENCE-PROVENANCE"]


def test_every_artifact_needs_provenance_not_just_one():
    found = judged(lambda world: world.build.artifacts.update({"extra.bin": b"extra"}))

    assert details(found, "EVIDENCE-PROVENANCE") == [
        f"nothing signed by {BUILDER_ID} says how extra.bin was built"
    ]


@pytest.mark.parametrize(
    ("dependencies", "names"),
    [
        ([{"uri": "git+https://evil.example/pump@main"}], "git+https://evil.example/pump"),
        ([{"uri": f"{SOURCE}@v1"}, {"uri": "https://evil.example/x"}], "https://evil.example/x"),
        ([{"digest": {"sha1": "00"}}], "no source"),
        (None, "no source"),
    ],
)
def test_a_source_the_policy_does_not_list_is_refused(dependencies, names):
    def change(world):
        definition = of_provenance(world)
        definition.pop("resolvedDependencies")
        if dependencies is not None:
            definition["resolvedDependencies"] = dependencies

    assert violations(judged(change)) == (
        Violation("EVIDENCE-SOURCE", f"{PROVENANCE} names {names}", "provenance.sourceUris"),
    )


def test_a_policy_without_sources_asks_for_none():
    def change(world):
        of_provenance(world).pop("resolvedDependencies")
        world.rule["provenance"].pop("sourceUris")

    assert judged(change) == Allowed()


@pytest.mark.parametrize("asked", [None, True])
def test_provenance_that_names_nobody_who_started_the_build_is_refused(asked):
    def change(world):
        world.rule["provenance"]["actorsRequired"] = asked
        if asked is None:
            del world.rule["provenance"]["actorsRequired"]
        of_provenance(world).update(externalParameters={"ref": "v2.4.0"})
        del of_provenance(world)["internalParameters"]

    assert violations(judged(change)) == (
        Violation(
            "EVIDENCE-ACTORS",
            f"{PROVENANCE} does not say who started the build",
            "provenance.actorsRequired",
        ),
    )


def test_a_policy_may_do_without_actors():
    def change(world):
        world.rule["provenance"]["actorsRequired"] = False
        of_provenance(world).update(externalParameters={}, internalParameters={})

    assert judged(change) == Allowed()


@pytest.mark.parametrize(
    "change",
    [
        without(SBOM),
        lambda world: world.build.evidence[SBOM].document.update(specVersion="1.5"),
        lambda world: world.build.evidence[SBOM].document.pop("metadata"),
        lambda world: world.build.evidence[SBOM].document["metadata"]["component"].pop("hashes"),
        lambda world: (
            world.build.evidence[SBOM]
            .document["metadata"]["component"]
            .update(hashes=[{"alg": "SHA-256", "content": "ab" * 32}, {"alg": "MD5", "content": "00"}])
        ),
    ],
    ids=["absent", "other format", "describes nothing", "no digest", "describes other bytes"],
)
def test_a_bill_of_materials_that_does_not_fit_is_none(change):
    assert violations(judged(change)) == (
        Violation(
            "EVIDENCE-SBOM",
            "no fitting SBOM found, one in cyclonedx-1.6 describing an artifact is wanted",
            "sbom",
        ),
    )


def test_a_component_may_be_what_is_described():
    def change(world):
        document = world.build.evidence[SBOM].document
        hashes = document.pop("metadata")["component"]["hashes"]
        document["components"].append({"name": "pump", "hashes": hashes})

    assert judged(change) == Allowed()


def test_a_policy_may_take_any_bill_of_materials():
    def change(world):
        world.rule["sbom"]["mustCoverSubject"] = False
        world.build.evidence[SBOM].document.pop("metadata")

    assert judged(change) == Allowed()


def test_without_cover_a_format_is_still_asked_for():
    def change(world):
        world.rule["sbom"]["mustCoverSubject"] = False
        world.build.evidence[SBOM].document["specVersion"] = "1.4"

    assert details(judged(change), "EVIDENCE-SBOM") == [
        "no fitting SBOM found, one in cyclonedx-1.6 is wanted"
    ]


@pytest.mark.parametrize(
    "changes", [{"result": "FAILED"}, {"result": "WARNED"}, {"result": "passed"}, {"failedTests": ["bench"]}]
)
def test_tests_that_did_not_all_pass_are_refused(changes):
    found = judged(lambda world: world.build.evidence[TESTS].document["predicate"].update(changes))

    said = changes.get("result", "PASSED")
    assert violations(found) == (
        Violation("EVIDENCE-TESTS", f"{TESTS} says {said}, PASSED is wanted", "tests"),
        Violation("EVIDENCE-TESTS", "no passed test covers pump-2.4.0.bin", "tests"),
    )


def test_tests_that_nobody_ran_on_these_bytes_cover_nothing():
    found = judged(
        lambda world: world.build.evidence[TESTS].document.update(subject=[{"digest": {"sha256": "ab" * 32}}])
    )

    assert violations(found) == (
        Violation("EVIDENCE-TESTS", "no passed test covers pump-2.4.0.bin", "tests"),
    )


def test_a_strangers_signature_on_evidence_covers_nothing():
    found = judged(lambda world: world.build.evidence[TESTS].by.__setitem__(0, "mallory"))

    assert details(found, "EVIDENCE-TESTS") == [
        f"{TESTS} says PASSED, PASSED is wanted",
        "no passed test covers pump-2.4.0.bin",
    ]


def test_tests_signed_with_a_key_for_something_else_cover_nothing():
    found = judged(lambda world: world.build.evidence[TESTS].by.__setitem__(0, "alice"))

    assert [violation.rule for violation in violations(found)] == ["EVIDENCE-TESTS", "EVIDENCE-TESTS"]


def test_tests_may_be_left_out_where_the_policy_says_nothing():
    assert judged(without(TESTS), lambda world: world.rule.pop("tests")) == Allowed()


def test_a_policy_may_ask_for_people_alone():
    def change(world):
        for control in ("provenance", "sbom", "tests", "versioning", "controllersAttestedWithinDays"):
            del world.rule[control]
        world.build.evidence = {
            "notes.txt": Loose(OCTETS_MEDIA_TYPE, {}),
            "build.dsse.json": Signed(world.build.evidence[PROVENANCE].document, ["ci-7"]),
        }

    assert judged(change) == Allowed()


@pytest.mark.parametrize("action", [lambda w: w.countersigning("dave"), lambda w: w.releasing()])
def test_a_list_of_controllers_nobody_confirmed_lately_is_refused(action):
    found = judged(
        lambda world: world.service("ci-7").update(attested="2026-08-22T09:59:59Z"),
        lambda world: world.rule["approvals"].update(atLeast=1),
        action=action,
    )

    assert details(found, "CONTROLLERS-STALE") == [
        f"who controls ci-7 was last attested 2026-08-22T09:59:59Z ({PROVENANCE})"
    ]


def test_a_list_of_controllers_holds_for_the_days_of_the_policy():
    found = judged(lambda world: world.service("ci-7").update(attested="2026-08-22T10:00:00Z"))

    assert found == Allowed()


def test_evidence_is_not_asked_for_before_somebody_decides():
    world = World()
    world.build.evidence = {}

    assert world.judge(world.admitting()) == Allowed()
