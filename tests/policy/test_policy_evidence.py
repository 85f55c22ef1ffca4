"""What a policy can ask of evidence: at the desk, at the release, and again by the deployer."""

from __future__ import annotations

import pytest
from core.documents import Loose
from core.world import details
from policy.policy_world import (
    DOORS,
    REVISION,
    built_from_a_revision,
    policy_world,
    rebuilt,
    review,
    rules_at,
    scan,
    spdx,
    under_licences,
    verdict_at,
    vex,
)

from workstation.core.errors import Malformed
from workstation.core.evidence import SPDX_MEDIA_TYPE, OpaqueFile, Scan, summary
from workstation.core.evidence_vulnerabilities import Vulnerability
from workstation.core.guardrails.rebuild import independent
from workstation.core.policy_controls import Severity

VULNERABILITIES = {
    "required": True,
    "maxScanAgeHours": 48,
    "maxDbAgeHours": 48,
    "newAtOrAbove": {"critical": 0, "high": 1},
    "vexAcceptedFrom": ["security"],
}
REVIEWS = {"required": True, "atLeast": 2, "services": ["forge-1"]}
REBUILD = {"required": True, "atLeast": 2}
at_every_door = pytest.mark.parametrize("door", DOORS)


def level(builder, wanted):
    def change(world):
        world.rule["provenance"]["builders"][0]["slsaBuildLevel"] = builder
        better = {"id": "https://ci.example.org/9", "service": "ci-9", "slsaBuildLevel": 3}
        world.rule["provenance"]["builders"].append(better)
        world.rule["provenance"]["minSlsaBuildLevel"] = wanted

    return change


@at_every_door
@pytest.mark.parametrize(("builder", "wanted"), [(2, 2), (3, 2), (1, 1)])
def test_a_builder_of_the_level_asked_for_is_good_enough(door, builder, wanted):
    assert rules_at(door, policy_world(level(builder, wanted))) == ()


@at_every_door
@pytest.mark.parametrize(("builder", "wanted"), [(0, 1), (2, 3)])
def test_the_level_is_what_custodians_say_of_a_builder(door, builder, wanted):
    assert rules_at(door, policy_world(level(builder, wanted))) == ("EVIDENCE-LEVEL",)


@at_every_door
def test_two_builders_that_nobody_controls_both_of_make_a_rebuild(door):
    assert rules_at(door, policy_world(rebuilt, rebuild=REBUILD)) == ()


@at_every_door
def test_one_builder_is_no_rebuild(door):
    assert rules_at(door, policy_world(rebuild=REBUILD)) == ("REBUILD-QUORUM",)


@at_every_door
@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.service("ci-8").update(controllers=["otto", "ned"]),
        lambda world: world.service("ci-8").update(
            formerControllers=[{"person": "ned", "until": "2026-11-01T00:00:00Z"}]
        ),
        lambda world: world.build.evidence["rebuild.dsse.json"].by.__setitem__(0, "ci-7"),
        lambda world: world.rule["provenance"]["builders"].pop(),
        lambda world: (
            world.build.evidence["rebuild.dsse.json"]
            .document["subject"][0]
            .update(digest={"sha256": "ab" * 32})
        ),
    ],
    ids=["shared controller", "shared until lately", "signed by the first", "not listed", "other bytes"],
)
def test_a_rebuild_that_is_not_independent_or_not_the_same_does_not_count(door, change):
    assert rules_at(door, policy_world(rebuilt, change, rebuild=REBUILD)) == ("REBUILD-QUORUM",)


@pytest.mark.parametrize(
    ("sets", "count"),
    [((), 0), (("a", "b"), 2), (("ab", "bc", "c"), 2), (("ab", "bc", "ca"), 1), (("abc", "a", "b", "c"), 3)],
)
def test_independent_builders_are_counted_as_many_as_can_be(sets, count):
    assert independent([frozenset(one) for one in sets], 8) == count


def test_counting_stops_when_there_are_enough():
    assert independent([frozenset(one) for one in "abcdef"], 2) == 2


