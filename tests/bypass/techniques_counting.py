"""Row 21: counting those trusted instead of those who signed, and policies that ask for less."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from bypass import forge
from bypass.attempts import Technique, codes
from bypass.changes import about, all_of
from bypass.deploying import good, installed, verified
from bypass.kinds import not_installed, not_read, not_released, not_signed_by
from bypass.stage import HONEST, Prepare, Stage
from core.documents import KEYS, Document, json_bytes, signed
from core.world import Released

from workstation.core.identity import PersonId
from workstation.core.policy_document import parse_policy
from workstation.core.release_contents import RELEASE_TITLE, countersignature_title
from workstation.core.request import REQUEST_TITLE

BINDING: Final = codes("COUNTERSIGNATURE-BINDING", "QUORUM")
ERIN, ALICE = (countersignature_title(PersonId(name)) for name in HONEST)


def _signed(*names: str, before: Prepare = lambda _: None) -> Prepare:
    def prepare(stage: Stage) -> None:
        before(stage)
        stage.admit()
        stage.signed_by(*names)

    return prepare


def _carols_card_for_alice(stage: Stage) -> None:
    stage.person("alice")["credentials"].append(stage.person("carol")["credentials"].pop())


def _enrolled_to_sign(stage: Stage) -> None:
    stage.service("ci-7")["credentials"][0]["uses"].append("countersign")


def _grouped(*groups: Document) -> Prepare:
    return lambda stage: stage.rule["approvals"].update(groups=list(groups))


def _close(*names: str) -> Prepare:
    def change(stage: Stage) -> None:
        stage.rule["approvals"]["conflictGroups"] = True
        for name in names:
            stage.person(name)["conflictGroups"] = ["household-9"]

    return change


def row_21() -> Iterator[Technique]:
    """Yield row 21: counting those trusted instead of those who signed; an exception for the author."""
    few: dict[str, Prepare] = {
        "nobody signs, many are trusted": _signed(),
        "one signs, many are trusted": _signed("erin"),
        "one signs twice": _signed("erin", "erin"),
        "one signs three times": _signed("erin", "erin", "erin"),
        "one signs with two cards": _signed("alice", "carol", before=_carols_card_for_alice),
        "three are wanted": _signed(*HONEST, before=lambda s: s.rule["approvals"].update(atLeast=3)),
        "a second role signs nothing": _signed(
            "erin",
            "carol",
            before=lambda s: s.rule["approvals"].update(alsoFrom=[{"role": "security", "atLeast": 1}]),
        ),
        "one sits in two groups": _signed(
            *HONEST,
            before=_grouped(
                {"roles": ["security"], "atLeast": 1}, {"roles": ["security", "auditor"], "atLeast": 1}
            ),
        ),
    }
    for label, prepare in few.items():
        yield not_released(21, label, prepare, "QUORUM")
    wrong = {
        "a machine signs": (
            _signed("erin", "ci-7", before=_enrolled_to_sign),
            codes("APPROVER-SERVICE", "QUORUM", "COUNTERSIGNATURE-BINDING", "REVIEW-UNOPENED"),
        ),
        "a deployer signs": (_signed("erin", "frank"), codes("APPROVER-ROLE", "CREDENTIAL-USE", "QUORUM")),
        "the author signs beside a quorum": (_signed(*HONEST, "bob-second"), codes("SOD-BUILDER")),
        "household of a builder signs": (
            _signed(*HONEST, before=_close("bob", "erin")),
            codes("CONFLICT-GROUP"),
        ),
        "one household signs": (_signed(*HONEST, before=_close(*HONEST)), codes("CONFLICT-GROUP")),
    }
    for label, (prepare, rules) in wrong.items():
        yield not_released(21, label, prepare, *rules)
    yield not_released(
        21,
        "a signature grown old",
        all_of(good, lambda s: setattr(s, "now", s.now + timedelta(hours=73))),
        *BINDING,
    )
    yield not_installed(21, "a stranger signs", verified(_signed(*HONEST, "mallory")), "Untrusted")
    yield not_signed_by(
        21,
        "a stranger's card",
        lambda _: None,
        by="mallory",
        rules=codes("APPROVER-UNKNOWN"),
        deployer=codes("Untrusted"),
    )
    yield not_signed_by(
        21,
        "a machine's card",
        _enrolled_to_sign,
        by="ci-7",
        rules=codes("APPROVER-SERVICE"),
        deployer=codes("APPROVER-SERVICE", "COUNTERSIGNATURE-BINDING", "REVIEW-UNOPENED", "QUORUM"),
    )
    yield from _on_the_way()
    yield from _policies()


def _on_the_way() -> Iterator[Technique]:
    def rewrapped(out: Released) -> Released:
        return out.altered(ERIN, json.dumps(json.loads(out.documents[ERIN]), indent=1).encode())

    def twice_signed(out: Released) -> Released:
        found = json.loads(out.documents[ERIN])
        found["signatures"] *= 2
        return out.altered(ERIN, json_bytes(found))

    ways: dict[str, tuple[Callable[[Released], Released], str]] = {
        "one signature under two names": (lambda out: out.altered(ALICE, out.documents[ERIN]), "Untrusted"),
        "one signature under a third name": (
            lambda out: out.altered(countersignature_title(PersonId("carol")), out.documents[ERIN]),
            "Untrusted",
        ),
        "one signature wrapped anew": (rewrapped, "Untrusted"),
        "one signature twice in its envelope": (twice_signed, "Untrusted"),
        "one signature left out": (lambda out: out.without(ALICE), "Untrusted"),
        "all signatures left out": (lambda out: out.without(ALICE).without(ERIN), "Untrusted"),
        "a statement of the release by somebody else": (
            lambda out: out.altered(
                RELEASE_TITLE, signed(forge.payload(out.documents[RELEASE_TITLE]), KEYS["alice"]).received
            ),
            "Untrusted",
        ),
        "the request by somebody else": (
            lambda out: out.altered(
                REQUEST_TITLE, signed(forge.payload(out.documents[REQUEST_TITLE]), KEYS["alice"]).received
            ),
            "Untrusted",
        ),
    }
    for label, (change, kind) in ways.items():
        yield not_installed(21, f"on the way out: {label}", installed(change), kind)


def _policies() -> Iterator[Technique]:
    """Yield policies that ask for less than what no policy can loosen."""

    def read(change: Callable[[Stage], object]) -> Callable[[Stage], object]:
        def ask(stage: Stage) -> object:
            change(stage)
            return stage.trust

        return ask

    approvals: dict[str, Document] = {
        "keys are counted": {"distinctBy": "key"},
        "nobody is counted": {"atLeast": 0},
        "fewer than nobody": {"atLeast": -1},
        "true is one": {"atLeast": True},
        "the submitter may": {"notAnyOf": ["builder"]},
        "the builder may": {"notAnyOf": ["submitter"]},
        "anybody may": {"notAnyOf": []},
        "or the author approved": {"orAuthorApproved": True},
        "a group of nobody": {"groups": []},
        "a group of no role": {"groups": [{"roles": [], "atLeast": 1}]},
    }
    for label, change in approvals.items():
        yield not_read(
            21, f"policy: {label}", read(about(change, lambda s, change: s.rule["approvals"].update(change)))
        )
    policies: dict[str, Document] = {
        "allow by default": {"defaultDecision": "allow"},
        "one may change it": {"policyChange": {"role": "custodian", "atLeast": 1}},
        "code": {"script": "return True"},
    }
    for label, change in policies.items():
        yield not_read(21, f"policy: {label}", read(about(change, lambda s, change: s.policy.update(change))))
    yield not_read(
        21,
        "policy: two rules about one product",
        read(lambda s: s.policy["rules"].append({**s.rule, "id": "looser"})),
    )
    yield not_read(
        21,
        "policy: a field twice",
        lambda s: parse_policy(json_bytes(s.policy).replace(b'"atLeast":2', b'"atLeast":2,"atLeast":1', 1)),
    )
    alone: Document = {
        "periods": [],
        "breakGlass": {"role": "approver", "atLeast": 1, "reasonRequired": True},
    }
    yield not_read(21, "policy: one breaks the glass alone", read(lambda s: s.rule.update(freeze=alone)))
