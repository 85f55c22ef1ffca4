"""Cases to try policies on: signatures on and releases of many requests, by many people, at many times."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeAlias

from core.documents import PRODUCT, Build, Document
from core.releases import history, ledger_of, request_named
from core.world import World
from policy.policy_world import (
    Change,
    built_from_a_revision,
    policy_world,
    rebuilt,
    review,
    scan,
    spdx,
    under_licences,
    vex,
)

from workstation.core.action import Countersign, Release
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.identity import digest_of
from workstation.core.policy import Policy
from workstation.core.policy_document import parse_policy
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.simulation import under
from workstation.core.upkeep import DropArtifacts
from workstation.core.verdict import Allowed

Case: TypeAlias = tuple[Countersign | Release | DropArtifacts, Facts]

FOUND: Final = Finding(rule="DIFF-SETUID", rank=92, path="pump.bin!/su", sentence="it became setuid")
ZLIB: Final = {"license": {"id": "Zlib"}}
EARLY: Final = datetime(2026, 11, 20, 10, 1, tzinfo=UTC)
SATURDAY: Final = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)
MONDAY: Final = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def rich(*changes: Change) -> World:
    """Return a world whose request brings every kind of evidence, and nothing amiss."""
    good = (built_from_a_revision, rebuilt, scan(), review("2001", "2002"), under_licences(ZLIB))
    return policy_world(*good, *changes)


def signing(world: World, name: str = "dave", comment: str = "looks right", *acknowledged: str) -> Case:
    """Return a countersignature as it is asked for."""
    world.admit()
    action = replace(world.countersigning(name), comment=comment, acknowledged=acknowledged)
    return action, world.facts(action)


def releasing(world: World, *names: str, at: datetime = EARLY, later: datetime | None = None) -> Case:
    """Return the release of what these people signed at one time, at another."""
    world.admit()
    world.now = at
    for name in names:
        world.countersign(name, change=lambda said: replace(said, comment="the old one leaks"))
    world.now = later or at
    action = world.releasing()
    return action, world.facts(action)


def dropping(name: str) -> Case:
    """Return the dropping of one of three releases' artifacts."""
    world, ledger = policy_world(), ledger_of(history("1"), history("2"), history("3"))
    facts = Facts(now=world.now, ledger=ledger, trust=world.trust)
    return DropArtifacts(requests=(request_named(name),)), facts


def _roles(name: str, *roles: str) -> Change:
    return lambda world: world.person(name).update(roles=list(roles))


def _provenance(world: World) -> Document:
    found: Document = world.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]
    return found


def _at(world: World, moment: datetime) -> World:
    world.now = moment
    return world


def _with_finding(world: World) -> World:
    world.diff = ReleaseDiff(findings=(FOUND,))
    return world


def _released_before(version: str) -> World:
    world = policy_world().quorate().released_as(digest_of(b"the release"))
    return world.next_request(Build(keys=world.keys, version=version))


def _from(source: str) -> Change:
    return lambda world: _provenance(world).update(resolvedDependencies=[{"uri": source}])


def _close(*names: str) -> Change:
    def change(world: World) -> None:
        for name in names:
            world.person(name)["conflictGroups"] = ["family"]

    return change


def _card(**changes: Any) -> Change:
    return lambda world: world.person("dave")["credentials"][0].update(changes)