# Bills of materials and licences ──────────────────────────────────────────────────────────────────


@at_every_door
def test_an_spdx_document_that_describes_the_artifact_will_do(door):
    wanted = {"required": True, "formats": ["spdx-2.3"]}

    assert rules_at(door, policy_world(spdx(), sbom=wanted)) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda _: None,
        spdx(spdxVersion="SPDX-2.2"),
        spdx(packages=[{"name": "pump", "checksums": [{"algorithm": "SHA1", "checksumValue": "00"}]}]),
        lambda world: world.build.evidence.update({"sbom.spdx.json": Loose(SPDX_MEDIA_TYPE, {"@graph": []})}),
    ],
    ids=["CycloneDX", "another version", "nothing described", "SPDX 3"],
)
def test_any_other_document_is_no_spdx_of_the_artifact(change):
    wanted = {"required": True, "formats": ["spdx-2.3"]}

    assert rules_at("countersign", policy_world(change, sbom=wanted)) == ("EVIDENCE-SBOM",)


def test_an_spdx_document_names_its_packages():
    purl = {"referenceType": "purl", "referenceLocator": "pkg:generic/zlib@1.3.1"}
    other = {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:b"}
    world = policy_world(spdx({"name": "zlib", "externalRefs": [other, purl]}, files=[]))

    (found,) = (one for one in world.request.evidence if one.name == "sbom.spdx.json")

    assert found.content.components == ("pkg:generic/zlib@1.3.1",)
    assert summary(found.content) == "SBOM spdx-2.3, 1 components"


def test_spdx_of_another_shape_is_a_file_nobody_reads():
    world = policy_world()
    world.build.evidence["sbom.spdx.json"] = Loose(
        SPDX_MEDIA_TYPE, {"@context": "https://spdx.org/rdf/3.0.1"}
    )

    (found,) = (one for one in world.request.evidence if one.name == "sbom.spdx.json")

    assert found.content == OpaqueFile(media_type=SPDX_MEDIA_TYPE)


def licensed(**licences):
    return {"required": True, "formats": ["cyclonedx-1.6", "spdx-2.3"], "licences": licences}


ID, NAME = {"license": {"id": "Zlib"}}, {"license": {"name": "Our own terms"}}


@at_every_door
@pytest.mark.parametrize(
    ("licences", "change"),
    [
        ({"allow": ["Zlib"]}, under_licences(ID)),
        ({"allow": ["Zlib", "MIT"]}, under_licences({"expression": "GPL-3.0-only OR (Zlib AND MIT)"})),
        ({"deny": ["GPL-3.0-only"]}, under_licences(ID)),
        ({"deny": ["GPL-3.0-only"]}, lambda _: None),
        ({"allow": ["MIT", "BSD-3-Clause"]}, spdx({"name": "a", "licenseDeclared": "BSD-3-Clause"})),
    ],
)
def test_components_under_licences_that_are_let_in_pass(door, licences, change):
    assert rules_at(door, policy_world(change, sbom=licensed(**licences))) == ()


@at_every_door
@pytest.mark.parametrize(
    ("licences", "change"),
    [
        ({"allow": ["MIT"]}, under_licences(ID)),
        ({"allow": ["MIT"]}, lambda _: None),
        ({"allow": ["Zlib"]}, under_licences(ID, NAME)),
        ({"deny": ["Zlib"]}, under_licences(ID)),
        ({"allow": ["MIT"]}, spdx({"name": "a", "licenseConcluded": "NOASSERTION"})),
        (
            {"allow": ["MIT"]},
            spdx({"name": "a", "licenseConcluded": "GPL-2.0-only", "licenseDeclared": "MIT"}),
        ),
    ],
)
def test_a_component_under_another_licence_is_refused(door, licences, change):
    assert rules_at(door, policy_world(change, sbom=licensed(**licences))) == ("EVIDENCE-LICENCE",)


# Vulnerabilities ──────────────────────────────────────────────────────────────────────────────────


@at_every_door
@pytest.mark.parametrize(
    "changes",
    [
        (scan(),),
        (scan(("CVE-1", "high"), ("CVE-2", "medium")),),
        (scan(("CVE-1", "critical")), vex(("CVE-1", "not_affected"))),
        (scan(("GHSA-CVE-1", "9.8")), vex(("CVE-1", "fixed"))),
        (scan(("CVE-1", "critical")), vex(("CVE-1", "affected"), ("CVE-1", "fixed"))),
        (scan(), scan(finished="2026-10-01T00:00:00Z", name="old.dsse.json")),
    ],
    ids=["none", "as many as may be", "answered", "by another name", "in the end", "an old one too"],
)
def test_a_fresh_scan_with_nothing_unanswered_is_enough(door, changes):
    assert rules_at(door, policy_world(*changes, vulnerabilities=VULNERABILITIES)) == ()


@at_every_door
@pytest.mark.parametrize(
    "changes",
    [
        (),
        (scan(finished="2026-11-18T09:59:59Z"),),
        (scan(finished="2026-11-20T11:00:00Z"),),
        (scan(database="2026-11-18T09:59:59+00:00"),),
        (scan(database=None),),
        (
            scan(),
            lambda world: (
                world.build.evidence["scan.dsse.json"]
                .document["subject"][0]
                .update(digest={"sha256": "ab" * 32})
            ),
        ),
    ],
    ids=["no scan", "an old one", "one still to come", "an old database", "no database", "another artifact"],
)
def test_without_a_fresh_scan_of_every_artifact_nothing_goes(door, changes):
    assert rules_at(door, policy_world(*changes, vulnerabilities=VULNERABILITIES)) == ("EVIDENCE-SCAN",)


def test_a_scan_counts_only_when_somebody_may_say_so():
    world = policy_world(scan(by="bob"), vulnerabilities=VULNERABILITIES)
    world.person("bob")["credentials"][0]["uses"] = ["request"]

    assert rules_at("countersign", world) == ("EVIDENCE-SCAN",)


@at_every_door
@pytest.mark.parametrize(
    "changes",
    [
        (scan(("CVE-1", "critical")),),
        (scan(("CVE-1", "high"), ("CVE-2", "7.0")),),
        (scan(("CVE-1", "critical")), vex(("CVE-1", "under_investigation"))),
        (scan(("CVE-1", "critical")), vex(("CVE-2", "fixed"))),
        (scan(("CVE-1", "critical")), vex(("CVE-1", "fixed"), ("CVE-1", "affected"))),
        (
            scan(("CVE-1", "critical")),
            vex(("CVE-1", "fixed")),
            vex(("CVE-1", "affected"), by="rita", name="v2.dsse.json"),
        ),
        (scan(("CVE-1", "critical")), vex(("CVE-1", "fixed"), by="rita")),
        (scan(("CVE-1", "critical")), vex(("CVE-1", "fixed"), by="ci-7")),
        (scan(("CVE-1", "nobody knows")),),
        (
            scan(),
            scan(("CVE-1", "critical"), finished="2026-10-01T00:00:00Z", by="rita", name="old.dsse.json"),
        ),
    ],
    ids=[
        "unanswered",
        "two where one may be",
        "no answer yet",
        "about another",
        "affected in the end",
        "somebody says affected",
        "without the role",
        "a machine",
        "severity unknown",
        "in an old scan",
    ],
)
def test_a_vulnerability_without_an_accepted_answer_is_refused(door, changes):
    world = policy_world(*changes, vulnerabilities=VULNERABILITIES)

    assert rules_at(door, world) == ("EVIDENCE-VULNERABILITIES",)


def test_the_one_answer_that_is_wanted_is_enough():
    world = policy_world(
        scan(("CVE-1", "critical")), vex(("CVE-1", "fixed")), vulnerabilities=VULNERABILITIES
    )
    (said,) = world.build.evidence["vex.dsse.json"].document["predicate"]["statements"]
    del said["vulnerability"]["aliases"]

    assert rules_at("countersign", world) == ()


def test_nobody_answers_for_what_they_built():
    world = policy_world(
        scan(("CVE-1", "critical")), vex(("CVE-1", "fixed")), vulnerabilities=VULNERABILITIES
    )
    world.service("ci-7")["controllers"].append("vera")

    assert rules_at("countersign", world) == ("EVIDENCE-VULNERABILITIES",)


def test_an_answer_about_other_bytes_answers_nothing():
    world = policy_world(
        scan(("CVE-1", "critical")), vex(("CVE-1", "fixed")), vulnerabilities=VULNERABILITIES
    )
    world.build.evidence["vex.dsse.json"].document["subject"][0]["digest"] = {"sha256": "ab" * 32}

    assert rules_at("countersign", world) == ("EVIDENCE-VULNERABILITIES",)


def test_what_is_found_in_something_else_is_not_ours():
    world = policy_world(
        scan(), scan(("CVE-1", "critical"), name="x.dsse.json"), vulnerabilities=VULNERABILITIES
    )
    world.build.evidence["x.dsse.json"].document["subject"][0]["digest"] = {"sha256": "ab" * 32}

    assert rules_at("countersign", world) == ()


def test_scans_and_answers_are_told_in_a_line():
    world = policy_world(scan(("CVE-1", "high")), vex(("CVE-1", "fixed"), ("CVE-2", "fixed")))

    told = [summary(one.content) for one in world.request.evidence]

    assert "scan by pkg:generic/scanner@1 at 2026-11-20T07:30:00Z: 1 found" in told
    assert "answers about 2 vulnerabilities" in told


def test_a_refusal_names_what_has_no_answer():
    world = policy_world(scan(("CVE-2", "high"), ("CVE-1", "high")), vulnerabilities=VULNERABILITIES)

    assert details(verdict_at("countersign", world), "EVIDENCE-VULNERABILITIES") == [
        "2 of severity high or worse without an answer, at most 1 may be: CVE-1, CVE-2"
    ]


@pytest.mark.parametrize(("count", "more"), [(10, ""), (11, " …"), (12, " …")])
def test_of_many_without_an_answer_ten_are_named(count, more):
    found = [(f"CVE-{number}", "high") for number in range(10, 10 + count)]
    world = policy_world(scan(*found), vulnerabilities=VULNERABILITIES)

    named = ", ".join(name for name, _ in found[:10])
    assert details(verdict_at("countersign", world), "EVIDENCE-VULNERABILITIES") == [
        f"{count} of severity high or worse without an answer, at most 1 may be: {named}{more}"
    ]


SCANNED = "a scan of the last 48 hours"
WITH_DATABASE = f"{SCANNED} and a database of the last 24 hours"


@pytest.mark.parametrize(
    ("ages", "wanted"),
    [
        ({}, ""),
        ({"maxScanAgeHours": 48}, f"; {SCANNED} is wanted"),
        ({"maxScanAgeHours": 48, "maxDbAgeHours": 24}, f"; {WITH_DATABASE} is wanted"),
    ],
)
def test_a_scan_that_is_missing_is_described(ages, wanted):
    world = policy_world(vulnerabilities={"required": True, "newAtOrAbove": {"high": 1}, **ages})

    assert details(verdict_at("countersign", world), "EVIDENCE-SCAN") == [
        f"no fresh signed scan covers pump-2.4.0.bin{wanted}"
    ]


@pytest.mark.parametrize(
    ("finished", "rules"),
    [
        ("2026-11-18T10:00:00Z", ()),
        ("2026-11-18T09:59:59Z", ("EVIDENCE-SCAN",)),
        ("2026-11-20T10:10:00Z", ()),
        ("2026-11-20T10:10:01Z", ("EVIDENCE-SCAN",)),
    ],
)
def test_the_age_of_a_scan_holds_to_the_very_second_and_forgives_a_clock_a_little_ahead(finished, rules):
    world = policy_world(scan(finished=finished), vulnerabilities=VULNERABILITIES)

    assert rules_at("countersign", world) == rules


@pytest.mark.parametrize(
    ("score", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("important", Severity.HIGH),
        ("moderate", Severity.MEDIUM),
        ("low", Severity.LOW),
        ("10.0", Severity.CRITICAL),
        ("9", Severity.CRITICAL),
        ("8.9", Severity.HIGH),
        ("4.0", Severity.MEDIUM),
        ("0.1", Severity.LOW),
        ("0.0", None),
        ("negligible", None),
        ("10.1", Severity.CRITICAL),
        ("CVSS:3.1/AV:N", Severity.CRITICAL),
        ("", Severity.CRITICAL),
    ],
)
def test_a_score_is_a_word_or_a_number_and_what_is_neither_is_taken_for_the_worst(score, severity):
    world = policy_world(scan(("CVE-1", score)))

    (found,) = (one.content for one in world.request.evidence if isinstance(one.content, Scan))

    assert found.found == (Vulnerability(id="CVE-1", severity=severity),)


@pytest.mark.parametrize(
    "moment",
    ["yesterday", "2026-11-20", "2026-13-20T00:00:00Z", "2026-11-20T07:30:00", "0001-01-01T00:00:00+23:59"],
)
def test_a_scan_says_when_it_was(moment):
    with pytest.raises(Malformed, match=r"scanFinishedOn: .* RFC 3339"):
        _ = policy_world(scan(finished=moment)).request


# Code reviews ─────────────────────────────────────────────────────────────────────────────────────


@at_every_door
@pytest.mark.parametrize(
    "changes",
    [
        (review("2001", "2002"),),
        (review("2002"), review("2002", by="rita", name="own.dsse.json")),
        (review("2001", "2002", "1001", "9999"),),
    ],
    ids=["the forge names two", "one signs alone", "and others"],
)
def test_two_people_who_did_not_write_it_are_two_reviewers(door, changes):
    assert rules_at(door, policy_world(built_from_a_revision, *changes, reviews=REVIEWS)) == ()


@at_every_door
@pytest.mark.parametrize(
    "changes",
    [
        (),
        (review("2001", "2001"),),
        (review("2001"), review("2001", name="again.dsse.json")),
        (review("2001", "1001"),),
        (review("2001", "9999"),),
        (review("2001", "2002", by="ci-7"),),
        (review("2001", "2002", revision="00" * 20),),
        (lambda world: world.service("ci-7")["controllers"].append("ruth"), review("2001", "2002")),
        (
            lambda world: world.person("ruth").update(status=[{"since": "2027-01-01T00:00:00Z"}]),
            review("2001", "2002"),
        ),
    ],
    ids=[
        "none",
        "one twice",
        "one in two",
        "an author",
        "a stranger",
        "a machine that is no forge",
        "another revision",
        "who controls the builder",
        "who is not here yet",
    ],
)
def test_too_few_reviewers_who_did_not_write_it_are_refused(door, changes):
    assert rules_at(door, policy_world(built_from_a_revision, *changes, reviews=REVIEWS)) == (
        "EVIDENCE-REVIEWS",
    )


def test_a_review_is_worth_nothing_when_provenance_names_no_revision():
    found = verdict_at("countersign", policy_world(review("2001", "2002"), reviews=REVIEWS))

    assert details(found, "EVIDENCE-REVIEWS") == ["no provenance names the revision that was built"]


def test_a_reviewer_may_be_named_without_a_uri():
    world = policy_world(built_from_a_revision, review("2002"), reviews={**REVIEWS, "atLeast": 1})
    named = world.build.evidence["review.dsse.json"].document["predicate"]["reviewers"]
    named[:] = [{}, {"name": "github:2001"}]

    assert rules_at("countersign", world) == ()
    assert f"code review of {REVISION} by 2 people" in [
        summary(one.content) for one in world.request.evidence
    ]


# Outputs ──────────────────────────────────────────────────────────────────────────────────────────


@at_every_door
@pytest.mark.parametrize(("outputs", "rules"), [(["dsse", "cms"], ()), (["cms"], ("OUTPUT-NOT-ALLOWED",))])
def test_only_outputs_the_policy_lists_leave(door, outputs, rules):
    assert rules_at(door, policy_world(outputs=outputs)) == rules
