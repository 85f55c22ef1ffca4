"""Amending a draft: roles, aliases and control change; what has to be remembered is."""

from __future__ import annotations

import pytest
from roster.roster_world import FIRST, LATER, amended, roster, second_roster

from workstation.core.errors import Malformed
from workstation.core.roster import Former
from workstation.core.roster_amending import Amendment, with_amended_person, with_amended_service
from workstation.core.roster_succession import successor_violations

NOTHING = Amendment()


def person(name="alice", roles=NOTHING, groups=NOTHING, aliases=(), called=None):
    draft = with_amended_person(
        second_roster(), name, roles=roles, groups=groups, aliases=aliases, name=called, now=LATER
    )
    return roster(draft)


def test_a_person_gains_and_loses_roles_and_groups_and_gains_aliases():
    found = person(
        roles=Amendment(("security",), ("approver",)),
        groups=Amendment(("team-a",)),
        aliases=("github:1",),
        called="Alice Archer",
    )
    alice = found.people["alice"]

    assert (alice.name, alice.roles, alice.conflict_groups) == ("Alice Archer", {"security"}, {"team-a"})
    assert alice.aliases == {"alice@example.org", "github:1"}
    assert successor_violations(roster(FIRST), found) == ()


def test_attesting_alone_changes_no_controller():
    found = roster(amended()).services["ci-7"]

    assert (found.controllers, found.former, found.attested) == (("bob",), (), LATER)


def test_a_service_gains_a_builder_id():
    found = with_amended_service(
        second_roster(), "ci-7", controllers=NOTHING, builder_ids=("https://ci/8",), now=LATER
    )

    assert roster(found).services["ci-7"].builder_ids == {"https://ci/7", "https://ci/8"}


def test_each_who_loses_control_is_remembered():
    both = amended("kim", "lars")
    found = with_amended_service(
        both, "ci-7", controllers=Amendment(dropped=("lars", "bob")), builder_ids=(), now=LATER
    )

    assert roster(found).services["ci-7"].former == (
        Former(person="bob", until=LATER),
        Former(person="lars", until=LATER),
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: person("zoe"), "'zoe'.*nobody of this id"),
        (lambda: person("ci-7"), "'ci-7'.*nobody of this id"),
        (lambda: person(roles=Amendment(("approver",))), "'approver' found already"),
        (lambda: person(roles=Amendment(dropped=("auditor",))), "no 'auditor' found"),
        (lambda: person(aliases=("bob@example.org",)), "alias bob@example.org found twice"),
        (lambda: amended("zoe"), "controller zoe of ci-7 is not in the roster"),
        (lambda: amended("bob"), "'bob' found already"),
        (lambda: amended(dropped="alice"), "no 'alice' found"),
        (
            lambda: with_amended_service(
                second_roster(), "alice", controllers=NOTHING, builder_ids=(), now=LATER
            ),
            "'alice'.*nothing of this id",
        ),
    ],
)
def test_what_cannot_be_amended_is_refused_with_what_was_found(change, words):
    with pytest.raises(Malformed, match=words):
        change()
