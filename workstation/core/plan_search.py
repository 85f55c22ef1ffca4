"""Looking for the smallest changes that make room for a quorum, each tried by planning again.

All ways of one size are tried before any of the next, so nothing smaller than what is found would
do, among the changes of `plan_changes`. The search is bounded; an answer says when it was cut short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import Final, TypeAlias

from workstation.core.plan_candidates import candidates, mends, missing_roles
from workstation.core.plan_changes import Change, EnrolApprovers, weight
from workstation.core.plan_scene import Scene, changed
from workstation.core.planner import Plan, plan

MOST_CHANGES: Final = 3
MOST_TRIALS: Final = 1500
MOST_WAYS: Final = 8
MOST_NEWCOMERS: Final = 32

Way: TypeAlias = tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysOut:
    """The smallest ways found to a quorum, easiest first; `complete` when no other way is as small."""

    ways: tuple[Way, ...]
    trials: int
    complete: bool


def ways_out(scene: Scene) -> WaysOut:
    """Return the smallest sets of changes after which the plan is possible; none when it is already."""
    found = plan_of(scene)
    if found.possible:
        return WaysOut(ways=(), trials=0, complete=True)
    ways: list[Way] = []
    trials = 0
    for way in _by_size(candidates(scene, found)):
        if ways and _size(way) > _size(ways[0]):
            return WaysOut(ways=tuple(ways), trials=trials, complete=True)
        if trials == MOST_TRIALS or len(ways) == MOST_WAYS:
            return WaysOut(ways=tuple(ways) or _last_resort(scene, found), trials=trials, complete=False)
        trials += 1
        if plan_of(after(scene, way)).possible:
            ways.append(way)
    return WaysOut(ways=tuple(ways) or _last_resort(scene, found), trials=trials, complete=True)


def after(scene: Scene, way: Way) -> Scene:
    """Return the scene after every change of a way."""
    return reduce(changed, way, scene)


def plan_of(scene: Scene) -> Plan:
    """Return the plan of a scene."""
    return plan(scene.trust, scene.build, now=scene.now)


def _by_size(offered: tuple[Change, ...]) -> Iterator[Way]:
    for size in range(1, MOST_CHANGES + 1):
        for count in range(1, size + 1):
            yield from (way for way in combinations(offered, count) if _size(way) == size)


def _size(way: Way) -> int:
    return sum(map(weight, way))


def _last_resort(scene: Scene, found: Plan) -> tuple[Way, ...]:
    """Return what mends every blocker, and as few new people as do the rest, if that does it."""
    rule = scene.trust.policy.rule_for(scene.build.product, scene.build.channel)
    roles = () if rule is None else missing_roles(found, rule)
    mended = mends(scene, found)
    for count in range(MOST_NEWCOMERS + 1):
        people = (EnrolApprovers(roles, count),) if roles and count else ()
        if plan_of(after(scene, (*mended, *people))).possible:
            return (_needed(scene, (*mended, *people)),)
    return ()


def _needed(scene: Scene, way: Way) -> Way:
    for change in way:
        fewer = tuple(one for one in way if one != change)
        if plan_of(after(scene, fewer)).possible:
            way = fewer
    return way
