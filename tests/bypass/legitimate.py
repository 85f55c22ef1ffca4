"""Releases nothing is wrong with: every option a team may have, in every pair of options.

A case is one option of each kind. Which cases there are is drawn once with a fixed seed, so they are
the same everywhere; a test asks that every pair of options that go together is among them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any, Final

from bypass import forge
from bypass.stage import Prepare, Stage
from core.documents import Build, Document, credential, person
from core.keys import UnsafeTestKey, edwards, p256, p384, rsa_2048
from core.receipts import OUT, admitting
from cryptography.hazmat.primitives.serialization import Encoding
from keys.key_forms import cms, x509_certificate
from policy.policy_world import (
    MORE_KEYS,
    built_from_a_revision,
    more_people,
    rebuilt,
    review,
    scan,
    spdx,
    vex,
)

from workstation.core.verdict import Verdict

CASES: Final = 310
SEED: Final = 20261120
LONG_AGO: Final = "2026-02-01T00:00:00Z"
BEGAN: Final = "2026-01-05T09:00:00Z"


def nothing(_stage: Stage) -> None:
    """Change nothing."""


def _credentials(name: str, *more: Document) -> Prepare:
    return lambda stage: stage.person(name)["credentials"].extend(more)


def _policy(**controls: Any) -> Prepare:
    return lambda stage: stage.rule.update(controls)


def _approvals(**controls: Any) -> Prepare:
    return lambda stage: stage.rule["approvals"].update(controls)


def _all(*changes: Prepare) -> Prepare:
    def change(stage: Stage) -> None:
        for one in changes:
            one(stage)

    return change


# Who there is ------------------------------------------------------------------------------------


def _three_people(stage: Stage) -> None:
    """Leave a builder who runs the machines, and two approvers who keep the roster too."""
    stage.roster["people"] = [stage.person(name) for name in ("bob", "alice", "carol", "frank")]
    for name in ("alice", "carol"):
        stage.person(name)["roles"].append("custodian")
    for each in stage.roster["services"]:
        each["controllers"] = ["bob"]


def _many_approvers(stage: Stage) -> None:
    for number in range(20):
        key = credential(edwards(f"approver {number}"), "countersign", tokenSerial=f"token-{number}")
        found = person(f"approver-{number}", key, roles=("approver",), aliases=(f"a{number}@example.org",))
        stage.roster["people"].append(found)


TEAM: Final[Mapping[str, Prepare]] = {
    "usual team": nothing,
    "three people": _three_people,
    "many approvers": _many_approvers,
    "several controllers": lambda s: s.service("ci-7").update(controllers=["ned", "bob", "gail"]),
    "namesakes": lambda s: s.roster["people"].append(
        person(
            "bob-2",
            credential(edwards("bob-2"), "evidence"),
            roles=("approver",),
            aliases=("bob.2@example.org",),
        )
        | {"name": "Alice"}
    ),
}

# What cards they have ----------------------------------------------------------------------------


def _another_card_first(name: str) -> Prepare:
    """Put a card in the roster before the one that signs: the first is not always the right one."""
    spare = credential(p256(f"{name} spare"), "countersign", tokenSerial=f"token-{name}-spare")
    return lambda stage: stage.person(name)["credentials"].insert(0, spare)


CARDS: Final[Mapping[str, Prepare]] = {
    "one card each": nothing,
    "several cards": _all(
        _credentials("alice", credential(p256("alice 2"), "countersign", tokenSerial="token-alice-2")),
        _credentials("carol", credential(edwards("carol 2"), "countersign", tokenSerial="token-carol-2")),
    ),
    "several cards, the other one signs": _all(_another_card_first("alice"), _another_card_first("carol")),
    "a retired old card": _credentials(
        "alice",
        credential(
            p256("alice 0"), "countersign", state="retired", stateSince=LONG_AGO, tokenSerial="token-alice-0"
        ),
    ),
    "a card that expired": _credentials(
        "carol", credential(p256("carol 0"), "countersign", validTo=LONG_AGO)
    ),
    "a card lost and revoked": _credentials(
        "alice", credential(p256("alice lost"), "countersign", state="revoked", stateSince=LONG_AGO)
    ),
    "two keys in one token": _credentials(
        "alice", credential(p256("alice mail"), "evidence", tokenSerial="token-alice")
    ),
    "a token nobody wrote down": lambda s: s.person("carol")["credentials"][0].pop("tokenSerial"),
    "a card to be retired next week": lambda s: s.person("carol")["credentials"][0].update(
        state="retired", stateSince="2026-11-28T00:00:00Z"
    ),
    "proved serials": _policy(token={"serial": True}),
}

# What happened to others -------------------------------------------------------------------------

_LEFT: Final = {"since": BEGAN, "until": LONG_AGO}


def _custodian(name: str, **changes: str) -> Document:
    """Return a custodian whose one key has this state."""
    return person(name, credential(p256(name), "trust", **changes), roles=("custodian",), aliases=())


PAST: Final[Mapping[str, Prepare]] = {
    "nothing happened": nothing,
    "a bystander was revoked": lambda s: s.person("bob")["credentials"][1].update(
        state="revoked", stateSince="2026-11-20T08:30:00Z"
    ),
    "a bystander left": lambda s: s.roster["people"].append(
        person("lena", roles=("approver",), aliases=("lena@example.org",))
        | {"status": [{"since": BEGAN, "until": LONG_AGO}]}
    ),
    "an approver came back": lambda s: s.person("carol").update(
        status=[{"since": BEGAN, "until": LONG_AGO}, {"since": "2026-03-01T00:00:00Z"}]
    ),
    "the builder has an old key": _credentials(
        "bob", credential(p256("bob 0"), "request", state="retired", stateSince=LONG_AGO)
    ),
    "another approver is new": lambda s: s.roster["people"].append(
        person(
            "nina",
            credential(p256("nina"), "countersign", enrolled="2026-11-19T00:00:00Z"),
            roles=("approver",),
            aliases=(),
        )
    ),
    "roster and policy are new": lambda s: (s.roster.update(version=40), s.policy.update(version=50)),
    "an approver gave the builder away long ago": lambda s: s.service("ci-7").update(
        formerControllers=[{"person": "alice", "until": "2026-08-22T07:59:59Z"}]
    ),
    "custodians were rotated": lambda s: s.roster["people"].extend(
        [_custodian("ivan"), _custodian("gus", state="retired", stateSince=LONG_AGO) | {"status": [_LEFT]}]
    ),
    "an approver is a custodian": lambda s: s.person("alice")["roles"].append("custodian"),
}

# What is wanted ----------------------------------------------------------------------------------

QUORUM: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    "one of one": (1, ("alice",)),
    "one more than wanted": (1, ("alice", "carol")),
    "two": (2, ("alice", "carol")),
    "two, in another order": (2, ("carol", "alice")),
    "three": (3, ("alice", "erin", "carol")),
}

WANTED: Final[Mapping[str, Prepare]] = {
    "nothing more": nothing,
    "security among them": _approvals(alsoFrom=[{"role": "security", "atLeast": 1}]),
    "a group": _approvals(groups=[{"roles": ["security", "owner"], "atLeast": 1}]),
    "no deployers": _approvals(notAnyOf=["submitter", "builder", "deployer"]),
    "no households": _all(
        _approvals(conflictGroups=True),
        lambda s: s.person("bob")["conflictGroups"].append("household-1"),
        lambda s: s.person("alice")["conflictGroups"].append("household-2"),
    ),
    "signed within a day": _approvals(maxAgeHours=24),
    "in a week without a freeze": _policy(
        window={"zone": "UTC", "days": ["fri", "sat", "sun"], "from": "00:00", "to": "24:00"},
        freeze={
            "periods": [{"from": "2026-12-18T00:00:00Z", "to": "2027-01-04T00:00:00Z", "reason": "year end"}]
        },
    ),
    "both change with two": lambda s: s.policy.update(
        policyChange={"role": "custodian", "atLeast": 2}, rosterChange={"role": "custodian", "atLeast": 2}
    ),
}

# What was built, and how that is known -----------------------------------------------------------


def _more_tests(stage: Stage) -> None:
    for number in range(4):
        forge.with_statement(f"tests-{number}.dsse.json", stage.statement("tests.dsse.json"), "ci-7")(stage)


def _signed_jar(stage: Stage) -> None:
    key = cms(stage.keys["bob"].private)
    stage.build.artifacts["app.jar"] = forge.zipped(**{"META-INF__BOB_dot_EC": key, "A_dot_class": b"x"})


def _renewed_certificate(stage: Stage) -> None:
    """Sign an artifact under a certificate that is not the first of its key; the old one came along."""
    key = stage.keys["bob"].private
    renewed = x509_certificate(key, name="Robert", serial=9)
    signature = cms(key, Encoding.DER, x509_certificate(key), certificate=renewed)
    stage.build.artifacts["app.jar"] = forge.zipped(
        **{"META-INF__BOB_dot_EC": signature, "A_dot_class": b"x"}
    )


def _several(stage: Stage) -> None:
    stage.build.artifacts.update({f"part-{number}.bin": bytes([number]) for number in range(5)})


def _wrote(stage: Stage) -> None:
    roles = ("author", "committer", "signer", "tagger", "pusher")
    stage.source.update(
        people=[{"role": role, "identity": "bob@example.org"} for role in roles], tagSigner="github:1001"
    )


ARTIFACTS: Final[Mapping[str, Prepare]] = {
    "one artifact": nothing,
    "several artifacts": _several,
    "a signed artifact": _signed_jar,
    "a renewed certificate": _renewed_certificate,
}

EVIDENCE: Final[Mapping[str, Prepare]] = {
    "the usual evidence": nothing,
    "many envelopes": _more_tests,
    "two builders": _all(rebuilt, _policy(rebuild={"required": True, "atLeast": 2})),
    "SPDX": _all(spdx(), lambda s: s.rule["sbom"].update(formats=["spdx-2.3"])),
    "a scan with an answer": _all(
        scan(("CVE-2026-1", "critical")),
        vex(("CVE-2026-1", "not_affected")),
        _policy(
            vulnerabilities={
                "required": True,
                "newAtOrAbove": {"critical": 0},
                "vexAcceptedFrom": ["security"],
            }
        ),
    ),
    "a code review": _all(
        built_from_a_revision,
        review("2001", "2002"),
        _policy(reviews={"required": True, "atLeast": 2, "services": ["forge-1"]}),
    ),
    "the whole source history": _wrote,
    "a bot that started it": _all(
        lambda s: s.service("ci-7")["builderIds"].append("github:9"),
        lambda s: s.definition.update(internalParameters={"GITHUB_ACTOR_ID": "9"}),
    ),
}

KEY_KINDS: Final[Mapping[str, Mapping[str, UnsafeTestKey]]] = {
    "P-256 and P-384": {},
    "Ed25519": {name: edwards(name) for name in ("alice", "carol", "erin")},
    "P-384": {name: p384(name) for name in ("alice", "carol", "erin", "ci-7")},
    "RSA": {"alice": rsa_2048()},
}

# When --------------------------------------------------------------------------------------------

WHEN: Final[Mapping[str, timedelta]] = {
    "at once": timedelta(0),
    "an hour apart": timedelta(hours=1),
    "at noon and in the evening": timedelta(hours=5),
}

AFTER: Final[tuple[str, ...]] = ("the first release", "a successor", "a successor that says so")

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "team": tuple(TEAM),
    "keys": tuple(KEY_KINDS),
    "cards": tuple(CARDS),
    "past": tuple(PAST),
    "quorum": tuple(QUORUM),
    "wanted": tuple(WANTED),
    "artifacts": tuple(ARTIFACTS),
    "evidence": tuple(EVIDENCE),
    "when": tuple(WHEN),
    "after": AFTER,
}

APART: Final = (
    # Three people cannot be a quorum of three beside the builder, and cannot do what takes others.
    {"three people", "three"},
    {"three people", "a scan with an answer"},
    {"three people", "a code review"},
    {"three people", "two builders"},
)


@dataclass(frozen=True, slots=True)
class Case:
    """One option of each kind."""

    options: Mapping[str, str]

    def __str__(self) -> str:
        """Read as the options."""
        return ", ".join(self.options.values())

    @property
    def together(self) -> bool:
        """Whether these options go together."""
        return not any(apart <= set(self.options.values()) for apart in APART)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every two options of it."""
        return frozenset(combinations(self.options.values(), 2))


