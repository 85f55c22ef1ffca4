"""What a decision costs: the closure over fifty people and two hundred edges, and every guardrail.

Beside it stand the work nobody can leave out, reading and hashing the documents and verifying the
signatures in them, and one Ed25519 verification as a measure everybody knows.
"""

from __future__ import annotations

import hashlib
import json

from measured.crowd import APPROVER, NOW, Crowd, crowd, public_key
from measured.table import Row, measured, show

from workstation.core.action import Countersign
from workstation.core.approver import CardHolder
from workstation.core.closure import builders_of
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.identity import Digest, RequestId
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.opening import Opening
from workstation.core.plan_scene import Scene
from workstation.core.plan_search import plan_of
from workstation.core.planner import PlannedBuild
from workstation.core.release_diff import ReleaseDiff
from workstation.core.request import Request, parse_request
from workstation.core.review import Review
from workstation.core.verdict import Allowed
from workstation.core.why import asking, why


def main() -> None:
    """Measure and print."""
    made = crowd()
    request = parse_request(made.bundle, made.documents)
    roster = made.trust.roster
    facts, action = _asked(made, request)
    if judge(action, facts) != Allowed():
        raise SystemExit(f"the crowd's approver is blocked: {judge(action, facts)}")
    signature, message = request.envelope.signatures[0].value, request.envelope.signed_bytes
    builder = public_key("p-1")
    scene = Scene(made.trust, PlannedBuild(
        product=request.product, channel="stable", actors=("p-1",), builder_ids=request.built_by,
    ), NOW)  # fmt: skip
    blocked = asking(action.review, facts, _holder(made, "p-2"))
    found = measured({
        "Ed25519 verify": lambda: builder.verify(signature, message, where="benchmark"),
        "json and SHA-256": lambda: [_read(data) for data in made.documents.values()],
        "parse": lambda: parse_request(made.bundle, made.documents),
        "closure": lambda: builders_of(request, roster),
        "guardrails": lambda: judge(action, facts),
        "plan": lambda: plan_of(scene),
        "why": lambda: why(blocked),
    })  # fmt: skip
    builders = builders_of(request, roster)
    show(f"a decision: {len(builders.people)} builders, {len(builders.edges)} edges", [
        Row("Ed25519 verify", found["Ed25519 verify"]),
        Row("json.loads and SHA-256 of the request's documents", found["json and SHA-256"]),
        Row("parse_request: the same, strictly, into values", found["parse"], "Ed25519 verify"),
        Row("builders_of: the closure, two signatures verified", found["closure"], "Ed25519 verify"),
        Row("judge: every guardrail about a countersignature", found["guardrails"], "Ed25519 verify"),
        Row("closure and guardrails", found["closure"] + found["guardrails"], "Ed25519 verify"),
        Row("request plan: everybody asked, nothing built yet", found["plan"], "Ed25519 verify"),
        Row("why: the fewest facts against a builder", found["why"], "Ed25519 verify"),
    ])  # fmt: skip


def _asked(made: Crowd, request: Request) -> tuple[Facts, Countersign]:
    review, holder = Review(request=request, previous=None, diff=ReleaseDiff()), _holder(made, APPROVER)
    history = RequestHistory(
        request=request.id,
        product="pkg:generic/crowd",
        version="1.0",
        channel="stable",
        bundle=Digest(request.id),
        previous=None,
        manifest=frozenset(),
        admitted_seq=1,
        reviews=frozenset({review.digest}),
        openings=(_opening(review, holder),),
    )
    facts = Facts(
        now=NOW,
        ledger=Ledger(requests={RequestId(request.id): history}),
        trust=made.trust,
        request=request,
        history=history,
        builders=builders_of(request, made.trust.roster),
        rule=made.trust.policy.rule_for(request.product, request.channel),
    )
    action = Countersign(review=review, shown=review.digest, approver=holder, acknowledged=(), comment="")
    return facts, action


def _opening(review: Review, holder: CardHolder) -> Opening:
    person = None if holder.person is None else holder.person.id
    return Opening(
        review=review.digest,
        person=person,
        fingerprint=holder.key.fingerprint,
        token_serial=holder.token_serial,
        challenge="",
        signature="",
        seq=2,
    )


def _holder(made: Crowd, name: str) -> CardHolder:
    key = public_key(name)
    held = made.trust.roster.holder_of(key.fingerprint)
    return CardHolder(key=key, token_serial=f"token-{name}", token_label=name, held=held)


def _read(data: bytes) -> object:
    return hashlib.sha256(data).digest(), json.loads(data)


if __name__ == "__main__":
    main()
