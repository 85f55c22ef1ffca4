"""A policy is data in a closed vocabulary: it can ask for more, and cannot take away what is built in."""

from __future__ import annotations

import pytest
from core.documents import PRODUCT, json_bytes, policy_document
from core.world import World
from packageurl import PackageURL

from workstation.core.errors import Malformed
from workstation.core.policy import pattern_of, without_version
from workstation.core.policy_document import parse_policy
from workstation.core.shape import Shape

PERIOD = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z", "reason": "year end"}
GLASS = {"role": "duty", "atLeast": 2, "reasonRequired": True, "reviewWithinHours": 24}


def parsed(change=lambda _: None):
    document = policy_document()
    change(document)
    return parse_policy(json_bytes(document))


def rule(document):
    return document["rules"][0]


def purl(text):
    return Shape(text, "purl").purl(with_version="@" in text)


def test_a_rule_covers_every_version_of_its_products_in_its_channels():
    policy = parsed()

    assert policy.rule_for(purl(f"{PRODUCT}@1"), "stable") is policy.rules[0]
    assert policy.rule_for(purl(f"{PRODUCT}@2"), "stable") is policy.rules[0]
    assert policy.rule_for(purl(f"{PRODUCT}@2"), "Stable") is None
    assert policy.rule_for(purl(f"{PRODUCT}-2@2"), "stable") is None


@pytest.mark.parametrize(
    ("product", "named"),
    [
        ("pkg:deb/debian/pump@1?arch=arm64", "pkg:deb/debian/pump"),
        ("pkg:deb/debian/pump@1#usr/bin", "pkg:deb/debian/pump"),
        ("pkg:generic/pump@2.4.0?arch=arm64#a/b", "pkg:generic/pump"),
    ],
)
def test_a_product_is_the_same_in_whatever_version_for_whatever_machine_and_whatever_part(product, named):
    assert without_version(PackageURL.from_string(product)) == named


@pytest.mark.parametrize(
    ("named", "pattern"),
    [
        ("pkg:deb/debian/pump", "pkg:deb/debian/*"),
        ("pkg:generic/pump", "pkg:generic/*"),
        ("pkg:github/a/b/c", "pkg:github/a/b/*"),
    ],
)
def test_a_pattern_stands_for_all_of_a_namespace(named, pattern):
    assert pattern_of(named) == pattern


def test_whoever_breaks_the_glass_may_countersign_and_nobody_else_is_let_in_by_it():
    def roles(**freeze):
        found = parsed(lambda document: rule(document).update(freeze={"periods": [PERIOD], **freeze}))
        return found.rules[0].approver_roles

    assert parsed().rules[0].approver_roles == roles() == {"approver"}
    assert roles(breakGlass=GLASS) == {"approver", "duty"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(schema="urn:countersign:policy:v0"), "policy.json.schema: "),
        (lambda d: d.update(defaultDecision="allow"), "policy.json.defaultDecision: 'allow' found, 'refuse'"),
        (lambda d: d.update(rules=[]), "policy.json.rules: 0 items"),
        (lambda d: d.update(version=0), "policy.json.version: 0 found"),
        (lambda d: d.update(script="allow()"), "policy.json.script: unknown field"),
        (lambda d: d["rules"].append({**rule(d)}), "policy.json.rules: 'firmware' found twice"),
        (
            lambda d: d["rules"].append({**rule(d), "id": "again"}),
            f"policy.json.rules: {PRODUCT} in stable found in firmware and again, once wanted",
        ),
        (lambda d: rule(d)["match"].update(purl=[]), "match.purl: 0 items"),
        (lambda d: rule(d)["match"].update(purl=[f"{PRODUCT}@1"]), "without a version wanted"),
        (lambda d: rule(d)["match"].update(purl=["*"]), "a package URL such as"),
        (lambda d: rule(d)["match"].update(channel=["*"]), "an identifier"),
        (lambda d: rule(d).pop("approvals"), "approvals: nothing found"),
        (lambda d: rule(d)["approvals"].update(atLeast=0), "approvals.atLeast: 0 found, an integer from 1"),
        (lambda d: rule(d)["approvals"].update(distinctBy="key"), "distinctBy: 'key' found, 'person' wanted"),
        (lambda d: rule(d)["approvals"].update(notAnyOf=["submitter"]), "both submitter and builder wanted"),
        (lambda d: rule(d)["approvals"].update(notAnyOf=[]), "both submitter and builder wanted"),
        (lambda d: rule(d)["approvals"].update(orAuthorApproved=True), "orAuthorApproved: unknown field"),
        (lambda d: rule(d)["approvals"].update(maxAgeHours=0), "maxAgeHours: 0 found"),
        (
            lambda d: rule(d)["approvals"].update(alsoFrom=[{"role": "security", "atLeast": 0}]),
            r"alsoFrom\[0\].atLeast: 0 found",
        ),
        (lambda d: rule(d)["provenance"].update(required=False), "provenance.required: "),
        (lambda d: rule(d)["provenance"].update(builders=[]), "provenance.builders: 0 items"),
        (lambda d: rule(d)["provenance"].update(sourceUris=[]), "provenance.sourceUris: 0 items"),
        (lambda d: rule(d)["sbom"].update(required=False), "sbom.required: "),
        (lambda d: rule(d)["sbom"].update(formats=[]), "sbom.formats: 0 items"),
        (lambda d: rule(d)["sbom"].update(formats=["text"]), r"sbom.formats\[0\]: 'text' found"),
        (lambda d: rule(d)["tests"].update(required=False), "tests.required: "),
        (lambda d: rule(d)["tests"].update(result="WARNED"), "tests.result: 'WARNED' found"),
        (lambda d: rule(d).update(versioning={"monotonic": "yes"}), "versioning.monotonic: 'yes' found"),
        (lambda d: rule(d).update(coolingOffDays=-1), "coolingOffDays: -1 found"),
        (lambda d: rule(d).update(skip=["tests"]), "skip: unknown field"),
    ],
)
def test_a_policy_in_another_form_is_refused(change, message):
    with pytest.raises(Malformed, match=message):
        parsed(change)


def test_one_product_may_have_a_rule_for_each_channel():
    def change(document):
        other = {**rule(document), "id": "testing", "match": {"purl": [PRODUCT], "channel": ["testing"]}}
        document["rules"].append(other)

    policy = parsed(change)

    assert policy.rule_for(purl(f"{PRODUCT}@1"), "testing").id == "testing"


def test_the_digest_of_a_policy_is_that_of_its_bytes():
    assert parsed().digest == World().trust.policy.digest != parsed(lambda d: d.update(version=6)).digest
