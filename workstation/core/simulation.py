"""Judging again, under a proposed policy, what was decided: which decisions would flip, and by which rules.

Only the policy is another. Evidence and the release diff are as they are here; the roster, the time and the
journal before it are those of the decision. Policy and roster are taken as in effect then, and earlier
countersignatures as made under them, or no yesterday could be judged by what was signed today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from workstation.core.action import Countersign, Release
from workstation.core.closure import BuilderSet
from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.guardrails.judge import judge
from workstation.core.identity import RequestId
from workstation.core.policy import Policy
from workstation.core.shape import Shape
from workstation.core.strict_json import JsonObject
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Allowed, Blocked, Verdict, Violation

ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DECIDED: Final = frozenset(
    {
        (kind, outcome)
        for kind in (Kind.COUNTERSIGN, Kind.RELEASE)
        for outcome in (Outcome.ALLOWED, Outcome.BLOCKED)
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision of the gate: the entry that says so, what was asked, the facts then, and its rules.

    `rules` are those that refused it, as the journal has them; empty when it was allowed.
    """

    entry: Entry
    action: Countersign | Release
    facts: Facts

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that refused, in order; none when it was allowed. Raises Malformed."""
        return refused_by(self.entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A decision that would be another: `now` under the proposed policy, and why.

    `rules` are responsible: those that refuse now, or those that refused and would not. `current` is
    what the policy followed today says of it; when that differs from what was decided, then not only
    the policy is another than it was.
    """

    seq: int
    kind: Kind
    request: RequestId
    who: str
    was: Outcome
    rules: tuple[str, ...]
    violations: tuple[Violation, ...]
    current: Outcome

    def to_json(self) -> JsonObject:
        """Return the flip as the command line shows it."""
        return {
            "entry": self.seq,
            "kind": self.kind.value,
            "request": self.request,
            "who": self.who or None,
            "was": self.was.value,
            "rules": list(self.rules),
            "violations": [violation.to_json() for violation in self.violations],
            "current": self.current.value,
        }


def is_decision(entry: Entry) -> bool:
    """Answer whether an entry says that a countersignature or a release was allowed or blocked."""
    return (entry.kind, entry.outcome) in _DECIDED


def decided_at(entry: Entry) -> datetime:
    """Return the time of an entry by the machine's clock, to the second below as the gate takes it."""
    return datetime.fromtimestamp(entry.time.rtc_ms // 1000, UTC)


def refused_by(entry: Entry) -> tuple[str, ...]:
    """Return the rules that refused, without repeats, from a blocked entry; raises Malformed."""
    payload = Shape(entry.payload, f"entry {entry.seq}").open_fields()
    violations = payload.get("violations")
    found = () if violations is None else violations.items()
    return tuple(dict.fromkeys(item.open_fields()["rule"].text() for item in found))


def under(facts: Facts, policy: Policy) -> Facts:
    """Return the facts as they would be had `policy` been followed."""
    if facts.trust is None:
        return facts
    trust = replace(
        facts.trust,
        policy=replace(policy, effective_from=ALWAYS),
        roster=replace(facts.trust.roster, created=ALWAYS),
    )
    request = facts.request
    return replace(
        facts,
        trust=trust,
        rule=None if request is None else policy.rule_for(request.product, request.channel),
        countersignatures=tuple(_as_if(one, trust, facts.builders) for one in facts.countersignatures),
    )


def verdict_under(decided: Decided, policy: Policy) -> Verdict:
    """Return what the guardrails would have said under `policy`."""
    return judge(decided.action, under(decided.facts, policy))


def flips(decisions: Iterable[Decided], proposed: Policy) -> Iterator[Flip]:
    """Yield every decision that would be another under `proposed`; raises Malformed for an odd entry."""
    for decided in decisions:
        verdict = verdict_under(decided, proposed)
        if _outcome(verdict) is not decided.entry.outcome:
            yield _flip(decided, verdict)


def _flip(decided: Decided, verdict: Verdict) -> Flip:
    trust = decided.facts.trust
    current = verdict if trust is None else verdict_under(decided, trust.policy)
    violations = verdict.violations if isinstance(verdict, Blocked) else ()
    blocking = tuple(dict.fromkeys(violation.rule for violation in violations))
    action = decided.action
    return Flip(
        seq=decided.entry.seq,
        kind=decided.entry.kind,
        request=action.request.id if isinstance(action, Release) else action.review.request.id,
        who="" if isinstance(action, Release) else action.approver.label,
        was=decided.entry.outcome,
        rules=blocking or decided.rules,
        violations=violations,
        current=_outcome(current),
    )


def _outcome(verdict: Verdict) -> Outcome:
    match verdict:
        case Allowed():
            return Outcome.ALLOWED
        case Blocked():
            return Outcome.BLOCKED


def _as_if(
    made: VerifiedCountersignature, trust: TrustSnapshot, builders: BuilderSet | None
) -> VerifiedCountersignature:
    said = made.signed.countersignature
    binding = replace(
        said.binding,
        policy_id=trust.policy.id,
        policy_version=trust.policy.version,
        policy=trust.policy.digest,
        roster_version=trust.roster.version,
        roster=trust.roster.digest,
        builders=said.binding.builders if builders is None else builders.edges,
    )
    return replace(made, signed=replace(made.signed, countersignature=replace(said, binding=binding)))