_MAKERS: Final[Mapping[str, Callable[[], Case]]] = {
    "everything is there": lambda: signing(rich()),
    "only what was always asked": lambda: signing(policy_world()),
    "a finding nobody acknowledged": lambda: signing(_with_finding(rich())),
    "a finding acknowledged": lambda: signing(_with_finding(rich()), "dave", "x", "DIFF-SETUID pump.bin!/su"),
    "an auditor signs": lambda: signing(rich(_roles("dave", "auditor"))),
    "an owner signs": lambda: signing(rich(_roles("olga", "owner")), "olga"),
    "security signs": lambda: signing(rich(_roles("dave", "security"))),
    "a deployer signs": lambda: signing(rich(_roles("dave", "approver", "deployer"))),
    "no reason is given": lambda: signing(rich(), "dave", ""),
    "on a Saturday": lambda: signing(_at(rich(), SATURDAY)),
    "on a Friday evening": lambda: signing(_at(rich(), EARLY.replace(hour=20))),
    "early on Friday": lambda: signing(_at(rich(), EARLY.replace(hour=9))),
    "on a Monday morning": lambda: signing(_at(rich(), MONDAY.replace(hour=9))),
    "on a Monday evening": lambda: signing(_at(rich(), MONDAY)),
    "family of a builder signs": lambda: signing(rich(_close("bob", "dave"))),
    "a key without a token": lambda: signing(
        rich(lambda world: world.person("dave")["credentials"][0].pop("tokenSerial"))
    ),
    "a new card": lambda: signing(rich(_card(enrolled="2026-11-16T00:00:00Z"))),
    "one builder": lambda: signing(policy_world(scan())),
    "another builder": lambda: signing(rich(lambda world: world.build.evidence.pop("provenance.dsse.json"))),
    "built from tools": lambda: signing(policy_world(scan(), _from("git+https://git.example.org/tools"))),
    "nobody started it": lambda: signing(
        rich(lambda world: _provenance(world).update(externalParameters={}, internalParameters={}))
    ),
    "controllers of long ago": lambda: signing(
        rich(lambda world: world.service("ci-7").update(attested="2026-09-01T00:00:00Z"))
    ),
    "an SPDX document": lambda: signing(rich(spdx())),
    "an SBOM of something else": lambda: signing(
        rich(lambda world: world.build.evidence["sbom.cdx.json"].document.pop("metadata"))
    ),
    "a copyleft component": lambda: signing(rich(under_licences({"license": {"id": "GPL-3.0-only"}}))),
    "no licence named": lambda: signing(rich(under_licences())),
    "no tests": lambda: signing(rich(lambda world: world.build.evidence.pop("tests.dsse.json"))),
    "a scan of two days ago": lambda: signing(rich(scan(finished="2026-11-18T08:00:00Z"))),
    "an old database": lambda: signing(rich(scan(database="2026-11-18T08:00:00Z"))),
    "one high": lambda: signing(rich(scan(("CVE-1", "high")))),
    "one medium": lambda: signing(rich(scan(("CVE-1", "medium")))),
    "answered by security": lambda: signing(rich(scan(("CVE-1", "critical")), vex(("CVE-1", "fixed")))),
    "answered by a developer": lambda: signing(
        rich(scan(("CVE-1", "critical")), vex(("CVE-1", "fixed"), by="rita"))
    ),
    "one reviewer": lambda: signing(rich(review("2001"))),
    "reviewed by themselves": lambda: signing(rich(review("2001", by="rita"))),
    "a version that falls": lambda: signing(_released_before("2.3.0")),
    "other outputs": lambda: signing(rich(lambda world: world.build.predicate.update(outputs=["cms"]))),
    "another channel": lambda: signing(rich(lambda world: world.build.predicate.update(channel="testing"))),
    "alice and carol": lambda: releasing(rich(), "alice", "carol"),
    "carol and dave": lambda: releasing(rich(), "carol", "dave"),
    "alice alone": lambda: releasing(rich(), "alice"),
    "alice, carol and dave": lambda: releasing(rich(), "alice", "carol", "dave"),
    "family sign": lambda: releasing(rich(_close("alice", "carol")), "alice", "carol"),
    "both owners": lambda: releasing(rich(), "olga", "owen"),
    "both owners, an hour later": lambda: releasing(rich(), "olga", "owen", later=EARLY.replace(hour=11)),
    "three owners": lambda: releasing(rich(_roles("dave", "owner", "approver")), "olga", "owen", "dave"),
    "three days later": lambda: releasing(rich(), "alice", "carol", later=MONDAY),
    "artifacts of the last but two": lambda: dropping("1"),
    "artifacts of the last but one": lambda: dropping("2"),
}

NAMES: Final = tuple(_MAKERS)


@cache
def case(name: str) -> Case:
    """Return a case by its name."""
    return _MAKERS[name]()


@cache
def _policy(text: str) -> Policy:
    return parse_policy(text.encode())


@cache
def _allowed(name: str, text: str) -> bool:
    action, facts = case(name)
    return judge(action, under(facts, _policy(text))) == Allowed()


def allowed(document: Document) -> frozenset[str]:
    """Return the cases a policy allows."""
    text = json.dumps(document)
    return frozenset(name for name in NAMES if _allowed(name, text))


def minimal_rule(**controls: Any) -> Document:
    """Return a rule that asks for two approvers, and for what else is given."""
    found: Document = {
        "id": "firmware",
        "match": {"purl": [PRODUCT], "channel": ["stable"]},
        "approvals": {
            "role": "approver",
            "atLeast": 2,
            "distinctBy": "person",
            "notAnyOf": ["submitter", "builder"],
        },
    }
    approvals = controls.pop("approvals", {})
    return {**found, **controls, "approvals": {**found["approvals"], **approvals}}
