"""Builds planned in the test world: bob starts them, ned controls where they run."""

from __future__ import annotations

from itertools import combinations

from core.documents import BUILDER_ID, PRODUCT
from core.world import World
from packageurl import PackageURL

from workstation.core.plan_scene import Scene
from workstation.core.planner import PlannedBuild

BOB, BOBS_ACCOUNT, NEDS_ACCOUNT = "bob", "github:1001", "github:1002"


def planned(*actors, product=PRODUCT, channel="stable", builders=(BUILDER_ID,), others=()):
    """Return a build somebody has in mind."""
    return PlannedBuild(
        product=PackageURL.from_string(product),
        channel=channel,
        actors=actors or (BOBS_ACCOUNT,),
        builder_ids=builders,
        others=others,
    )


def scene(world=None, build=None):
    """Return the scene of a plan."""
    found = world or World()
    return Scene(found.trust, build or planned(), found.now)


def proper_subsets(items):
    """Yield every smaller choice of some items."""
    for size in range(len(items)):
        yield from combinations(items, size)


def ids(people):
    """Return who these are."""
    return [person.id for person in people]
