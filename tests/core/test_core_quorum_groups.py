"""Grouped quorum: as many people sit as can, and nobody in two places."""

from __future__ import annotations

from itertools import permutations

import pytest

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
