"""The test world with more people and machines in it, and evidence of the kinds a policy can ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from core.documents import KEYS, Build, Document, Loose, Signed, credential, person, roster_document, service
from core.keys import edwards, p256
from core.world import World

from workstation.core.evidence import SPDX_MEDIA_TYPE
from workstation.core.guardrails.judge import judge
from workstation.core.identity import digest_of
from workstation.core.statement import STATEMENT_TYPE
from workstation.core.verdict import Blocked, Verdict

OTHER_BUILDER: Final = "https://ci.example.org/builders/8"
REVISION: Final = "b0bd8ecab5607e174fa403e002c74a666e7edd51"
VULNS: Final = "https://in-toto.io/attestation/vulns/v0.2"
OPENVEX: Final = "https://openvex.dev/ns/v0.2.0"
REVIEW: Final = "https://in-toto.io/attestation/human-review/vcs/v0.1"
PROVENANCE: Final = "provenance.dsse.json"

MORE_KEYS: Final = {
    **KEYS,
    **{name: p256(name) for name in ("olga", "owen", "vera", "rita")},
    **{name: edwards(name) for name in ("ci-8", "forge-1")},
}
"""Owners olga and owen, vera who answers for vulnerabilities, rita who reviews, a builder and a forge."""

Change: TypeAlias = Callable[[World], Any]
DOORS: Final = ("countersign", "release", "deployer")


def more_people() -> Document:
    """Return the roster with them in it; ruth reviews on the forge alone and has no key."""
    found = roster_document(MORE_KEYS)

    def card(name: str) -> Document:
        return credential(MORE_KEYS[name], "countersign", tokenSerial=f"token-{name}")

    def evidence(name: str) -> Document:
        return credential(MORE_KEYS[name], "evidence")

    found["people"] += [
        person("olga", card("olga"), roles=("owner", "approver"), aliases=()),
        person("owen", card("owen"), roles=("owner", "approver"), aliases=()),
        person("vera", evidence("vera"), roles=("security",), aliases=()),
        person("rita", evidence("rita"), roles=("developer",), aliases=("github:2001",)),
        person("ruth", roles=("developer",), aliases=("github:2002",)),
        person("otto", roles=("operator",), aliases=()),
        person("fay", roles=("operator",), aliases=()),
    ]
    found["services"] += [
        service("ci-8", evidence("ci-8"), builder_ids=(OTHER_BUILDER,), controller="otto"),
        service("forge-1", evidence("forge-1"), builder_ids=(), controller="fay"),
    ]
    return found


def policy_world(*changes: Change, **controls: object) -> World:
    """Return a world whose one rule has these controls too; a control that is None is taken away."""
    world = World(keys=MORE_KEYS, roster=more_people())
    for name, value in controls.items():
        world.rule[name] = value
        if value is None:
            del world.rule[name]
    for change in changes:
        change(world)
    return world


def verdict_at(door: str, world: World) -> Verdict:
    """Return what is said of dave's countersignature, of the release, or by the deployer."""
    if door == "countersign":
        return world.admit().judge(world.countersigning("dave"))
    world.quorate()
    if door == "release":
        return world.judge(world.releasing())
    return world.release().recomputed(world.trust, now=world.now).verdict


def rules_at(door: str, world: World) -> tuple[str, ...]:
    """Return the rules that refuse there."""
    return rules_of(verdict_at(door, world))


def rules_of(verdict: Verdict) -> tuple[str, ...]:
    """Return the rules that refuse, each once."""
    return tuple(dict.fromkeys(verdict.rules)) if isinstance(verdict, Blocked) else ()


def judged(action: object, world: World) -> tuple[str, ...]:
    """Return the rules that refuse an action."""
    return rules_of(judge(action, world.facts(action)))  # type: ignore[arg-type] # any action


