"""Trust roots that are offered, to be followed or not."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from core.documents import credential
from core.keys import p256
from core.world import ROOT
from policy.policy_world import policy_world

from workstation.core.action import ApplyTrust

TWO = {"role": "custodian", "atLeast": 2}


def following(control, *signers, change, **people):
    """Return the offer of a changed trust root, signed by the keys of `signers`, and the world before it."""
    world = policy_world()
    world.policy[control] = TWO
    for name in ("gail", "hugo"):
        found = credential(p256(name), "trust", **people)
        world.person(name)["credentials"] = [found]
    offered = policy_world()
    offered.roster, offered.policy = deepcopy(world.roster), deepcopy(world.policy)
    change(offered)
    signed_by = frozenset(p256(name).public.fingerprint for name in signers)
    trust = replace(offered.trust, targets_version=5, signed_by=signed_by)
    return ApplyTrust(trust=trust, root=ROOT, targets=ROOT), world


def another_policy(world):
    world.policy["version"] += 1


def another_roster(world):
    world.roster["version"] += 1
