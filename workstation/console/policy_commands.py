"""The policy's commands: check it, show what it asks, tell what a change does, try one on the past."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from workstation import bootstrap
from workstation.console.documents import read_document
from workstation.console.opening import desk_of, state_directory
from workstation.console.policy_replay import Replay, replayed
from workstation.console.reply import REFUSED, Reply
from workstation.core.entry import Outcome
from workstation.core.policy import Policy, Rule
from workstation.core.policy_document import parse_policy
from workstation.core.policy_lattice import NOTHING
from workstation.core.policy_order import compare, overall
from workstation.core.policy_table import CHANGES, CONTROLS
from workstation.core.shape import time_text
from workstation.core.simulation import Flip
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.trust.store import load


def lint(arguments: Namespace) -> Reply:
    """Check a policy file; a good one is described."""
    policy = _read(arguments.file)
    lines = [_headline(policy)]
    for rule in policy.rules:
        needs = (
            rule.approvals.need,
            *rule.approvals.also_from,
            *(one.to_need() for one in rule.approvals.groups),
        )
        asked = ", ".join(f"{need.at_least} {need.role}" for need in needs)
        lines.append(f"  {_targets(rule)}: {asked}")
    return Reply(document=_named(policy), lines=tuple(lines))


def show(arguments: Namespace) -> Reply:
    """Show everything a policy asks, control by control: a file's, or the policy this workstation follows."""
    policy = _followed(arguments) if arguments.file is None else _read(arguments.file)
    if policy is None:
        return Reply(document={"policy": None}, lines=("No policy is followed here yet.",), status=REFUSED)
    lines = [_headline(policy), *(f"  {name}: {text}" for name, text in _own(policy).items())]
    for rule in policy.rules:
        lines.append(f"  {_targets(rule)}")
        lines += [f"    {name}: {text}" for name, text in _asked(rule).items()]
    rules: list[JsonValue] = [
        {
            "id": rule.id,
            "purl": [*sorted(rule.purls)],
            "channel": [*sorted(rule.channels)],
            "controls": {**_asked(rule)},
        }
        for rule in policy.rules
    ]
    document: JsonObject = {**_named(policy), "controls": {**_own(policy)}, "rules": rules}
    return Reply(document=document, lines=tuple(lines))


def diff(arguments: Namespace) -> Reply:
    """Tell what a change of policy does: each control that is LOOSER, STRICTER or BOTH, looser ones first."""
    old, new = _read(arguments.old), _read(arguments.new)
    changes = compare(old, new)
    lines = [str(change) for change in changes] or ["Both ask for the same."]
    listed: list[JsonValue] = [change.to_json() for change in changes]
    document: JsonObject = {
        "old": _named(old),
        "new": _named(new),
        "overall": overall(changes).value,
        "changes": listed,
    }
    return Reply(document=document, lines=tuple(lines))


def simulate(arguments: Namespace) -> Reply:
    """Judge every decision in the journal again under a proposed policy, and list those that would flip."""
    proposed = _read(arguments.policy)
    with desk_of(arguments) as desk:
        found = replayed(desk, proposed)
    lines = (f"{found.count} decisions judged again under {_headline(proposed)}", *_flip_lines(found))
    flips: list[JsonValue] = [flip.to_json() for flip in found.flips]
    document: JsonObject = {
        "policy": _named(proposed),
        "decisions": found.count,
        "notReplayed": [{"entry": seq, "why": why} for seq, why in found.skipped],
        "flips": flips,
    }
    return Reply(document=document, lines=lines)


def _flip_lines(found: Replay) -> Iterator[str]:
    for flip in found.flips:
        yield _flip_line(flip)
        yield from (f"    {violation.rule}: {violation.detail}" for violation in flip.violations)
        if flip.current is not flip.was:
            yield f"    it is {flip.current.value} under the policy followed now as well: more has changed"
    if not found.flips:
        yield "  none would be another"
    yield from (f"  entry {seq} could not be judged again: {why}" for seq, why in found.skipped)


def _flip_line(flip: Flip) -> str:
    who = f" by {flip.who}" if flip.who else ""
    now = Outcome.BLOCKED if flip.was is Outcome.ALLOWED else Outcome.ALLOWED
    because = "no longer refused by" if now is Outcome.ALLOWED else "refused by"
    rules = ", ".join(flip.rules)
    return (
        f"  entry {flip.seq}: {flip.kind.value}{who} of request {flip.request[:12]}:"
        f" {flip.was.value} → {now.value}, {because} {rules}"
    )


def _read(name: str) -> Policy:
    return parse_policy(read_document(name), where=name)


def _followed(arguments: Namespace) -> Policy | None:
    trust = load(state_directory(arguments) / "trust", now=bootstrap.current_time())
    return None if trust is None else trust.snapshot.policy


def _headline(policy: Policy) -> str:
    return f"Policy {policy.id} version {policy.version}, in effect from {time_text(policy.effective_from)}"


def _targets(rule: Rule) -> str:
    return f"{rule.id}: {', '.join(sorted(rule.purls))} in {', '.join(sorted(rule.channels))}"


def _named(policy: Policy) -> JsonObject:
    return {"id": policy.id, "version": policy.version, "digest": policy.digest}


def _own(policy: Policy) -> dict[str, str]:
    shown = {control.name: control.shown(policy) for control in CHANGES}
    return {name: text for name, text in shown.items() if text != NOTHING}


def _asked(rule: Rule) -> dict[str, str]:
    shown = {control.name: control.shown(rule) for control in CONTROLS}
    return {name: text for name, text in shown.items() if text != NOTHING}