def cases() -> Iterator[Case]:
    """Yield the cases, always the same: first those that bring two options together for the first time."""
    drawn = random.Random(SEED)
    missing, found = dict.fromkeys(sorted(pairs_that_go_together())), 0
    while missing or found < CASES:
        case = _drawn(drawn, next(iter(missing), ()))
        if case.together:
            found += 1
            missing = {pair: None for pair in missing if pair not in case.pairs}
            yield case


def _drawn(drawn: random.Random, wanted: tuple[str, ...]) -> Case:
    return Case(
        {
            kind: next((one for one in wanted if one in options), "") or drawn.choice(options)
            for kind, options in KINDS.items()
        }
    )


def pairs_that_go_together() -> frozenset[tuple[str, str]]:
    """Return every pair of options that some case could have."""
    return frozenset(
        (one, other)
        for first, second in combinations(KINDS.values(), 2)
        for one in first
        for other in second
        if {one, other} not in APART
    )


def stage_of(case: Case) -> Stage:
    """Return the world of a case, its request not yet taken in."""
    options = case.options
    keys = {**MORE_KEYS, **KEY_KINDS[options["keys"]]}
    stage = Stage(
        keys=keys,
        roster=_enrolled(KEY_KINDS[options["keys"]]),
        clean=options["artifacts"] not in {"a signed artifact", "a renewed certificate"},
    )
    TEAM[options["team"]](stage)
    CARDS[options["cards"]](stage)
    PAST[options["past"]](stage)
    stage.rule["approvals"]["atLeast"] = QUORUM[options["quorum"]][0]
    WANTED[options["wanted"]](stage)
    if options["after"] != "the first release":
        _released_before(stage)
    ARTIFACTS[options["artifacts"]](stage)
    _built_again(stage)
    EVIDENCE[options["evidence"]](stage)
    if options["after"] == "a successor that says so":
        assert stage.previous is not None
        followed = {"product": stage.previous.product.to_string(), "digest": stage.previous.id}
        stage.build.predicate["previousRelease"] = followed
    return stage.settle()


