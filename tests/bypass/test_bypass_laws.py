"""Laws: more never makes a no a yes, order says nothing, and workstation and deployer say the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from bypass import forge
from bypass.attempts import Door, Technique, codes_of
from bypass.deploying import bound_to
from bypass.stage import PROVENANCE, SBOM, TESTS, Prepare, Stage
from bypass.techniques import TECHNIQUES
from core.documents import Build, credential
from core.keys import p256
from core.receipts import OUT
from core.world import violations
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.countersignature import Countersignature
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, PersonId
from workstation.core.statement import STATEMENT_TYPE
from workstation.core.verdict import Verdict, Violation

OTHER_STATEMENT: Final = {
    "_type": STATEMENT_TYPE,
    "subject": [{"digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://example.org/anything",
}
BUILDERS: Final = ("bob", "bob-second", "ned", "ci-7")
SIGNERS: Final = ("alice", "carol", "dave", "erin", "bob-second", "ned", "ci-7", "frank")

# What a builder can add --------------------------------------------------------------------------

_SIGNATURES = st.tuples(
    st.just("signature"), st.sampled_from(["", PROVENANCE, TESTS]), st.sampled_from(BUILDERS)
)
_ENVELOPES = st.tuples(st.just("envelope"), st.sampled_from(["x.json", "y.json"]), st.sampled_from(BUILDERS))
_CREDENTIALS = st.tuples(
    st.just("credential"), st.sampled_from(["bob", "ned"]), st.sampled_from(["countersign", "evidence"])
)
ADDITIONS = st.lists(_SIGNATURES | _ENVELOPES | _CREDENTIALS, min_size=1, max_size=4)
SIGNING: Final = [one for one in TECHNIQUES if Door.SIGNING in one.refused]
NOT_FOR_WANT_OF_EVIDENCE: Final = [
    one for one in SIGNING if not any(rule.startswith("EVIDENCE-") for rule in one.refused[Door.SIGNING])
]
"""What lacks evidence is mended by evidence; nothing mends the others."""


def add(stage: Stage, additions: list[tuple[str, str, str]]) -> None:
    """Add signatures, envelopes and credentials of builders to a request nobody has taken in yet."""
    for number, (kind, where, what) in enumerate(additions):
        match kind:
            case "signature" if where:
                stage.envelope(where).by.append(what)
            case "signature":
                stage.build.by.append(what)
            case "envelope":
                forge.with_statement(where, OTHER_STATEMENT, what)(stage)
            case _:
                key = credential(p256(f"more {number}"), what, tokenSerial=f"token-{where}-more-{number}")
                stage.person(where)["credentials"].append(key)


@settings(max_examples=30, deadline=None)
@given(technique=st.sampled_from(NOT_FOR_WANT_OF_EVIDENCE), additions=ADDITIONS)
def test_nothing_a_builder_adds_makes_a_technique_work(
    technique: Technique, additions: list[tuple[str, str, str]]
) -> None:
    stage = Stage()
    add(stage, additions)

    found = codes_of(technique.build(stage).doors[Door.SIGNING])

    assert found


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(["bob-second", "ned", "ci-7", "frank", "mallory"]), additions=ADDITIONS)
def test_nothing_a_builder_adds_lets_a_builder_sign(name: str, additions: list[tuple[str, str, str]]) -> None:
    stage = Stage()
    before = codes_of(lambda: stage.judge(stage.countersigning(name)))
    add(stage, additions)
    stage.admit()

    found = codes_of(lambda: stage.judge(stage.countersigning(name)))

    assert found >= before - {"REQUEST-UNKNOWN"}
    assert found


# Order and repetition ----------------------------------------------------------------------------


@dataclass
class Shuffled(Stage):
    """A stage on which everything comes in another order, and evidence is signed twice."""

    chance: random.Random | None = None

    def settle(self) -> Stage:
        """Shuffle, and then settle."""
        chance = self.chance or random.Random(0)
        for several in (self.roster["people"], self.roster["services"], self.policy["rules"]):
            chance.shuffle(several)
        for holder in (*self.roster["people"], *self.roster["services"]):
            for name in {"roles", "aliases", "controllers", "credentials", "conflictGroups"} & holder.keys():
                chance.shuffle(holder[name])
        evidence = list(self.build.evidence.items())
        chance.shuffle(evidence)
        self.build.evidence = dict(evidence)
        self.build.by = [*self.build.by, *self.build.by]
        chance.shuffle(self.build.by)
        for people in (self.source["identities"], self.source.get("people", [])):
            people.extend(list(people))
            chance.shuffle(people)
        return super().settle()


@settings(max_examples=30, deadline=None)
@given(technique=st.sampled_from(SIGNING), seed=st.integers(0, 2**32))
def test_neither_order_nor_repetition_changes_what_is_said_of_a_technique(
    technique: Technique, seed: int
) -> None:
    for door, refused in technique.refused.items():
        ask = technique.build(Shuffled(chance=random.Random(seed))).doors[door]

        assert codes_of(ask) == refused


# Workstation and deployer ------------------------------------------------------------------------


def _card(name: str, **changes: Any) -> Prepare:
    return lambda stage: stage.person(name)["credentials"][0].update(changes)


def _rule(**controls: Any) -> Prepare:
    return lambda stage: stage.rule.update(controls)


def _approvals(**controls: Any) -> Prepare:
    return lambda stage: stage.rule["approvals"].update(controls)


def _household(*names: str) -> Prepare:
    def change(stage: Stage) -> None:
        stage.rule["approvals"]["conflictGroups"] = True
        for name in names:
            stage.person(name)["conflictGroups"].append("household")

    return change


CHANGES: Final[dict[str, Prepare]] = {
    "alice was revoked": _card("alice", state="revoked", stateSince="2026-11-20T10:01:30Z"),
    "carol was retired": _card("carol", state="retired", stateSince="2026-02-01T00:00:00Z"),
    "dave's card expired": _card("dave", validTo="2026-11-20T09:00:00Z"),
    "erin's card is new": _card("erin", enrolled="2026-11-19T00:00:00Z"),
    "erin's card has no serial": lambda s: s.person("erin")["credentials"][0].pop("tokenSerial"),
    "alice left": lambda s: s.person("alice").update(
        status=[{"since": "2026-01-05T09:00:00Z", "until": "2026-02-01T00:00:00Z"}]
    ),
    "carol has no role": lambda s: s.person("carol").update(roles=[]),
    "alice deploys": lambda s: s.person("alice")["roles"].append("deployer"),
    "no deployers": _approvals(notAnyOf=["submitter", "builder", "deployer"]),
    "three are wanted": _approvals(atLeast=3),
    "one is wanted": _approvals(atLeast=1),
    "security is wanted": _approvals(alsoFrom=[{"role": "security", "atLeast": 1}]),
    "groups": _approvals(
        groups=[{"roles": ["security"], "atLeast": 1}, {"roles": ["approver"], "atLeast": 1}]
    ),
    "an hour at most": _approvals(maxAgeHours=1),
    "a household": _household("alice", "carol"),
    "a builder's household": _household("bob", "erin"),
    "no provenance": lambda s: s.build.evidence.pop(PROVENANCE),
    "no tests": lambda s: s.build.evidence.pop(TESTS),
    "no SBOM": lambda s: s.build.evidence.pop(SBOM),
    "failed tests": lambda s: (
        s.build.evidence.get(TESTS) and s.statement(TESTS)["predicate"].update(result="FAILED")
    ),
    "old controllers": lambda s: s.service("ci-7").update(attested="2026-01-05T09:00:00Z"),
    "nobody controls": lambda s: s.service("ci-7").update(controllers=[]),
    "erin wrote it": lambda s: s.source["identities"].append("erin@example.org"),
    "a stranger wrote it": lambda s: s.source["identities"].append("eve@example.org"),
    "alice signed it": lambda s: s.build.by.append("alice"),
    "a stranger signed it": lambda s: s.build.by.append("mallory"),
    "ci-7 may sign": lambda s: s.service("ci-7")["credentials"][0]["uses"].append("countersign"),
    "outside the window": _rule(window={"zone": "UTC", "days": ["sat"], "from": "08:00", "to": "18:00"}),
    "frozen": _rule(
        freeze={
            "periods": [{"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z", "reason": "audit"}]
        }
    ),
    "other outputs": _rule(outputs=["openpgp"]),
    "serials are proved": _rule(token={"serial": True}),
    "touches are proved": _rule(token={"touch": True}),
    "a policy to come": lambda s: s.policy.update(effectiveFrom="2026-11-21T00:00:00Z"),
    "another channel": lambda s: s.build.predicate.update(channel="testing"),
    "an expired trust root": lambda s: setattr(s, "expires", s.now),
    "a short request": lambda s: s.build.predicate.update(notAfter="2026-11-20T10:02:30Z"),
}

HARMLESS: Final = {
    None,
    "one is wanted",
    "security is wanted",
    "groups",
    "an hour at most",
    "alice deploys",
    "no deployers",
    "a household",
    "a builder's household",
    "carol has no role",
    "carol was retired",
    "dave's card expired",
    "erin's card has no serial",
    "ci-7 may sign",
    "serials are proved",
    "alice was revoked",
}
"""What stops no release that erin and alice signed."""

LIES: Final[dict[str, Callable[[Countersignature], Countersignature]]] = {
    "nothing": lambda said: said,
    "no builders": bound_to(builders=()),
    "another policy": bound_to(policy=Digest("ab" * 32)),
    "another name": lambda said: replace(said, approver=PersonId("dave")),
    "another token": lambda said: replace(said, token_serial="token-alice"),
    "a time long ago": bound_to(at=Stage().now - timedelta(days=30)),
}

WORLDS = st.tuples(
    st.lists(st.sampled_from(sorted(CHANGES)), max_size=3, unique=True),
    st.lists(
        st.tuples(st.sampled_from(SIGNERS), st.sampled_from(sorted(LIES))),
        max_size=4,
        unique_by=lambda one: one[0],
    ),
    st.sampled_from([0, 1, 90]),
    st.sampled_from([None, None, "roster", "policy"]),
)


def released(
    changes: list[str], signed: list[tuple[str, str]], minutes: int, renewed: str | None = None
) -> Stage:
    """Return a stage on which these people signed what an owned workstation gave them.

    The `renewed` document gets another version after the first of them.
    """
    stage = Stage()
    for change in changes:
        CHANGES[change](stage)
    stage.settle().admit()
    for name, lie in signed:
        stage.now += timedelta(minutes=1)
        stage.countersign(name, change=LIES[lie])
        if renewed is not None:
            getattr(stage, renewed)["version"] = 9
            stage.settle()
    stage.now += timedelta(minutes=minutes)
    return stage


def said_by(ask: Callable[[], Verdict]) -> frozenset[Violation] | type[Exception]:
    """Return every violation, or the kind of error instead; a deployer reads countersignatures by name."""
    try:
        return frozenset(violations(ask()))
    except (Malformed, Untrusted) as error:
        return type(error)


@settings(max_examples=80, deadline=None)
@given(WORLDS)
def test_the_workstation_and_the_deployer_say_the_same_word_for_word(
    world: tuple[list[str], list[tuple[str, str]], int, str | None],
) -> None:
    stage = released(*world)
    made = [one.countersignature.approver for one in stage.signed]

    here = said_by(lambda: stage.judge(stage.releasing()))
    there = said_by(lambda: stage.recomputed().verdict)

    if len(set(made)) == len(made):
        assert there == here
    else:
        # Two countersignatures in one name: there is room for one in a release, and no release is made.
        assert here
        assert there


@pytest.mark.parametrize("change", [*CHANGES, None])
def test_the_workstation_and_the_deployer_agree_on_each_change_alone(change: str | None) -> None:
    stage = released([] if change is None else [change], [("erin", "nothing"), ("alice", "nothing")], 1)

    here = said_by(lambda: stage.judge(stage.releasing()))

    assert said_by(lambda: stage.recomputed().verdict) == here
    assert here or change in HARMLESS


def test_what_other_requests_and_objections_say_is_known_to_the_deployer_too() -> None:
    falling = Stage()
    falling.admit()
    falling.released_as(OUT)
    falling.next_request(Build(keys=falling.keys, version="2.3.0"))
    falling.admit()
    falling.signed_by("erin", "alice")
    declined = Stage()
    declined.admit()
    declined.signed_by("erin", "alice").decline("carol")

    assert codes_of(lambda: falling.judge(falling.releasing())) == {"VERSION-RISES"}
    assert codes_of(lambda: declined.judge(declined.releasing())) == {"REQUEST-DECIDED"}
    assert falling.recomputed().verdict == falling.judge(falling.releasing())
    assert declined.recomputed().verdict == declined.judge(declined.releasing())
