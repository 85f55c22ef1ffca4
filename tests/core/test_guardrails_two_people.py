"""What nobody does to the journal alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.documents import KEYS
from core.world import World, violations

from workstation.core.guardrails.two_people import two_people
from workstation.core.upkeep import AdmitCosignature, Anchor, AttestTime, ChangeHolders, HolderChange, Redact
from workstation.core.verdict import Allowed, Violation


def redacting(world, *names):
    people = tuple(world.card(name) for name in names)
    return Redact(entry=3, names=("comment",), purpose="asked", people=people)


def attesting(world, *names):
    return AttestTime(utc=world.now, people=tuple(world.card(name) for name in names))


@pytest.mark.parametrize("doing", [redacting, attesting])
def test_two_different_people_may(doing):
    world = World()

    assert world.judge(doing(world, "alice", "carol")) == Allowed()


@pytest.mark.parametrize("doing", [redacting, attesting])
@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ((), "nobody"),
        (("alice",), "Alice"),
        (("alice", "alice"), "Alice, Alice"),
        (("alice", "mallory"), f"Alice, key {KEYS['mallory'].public.fingerprint[:16]}"),
        (("alice", "station"), "Alice, STATION-1"),
    ],
)
def test_one_person_or_a_stranger_or_a_machine_may_not(doing, names, shown):
    world = World()

    (found,) = violations(world.judge(doing(world, *names)))

    assert found == Violation("TWO-PEOPLE", f"{shown} found, two different active people wanted")


@pytest.mark.parametrize("doing", [redacting, attesting])
def test_where_there_is_no_roster_nobody_is_anybody(doing):
    world = World()
    action = doing(world, "alice", "carol")

    (found,) = two_people(action, replace(world.facts(action), trust=None))

    assert found.detail == "Alice, Carol found, two different active people wanted"


def test_one_person_with_two_cards_is_not_two_people():
    world = World()

    (found,) = violations(world.judge(redacting(world, "bob", "bob-second")))

    assert found.rule == "TWO-PEOPLE"


@pytest.mark.parametrize(
    "change",
    [
        lambda person: person.update(status=[{"since": "2027-01-01T00:00:00Z"}]),
        lambda person: person["credentials"][0].update(validTo="2026-06-01T00:00:00Z"),
    ],
)
def test_who_left_or_has_an_expired_card_is_nobody(change):
    world = World()
    change(world.person("alice"))

    assert violations(world.judge(redacting(world, "alice", "carol")))


@pytest.mark.parametrize(
    "action",
    [
        ChangeHolders(change=HolderChange.REMOVE, name="alice", way="token"),
        Anchor(memory="paper"),
        AdmitCosignature(witness="laptop", size=1, root="ab" * 32),
    ],
)
def test_who_opened_the_journal_looks_after_it_even_under_an_expired_trust_root(action):
    world = World()
    world.expires = world.now

    assert world.judge(action) == Allowed()