def _enrolled(keys: Mapping[str, UnsafeTestKey]) -> Document:
    """Return the roster of everybody, some with these keys instead of theirs."""
    found = more_people()
    instead = {MORE_KEYS[name].public.fingerprint: key for name, key in keys.items()}
    for holder in (*found["people"], *found["services"]):
        holder["credentials"] = [
            credential(instead[one["fingerprint"]], *one["uses"], tokenSerial=one.get("tokenSerial"))
            if one["fingerprint"] in instead
            else one
            for one in holder["credentials"]
        ]
    return found


def _built_again(stage: Stage) -> None:
    """Make request and evidence for the artifacts as they are now."""
    stage.build = Build(keys=stage.keys, version=stage.build.version, artifacts=stage.build.artifacts)


def _released_before(stage: Stage) -> None:
    artifacts = dict(stage.build.artifacts)
    stage.build = Build(
        keys=stage.keys, version="2.3.0", artifacts={"pump-2.3.0.bin": b"pump firmware 2.3.0\n"}
    )
    stage.admit()
    stage.released_as(OUT)
    stage.next_request(Build(keys=stage.keys, artifacts=artifacts))


def verdicts(case: Case) -> Iterator[tuple[str, Verdict]]:
    """Yield what every rule says at each step of the way: in, signed by each, out, installed, received."""
    stage = stage_of(case)
    yield "admit", stage.judge(stage.admitting())
    stage.admit()
    for name in QUORUM[case.options["quorum"]][1]:
        stage.now += WHEN[case.options["when"]]
        yield f"countersign by {name}", stage.judge(stage.countersigning(name))
        stage.countersign(name)
    yield "release", stage.judge(stage.releasing())
    yield "deployer", stage.recomputed().verdict
    stage.released_as(OUT)
    receipt = admitting(stage)
    yield "receipt", stage.judge(receipt)