def statement(build: Build, kind: str, predicate: Document) -> Document:
    """Return a statement of someone else's kind about the artifacts."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": build.subjects(),
        "predicateType": kind,
        "predicate": predicate,
    }


def with_evidence(name: str, make: Callable[[Build], Document], *by: str) -> Change:
    """Return the change that brings one more signed statement."""

    def change(world: World) -> None:
        world.build.evidence[name] = Signed(make(world.build), list(by))

    return change


def scan(
    *found: tuple[str, str],
    finished: str = "2026-11-20T07:30:00.25Z",
    database: str | None = "2026-11-20T01:00:00Z",
    by: str = "ci-7",
    name: str = "scan.dsse.json",
) -> Change:
    """Return the change that brings a scan with these vulnerabilities and severities."""
    result = [{"id": one, "severity": [{"method": "nvd", "score": score}]} for one, score in found]
    scanner: Document = {"uri": "pkg:generic/scanner@1", "result": result}
    if database is not None:
        scanner["db"] = {"lastUpdate": database}
    times = {"scanStartedOn": finished, "scanFinishedOn": finished}
    predicate: Document = {"scanner": scanner, "metadata": times}
    return with_evidence(name, lambda build: statement(build, VULNS, predicate), by)


def vex(*answers: tuple[str, str], by: str = "vera", name: str = "vex.dsse.json") -> Change:
    """Return the change that brings these answers about vulnerabilities."""
    said = [
        {"vulnerability": {"name": one, "aliases": [f"GHSA-{one}"]}, "status": status}
        for one, status in answers
    ]
    return with_evidence(name, lambda build: statement(build, OPENVEX, {"statements": said}), by)


def review(
    *reviewers: str, by: str = "forge-1", revision: str = REVISION, name: str = "review.dsse.json"
) -> Change:
    """Return the change that brings a code review by accounts of a forge."""

    def make(_build: Build) -> Document:
        named = [{"name": "somebody", "uri": f"https://api.github.com/user/{number}"} for number in reviewers]
        subject = [{"name": "pump", "digest": {"gitCommit": revision}}]
        return {
            "_type": STATEMENT_TYPE,
            "subject": subject,
            "predicateType": REVIEW,
            "predicate": {"reviewers": named},
        }

    return with_evidence(name, make, by)


def built_from_a_revision(world: World) -> None:
    """Have provenance name the revision it was built from."""
    definition = world.build.evidence[PROVENANCE].document["predicate"]["buildDefinition"]
    definition["resolvedDependencies"][0]["digest"] = {"gitCommit": REVISION}


def rebuilt(world: World) -> None:
    """Have another builder say that it made the same, and the policy count it."""
    again = Build(keys=world.keys, artifacts=world.build.artifacts).evidence[PROVENANCE].document
    again["predicate"]["runDetails"]["builder"]["id"] = OTHER_BUILDER
    world.build.evidence["rebuild.dsse.json"] = Signed(again, ["ci-8"])
    world.rule["provenance"]["builders"].append({"id": OTHER_BUILDER, "service": "ci-8"})


def spdx(*packages: Document, **changes: object) -> Change:
    """Return the change that brings an SPDX 2.3 document in place of the CycloneDX one."""

    def change(world: World) -> None:
        world.build.evidence.pop("sbom.cdx.json", None)
        sums = [
            {"algorithm": "SHA256", "checksumValue": digest_of(data)}
            for data in world.build.artifacts.values()
        ]
        main = {
            "name": "pump-firmware",
            "SPDXID": "SPDXRef-pump",
            "checksums": sums,
            "licenseConcluded": "MIT",
        }
        document = {
            "spdxVersion": "SPDX-2.3",
            "SPDXID": "SPDXRef-DOCUMENT",
            "packages": [main, *packages],
            **changes,
        }
        world.build.evidence["sbom.spdx.json"] = Loose(SPDX_MEDIA_TYPE, document)

    return change


def under_licences(*choices: Document) -> Change:
    """Return the change that puts the SBOM's one component under these CycloneDX licences."""

    def change(world: World) -> None:
        world.build.evidence["sbom.cdx.json"].document["components"][0]["licenses"] = list(choices)

    return change
