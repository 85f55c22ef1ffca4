"""What a change of policy does, control by control: every one has an order (docs/spec/policy.md).

STRICTER: nothing is allowed that was refused. LOOSER: nothing is refused that was allowed. Policies
are compared target by target and as if both were in effect, whatever their rules are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from workstation.core.orders import Direction, together
from workstation.core.policy import Policy, Rule
from workstation.core.policy_lattice import NOTHING, Control
from workstation.core.policy_table import CHANGES, CONTROLS
from workstation.core.strict_json import JsonObject

__all__ = ["Change", "Direction", "compare", "overall"]

R = TypeVar("R")
Target: TypeAlias = tuple[str, str]
"""A product without its version, or a pattern for all that are not named; and a channel."""

_GRAVITY: Final = (Direction.LOOSER, Direction.BOTH, Direction.STRICTER, Direction.SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One control that was changed, in which rule ("" for the policy's own), from what to what."""

    control: str
    rule: str
    old: str
    new: str
    direction: Direction

    def __str__(self) -> str:
        """Read as a line: LOOSER: approvals.atLeast 2 → 1 (rule release)."""
        where = f" (rule {self.rule})" if self.rule else ""
        return f"{self.direction.value}: {self.control} {self.old} → {self.new}{where}"

    def to_json(self) -> JsonObject:
        """Return the change as the command line shows it."""
        return {
            "control": self.control,
            "rule": self.rule or None,
            "old": self.old,
            "new": self.new,
            "direction": self.direction.value,
        }


def compare(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return every change from `old` to `new`, the looser ones first; none when they ask the same."""
    found = dict.fromkeys((*_own(old, new), *_targets(old, new), *_rules(old, new)))
    return tuple(sorted(found, key=lambda change: _GRAVITY.index(change.direction)))


def overall(changes: tuple[Change, ...]) -> Direction:
    """Return what all changes do at once."""
    return together(change.direction for change in changes)


def _own(old: Policy, new: Policy) -> Iterator[Change]:
    for control in CHANGES:
        yield from _changed(control, old, new, rule="")


def _targets(old: Policy, new: Policy) -> Iterator[Change]:
    """Yield the targets that lose their rule, so that nothing is allowed there, and those that gain one."""
    before, after = _by_target(old, new), _by_target(new, old)
    for target in sorted(before.keys() - after.keys()):
        yield _covered(target, before[target], gained=False)
    for target in sorted(after.keys() - before.keys()):
        yield _covered(target, after[target], gained=True)


def _covered(target: Target, rule: Rule, *, gained: bool) -> Change:
    shown = f"{target[0]} in {target[1]}"
    return Change(
        control="match",
        rule=rule.id,
        old=NOTHING if gained else shown,
        new=shown if gained else NOTHING,
        direction=Direction.LOOSER if gained else Direction.STRICTER,
    )


def _rules(old: Policy, new: Policy) -> Iterator[Change]:
    """Yield what changes for targets that have a rule in both, once for each pair of rules."""
    before, after = _by_target(old, new), _by_target(new, old)
    pairs = {
        (before[target].id, after[target].id): (before[target], after[target])
        for target in sorted(before.keys() & after.keys())
    }
    for was, now in pairs.values():
        if was.id != now.id:
            yield Change(control="id", rule=now.id, old=was.id, new=now.id, direction=Direction.SAME)
        for control in CONTROLS:
            yield from _changed(control, was, now, rule=now.id)


def _changed(control: Control[R], old: R, new: R, *, rule: str) -> Iterator[Change]:
    was, now, direction = control.shown(old), control.shown(new), control.compare(old, new)
    if was != now or direction is not Direction.SAME:
        yield Change(control=control.name, rule=rule, old=was, new=now, direction=direction)


def _by_target(policy: Policy, other: Policy) -> dict[Target, Rule]:
    """Return a policy's rule at each target that either policy names; a pattern stands for all unnamed."""
    named = {
        (purl, channel)
        for rule in (*policy.rules, *other.rules)
        for purl in rule.purls
        for channel in rule.channels
    }
    found = {target: policy.rule_at(*target) for target in named}
    return {target: rule for target, rule in found.items() if rule is not None}
