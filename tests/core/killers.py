"""One case for each guardrail that this guardrail alone blocks: take it away, and the case is allowed.

Whoever adds a guardrail or an approver rule adds its case here; a test asks for it.
"""

from __future__ import annotations

from dataclasses import replace

from core.documents import Build, Signed, credential
from core.keys import edwards
from core.receipts import OUT, admitting
from core.releases import history, ledger_of, request_named
from core.world import ROOT, World

from workstation.core.action import ApplyTrust
from workstation.core.guardrails.approver import Standing
from workstation.core.identity import Digest
from workstation.core.release_diff import ChangeKind, FileChange, Finding, Member, MemberKind, ReleaseDiff
from workstation.core.release_words import release_words
from workstation.core.seen import AtScreen
from workstation.core.upkeep import DropArtifacts, Redact


def countersigning(name="dave"):
    def case(world):
        action = world.countersigning(name)
        return action, world.facts(action)

    return case


def admitting_request(world):
    action = world.admitting()
    return action, world.facts(action)


def releasing(world):
    action = world.releasing()
    return action, world.facts(action)


def admitting_receipt(world, **changes):
    action = admitting(world, **changes)
    return action, world.facts(action)


def provenance(world):
    return world.build.evidence["provenance.dsse.json"].document["predicate"]["buildDefinition"]


def without_trust():
    action, facts = countersigning()(World().admit())
    return action, replace(facts, trust=None, builders=None, rule=None)


def expired():
    world = World().admit()
    world.expires = world.now
    return countersigning()(world)


def early():
    world = World()
    world.policy["effectiveFrom"] = "2026-11-20T10:00:01Z"
    return admitting_request(world)


def rolled_back():
    world = World()
    world.perform(ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT))
    world.roster["version"] = 2
    action = ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT)
    return action, world.facts(action)


def forgetful():
    world = World()
    facts = world.facts(ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT))
    world.roster["version"] += 1
    world.person("alice")["credentials"].pop()
    return ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT), facts


def uncovered():
    world = World()
    world.build.predicate["channel"] = "testing"
    return admitting_request(world)


def unknown():
    return countersigning()(World())


def repeated():
    return admitting_request(World().admit())


def not_submitted():
    world = World()
    world.build.by = ["ned"]
    return admitting_request(world)


def too_late():
    world = World().admit()
    world.now = world.request.not_after
    return countersigning()(world)


def declined():
    return countersigning()(World().admit().decline("erin"))


def another(version, **changes):
    world = World().quorate().released_as(OUT)
    build = Build(version=version)
    build.predicate.update(changes)
    return world.next_request(build)


def not_following():
    previous = {"product": "pkg:generic/pump-firmware@2.4.0", "digest": "ab" * 32}
    return admitting_request(another("2.5.0", previousRelease=previous))


def reused():
    return admitting_request(another("2.4.0", requestId="again"))


def falling():
    return countersigning()(another("2.3.0").admit())


def changed(change, case=None):
    world = World()
    change(world)
    return (case or countersigning())(world.admit())


def shown_otherwise():
    action, facts = countersigning()(World().admit())
    return replace(action, shown=Digest("ab" * 32)), facts


def unopened():
    world = World().admit().open("alice")
    action = world.countersigning("dave", opened=False)
    return action, world.facts(action)


def unreadable():
    found = Finding(rule="DIFF-LIMIT", rank=100, path="a", sentence="too deep")
    return countersigning()(World(diff=ReleaseDiff(findings=(found,))).admit())


def stranger_declines():
    world = World().admit()
    action = world.declining("mallory")
    return action, world.facts(action)


def twice():
    world = World().admit()
    world.countersign("dave")
    return countersigning()(world)


def dropping_what_is_kept():
    world = World()
    action = DropArtifacts(requests=(request_named("1"),))
    return action, replace(world.facts(action), ledger=ledger_of(history("1"), history("2")))


def received(change=lambda _: None, **changes):
    world = World()
    change(world)
    return admitting_receipt(world.quorate().released_as(OUT), **changes)


def received_twice():
    world = World().quorate().released_as(OUT)
    action = admitting(world)
    world.perform(action, lambda: {"envelope": action.receipt.envelope.digest})
    return action, world.facts(action)


def approver_deploys(world):
    world.person("alice")["credentials"][0]["uses"].append("receipt")
    world.person("alice")["roles"].append("deployer")


