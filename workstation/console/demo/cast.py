"""The demo's people and policy: who is enrolled, with which cards, in which roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.console.demo.ci import BUILDER_ID, TRIGGERED_BY
from workstation.console.demo.releases import PACKAGE, SOURCE
from workstation.core import strict_json
from workstation.core.strict_json import JsonObject

CUSTODIANS: Final = ("kim", "lars", "mona")
CHANNELS: Final = ("stable", "candidate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person: name, roles, aliases, and each card with what it may be used for."""

    id: str
    name: str
    roles: tuple[str, ...]
    cards: tuple[tuple[str, tuple[str, ...]], ...]
    aliases: tuple[str, ...] = ()


_SIGN: Final = ("countersign",)

PEOPLE: Final = (
    Member(
        id="p-bob",
        name="Bob Builder",
        roles=("builder", "approver"),
        cards=(("bob-build", ("request",)), ("bob-second", _SIGN)),
        aliases=(TRIGGERED_BY, "bob@example.org"),
    ),
    Member(id="p-ned", name="Ned Runner", roles=("approver",), cards=(("ned", _SIGN),)),
    Member(id="p-alice", name="Alice Archer", roles=("approver",), cards=(("alice", _SIGN),)),
    Member(id="p-carol", name="Carol Castle", roles=("approver",), cards=(("carol", _SIGN),)),
    Member(id="p-dave", name="Dave Dover", roles=("approver",), cards=(("dave", _SIGN),)),
    Member(id="p-erin", name="Erin Ember", roles=("approver", "security"), cards=(("erin", _SIGN),)),
    Member(id="p-frank", name="Frank Field", roles=("deployer",), cards=(("frank", ("receipt",)),)),
    Member(id="p-kim", name="Kim Keeper", roles=("custodian",), cards=(("kim", ("trust",)),)),
    Member(id="p-lars", name="Lars Lock", roles=("custodian",), cards=(("lars", ("trust",)),)),
    Member(id="p-mona", name="Mona Mint", roles=("custodian",), cards=(("mona", ("trust",)),)),
)


def policy() -> bytes:
    """Return the demo's policy: two approvers who did not build it, and evidence for everything."""
    rule: JsonObject = {
        "id": "release",
        "match": {"purl": [f"pkg:pypi/{PACKAGE}"], "channel": [*CHANNELS]},
        "approvals": {
            "role": "approver",
            "atLeast": 2,
            "distinctBy": "person",
            "notAnyOf": ["submitter", "builder"],
            "maxAgeHours": 72,
        },
        "provenance": {
            "required": True,
            "builders": [{"id": BUILDER_ID, "service": "ci-7"}],
            "sourceUris": [SOURCE],
        },
        "sbom": {"required": True, "formats": ["cyclonedx-1.5", "cyclonedx-1.6"], "mustCoverSubject": True},
        "tests": {"required": True, "result": "PASSED"},
        "versioning": {"monotonic": True},
        "controllersAttestedWithinDays": 90,
    }
    document: JsonObject = {
        "schema": "urn:countersign:policy:v1",
        "policyId": "demo-policy",
        "version": 1,
        "effectiveFrom": "2026-01-01T00:00:00Z",
        "defaultDecision": "refuse",
        "rules": [rule],
    }
    return strict_json.dump(document)
