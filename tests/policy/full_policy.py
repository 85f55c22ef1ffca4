"""A policy that asks for everything there is, to be changed one thing at a time."""

from __future__ import annotations

from core.documents import BUILDER_ID, PRODUCT, SOURCE, Document


def full_rule() -> Document:
    """Return a rule with every control."""
    return {
        "id": "firmware",
        "match": {"purl": [PRODUCT], "channel": ["stable"]},
        "approvals": {
            "role": "approver",
            "atLeast": 2,
            "alsoFrom": [{"role": "security", "atLeast": 1}],
            "groups": [{"roles": ["security", "owner"], "atLeast": 1}, {"roles": ["approver"], "atLeast": 2}],
            "distinctBy": "person",
            "notAnyOf": ["submitter", "builder", "deployer"],
            "conflictGroups": True,
            "maxAgeHours": 72,
        },
        "provenance": {
            "required": True,
            "builders": [
                {"id": BUILDER_ID, "service": "ci-7", "slsaBuildLevel": 2},
                {"id": "https://ci.example.org/builders/8", "service": "ci-8", "slsaBuildLevel": 3},
            ],
            "minSlsaBuildLevel": 2,
            "sourceUris": [SOURCE, "git+https://git.example.org/tools"],
            "actorsRequired": True,
        },
        "rebuild": {"required": True, "atLeast": 2},
        "sbom": {
            "required": True,
            "formats": ["cyclonedx-1.6", "spdx-2.3"],
            "mustCoverSubject": True,
            "licences": {"allow": ["MIT", "Zlib"], "deny": ["GPL-3.0-only"]},
        },
        "vulnerabilities": {
            "required": True,
            "maxScanAgeHours": 48,
            "maxDbAgeHours": 48,
            "newAtOrAbove": {"critical": 0, "high": 1},
            "vexAcceptedFrom": ["security"],
        },
        "tests": {"required": True, "result": "PASSED"},
        "reviews": {"required": True, "atLeast": 2, "services": ["forge-1"]},
        "versioning": {"monotonic": True},
        "window": {"zone": "UTC", "days": ["mon", "fri"], "from": "08:00", "to": "18:00"},
        "freeze": {
            "periods": [
                {"from": "2026-12-18T00:00:00Z", "to": "2027-01-04T00:00:00Z", "reason": "year end"},
                {"from": "2027-06-01T00:00:00Z", "to": "2027-06-03T00:00:00Z", "reason": "audit"},
            ],
            "breakGlass": {"role": "owner", "atLeast": 2, "reasonRequired": True, "reviewWithinHours": 24},
        },
        "mustOpen": {"atOrAbove": 80},
        "token": {"serial": True, "attested": True, "touch": True, "firmwareAtLeast": "5.4.3"},
        "outputs": ["dsse", "cms"],
        "coolingOffDays": 7,
        "controllersAttestedWithinDays": 90,
        "retention": {"releases": 4},
    }


def full_policy(*rules: Document) -> Document:
    """Return a policy with these rules, or the full one."""
    return {
        "schema": "urn:countersign:policy:v1",
        "policyId": "example",
        "version": 5,
        "effectiveFrom": "2026-11-02T00:00:00Z",
        "defaultDecision": "refuse",
        "policyChange": {"role": "custodian", "atLeast": 2},
        "rosterChange": {"role": "custodian", "atLeast": 3},
        "rules": list(rules) or [full_rule()],
    }