def by_rule(**controls):
    """Return a case of a countersignature under a policy with more controls."""
    return lambda: changed(lambda world: world.rule.update(controls))


def levelled(world):
    world.rule["provenance"]["minSlsaBuildLevel"] = 3
    builder = {"id": "https://ci.example.org/builders/8", "service": "ci-8", "slsaBuildLevel": 3}
    world.rule["provenance"]["builders"].append(builder)


def licensed(world):
    world.rule["sbom"]["licences"] = {"allow": ["MIT"]}


def vulnerable(world):
    world.rule["vulnerabilities"] = {"required": True, "newAtOrAbove": {"critical": 0}}
    result = [{"id": "CVE-2026-0001", "severity": [{"method": "word", "score": "critical"}]}]
    predicate = {
        "scanner": {"uri": "https://scanner.example.org", "result": result},
        "metadata": {"scanStartedOn": "2026-11-20T07:00:00Z", "scanFinishedOn": "2026-11-20T07:01:00Z"},
    }
    tests = world.build.evidence["tests.dsse.json"].document
    scan = {**tests, "predicateType": "https://in-toto.io/attestation/vulns/v0.2", "predicate": predicate}
    world.build.evidence["scan.dsse.json"] = Signed(scan, ["ci-7"])


def frozen(**more):
    period = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z", "reason": "stock-taking"}
    return {"periods": [period], **more}


def without_a_word():
    glass = {"role": "approver", "atLeast": 2, "reasonRequired": True}
    action, facts = by_rule(freeze=frozen(breakGlass=glass))()
    return replace(action, comment=" "), facts


def close_to_a_builder(world):
    world.rule["approvals"]["conflictGroups"] = True
    for name in ("bob", "dave"):
        world.person(name)["conflictGroups"].append("household-9")


def risky():
    found = Finding(rule="DIFF-RUNS-ITSELF", rank=92, path="a.pth", sentence="it runs by itself")
    world = World(diff=ReleaseDiff(findings=(found,)))
    world.rule["mustOpen"] = {"atOrAbove": 90}
    return countersigning()(world.admit())


def following(change, **controls):
    """Return a case of following a changed trust root, nobody having signed it."""
    world = World()
    world.policy.update(controls)
    before = world.trust
    change(world)
    action = ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT)
    return action, replace(world.facts(action), trust=before)


def never_agreed():
    """Return a case of following a roster with a proof of possession by another key; nobody lost anything."""

    def change(world):
        world.roster["version"] += 1
        proof = world.person("carol")["credentials"][0]["proof"]
        added = credential(edwards("carol's new card"), "receipt", enrolled="2026-11-20T09:00:00Z")
        dates = {"validFrom": "2026-11-20T09:00:00Z", "proof": {**proof, "challenge": "A" * 43 + "="}}
        world.person("carol")["credentials"].append(added | dates)

    return following(change)


def renewed(name):
    return lambda world: getattr(world, name).update(version=9)


def at_screen(*, words=None, diff=None):
    """Return the case of alice at a screen: nothing displayed, the right words typed or others."""

    def case():
        world = World()
        world.diff = diff or world.diff
        world.admit()
        typed = " ".join(release_words(world.request.id)) if words is None else words
        action = replace(world.countersigning("alice"), at_screen=AtScreen(words=typed, seen=()))
        return action, world.facts(action)

    return case


HOOK = Member(path="hook.sh", kind=MemberKind.FILE, digest="ab" * 32)
HIGH_CHANGE = ReleaseDiff(
    changes=(FileChange(kind=ChangeKind.ADDED, new=HOOK),),
    findings=(Finding(rule="HOOK", rank=90, path="hook.sh", sentence="runs by itself"),),
)


def redacting_alone():
    world = World()
    action = Redact(entry=3, names=("comment",), purpose="asked", people=(world.card("alice"),))
    return action, world.facts(action)


