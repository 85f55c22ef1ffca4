"""Grouped quorum: as many people sit as can, and nobody in two places."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.policy import Group
from workstation.core.quorum_groups import seats_taken

SECURITY = Group(roles=frozenset({"security"}), at_least=1)
APPROVERS = Group(roles=frozenset({"approver"}), at_least=1)


@pytest.mark.parametrize(
    "order", list(permutations([frozenset({"security"}), frozenset({"security", "approver"})]))
)
def test_whoever_fits_two_groups_sits_where_nobody_else_can(order):
    assert seats_taken((SECURITY, APPROVERS), order) == (1, 1)


def test_one_person_with_both_roles_fills_one_seat_only():
    assert sum(seats_taken((SECURITY, APPROVERS), [frozenset({"security", "approver"})])) == 1


def test_whoever_fits_no_group_sits_nowhere():
    assert seats_taken((SECURITY, APPROVERS), [frozenset({"deployer"})]) == (0, 0)


def test_whoever_moved_over_does_not_keep_the_seat_they_left():
    groups = tuple(Group(roles=frozenset({role}), at_least=1) for role in ("security", "approver", "owner"))
    everything = frozenset({"security", "approver", "owner"})

    taken = seats_taken(groups, [everything, frozenset({"security"}), frozenset({"security"})])

    assert sum(taken) == 2
    assert taken[0] == 1


ROLES = st.frozensets(st.sampled_from(["security", "approver", "owner"]), max_size=3)


@settings(deadline=None)
@given(st.lists(ROLES.filter(bool), min_size=1, max_size=3), st.lists(ROLES, max_size=4))
def test_as_many_sit_as_in_the_best_of_all_ways_to_seat_them(wanted, people):
    groups = tuple(Group(roles=roles, at_least=1) for roles in wanted)
    best = max(
        sum(bool(roles & group.roles) for roles, group in zip(order, groups, strict=False))
        for order in permutations([*people, *[frozenset()] * len(groups)], len(groups))
    )

    assert sum(seats_taken(groups, people)) == best