KILLERS = {
    "two_people": redacting_alone,
    "trust_missing": without_trust,
    "trust_expired": expired,
    "trust_early": early,
    "trust_rollback": rolled_back,
    "roster_proof": never_agreed,
    "roster_succession": forgetful,
    "policy_rule": uncovered,
    "request_unknown": unknown,
    "request_repeated": repeated,
    "request_submitter": not_submitted,
    "request_expired": too_late,
    "request_decided": declined,
    "request_previous": not_following,
    "version_reused": reused,
    "version_rises": falling,
    "builder_unknown": lambda: changed(lambda w: w.build.evidence["tests.dsse.json"].by.append("mallory")),
    "evidence_provenance": lambda: changed(lambda w: w.build.evidence.pop("provenance.dsse.json")),
    "evidence_source": lambda: changed(lambda w: provenance(w).pop("resolvedDependencies")),
    "evidence_actors": lambda: changed(
        lambda w: provenance(w).update(externalParameters={}, internalParameters={})
    ),
    "evidence_sbom": lambda: changed(lambda w: w.build.evidence.pop("sbom.cdx.json")),
    "evidence_tests": lambda: changed(lambda w: w.build.evidence.pop("tests.dsse.json")),
    "controllers_stale": lambda: changed(lambda w: w.service("ci-7").update(attested="2026-01-05T09:00:00Z")),
    "approver": lambda: countersigning("bob-second")(World().admit()),
    "approver_repeated": twice,
    "decliner_unknown": stranger_declines,
    "review_stale": shown_otherwise,
    "review_unopened": unopened,
    "review_refused": unreadable,
    "policy_change": lambda: following(renewed("policy"), policyChange={"role": "custodian", "atLeast": 2}),
    "roster_change": lambda: following(renewed("roster"), rosterChange={"role": "custodian", "atLeast": 2}),
    "window": by_rule(window={"zone": "UTC", "days": ["sat"], "from": "08:00", "to": "18:00"}),
    "freeze": by_rule(freeze=frozen()),
    "break_glass": without_a_word,
    "evidence_level": lambda: changed(levelled),
    "rebuild_quorum": by_rule(rebuild={"required": True, "atLeast": 2}),
    "evidence_licence": lambda: changed(licensed),
    "evidence_scan": by_rule(vulnerabilities={"required": True, "newAtOrAbove": {"critical": 0}}),
    "evidence_vulnerabilities": lambda: changed(vulnerable),
    "evidence_reviews": by_rule(reviews={"required": True, "atLeast": 1}),
    "output_not_allowed": by_rule(outputs=["openpgp"]),
    "conflict_group": lambda: changed(close_to_a_builder),
    "findings_unacknowledged": risky,
    "screen_words": at_screen(words="aardvark"),
    "screen_unseen": at_screen(diff=HIGH_CHANGE),
    "quorum": lambda: releasing(World().admit()),
    "receipt_release": lambda: received(release=Digest("ab" * 32)),
    "receipt_repeated": received_twice,
    "deployer": lambda: received(lambda w: w.person("frank").update(roles=[])),
    "retention": dropping_what_is_kept,
    "sod_deployer": lambda: received(approver_deploys, by="alice"),
}


def standing(name, *changes, token=None):
    """Return how the holder of a key stands before the world's request after `changes`."""

    def case():
        world = World()
        for change in changes:
            change(world)
        holder = world.card(name)
        return Standing(
            label=holder.label,
            held=holder.held,
            token_serial=token or holder.token_serial,
            request=world.request,
            builders=world.builders,
            rule=world.trust.policy.rules[0],
            at=world.now,
        )

    return case


def credential_of(name, **changes):
    return lambda world: world.person(name)["credentials"][0].update(changes)


def countersigning_station(world):
    world.service("station-1")["credentials"][0]["uses"] = ["countersign"]


def deployers_excluded(world):
    world.rule["approvals"]["notAnyOf"].append("deployer")
    world.person("alice")["roles"].append("deployer")


APPROVER_KILLERS = {
    "sod_builder": standing("bob-second"),
    "approver_unknown": standing("mallory"),
    "approver_service": standing("station", countersigning_station),
    "approver_inactive": standing(
        "alice", lambda world: world.person("alice").update(status=[{"since": "2027-01-01T00:00:00Z"}])
    ),
    "approver_role": standing("alice", lambda world: world.person("alice").update(roles=[])),
    "role_excluded": standing("alice", deployers_excluded),
    "credential_use": standing("alice", credential_of("alice", uses=["receipt"])),
    "credential_valid": standing("alice", credential_of("alice", validTo="2026-06-01T00:00:00Z")),
    "credential_token": standing("alice", token="token-other"),
    "token_unproved": standing("alice", lambda world: world.rule.update(token={"touch": True})),
    "cooling_off": standing("alice", credential_of("alice", enrolled="2026-11-19T00:00:00Z")),
}
