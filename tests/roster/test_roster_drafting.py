"""Drafting: whatever is done in whatever order, what comes out is a whole roster that may follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from roster.roster_world import (
    DAY,
    FIRST,
    LATER,
    START,
    changed,
    enrolment,
    holder,
    key_of,
    person,
    roster,
    second_roster,
)

from workstation.core.errors import Malformed, WorkstationError
from workstation.core.roster import State, Use
from workstation.core.roster_draft import next_version, with_credential, with_service
from workstation.core.roster_leaving import Leaving, without_key, without_person
from workstation.core.roster_succession import first_violations, successor_violations

PEOPLE = st.sampled_from(["kim", "lars", "mona", "alice", "bob", "nora", "olaf", "ci-7"])
KEYS = st.sampled_from(["alice", "bob", "ci-7", "one", "two", "three"])
USES = st.sampled_from([Use.COUNTERSIGN, Use.REQUEST, Use.TRUST])
STATES = st.sampled_from([State.RETIRED, State.REVOKED])


def leaving(state=State.RETIRED, since=LATER, reason="left the house"):
    return Leaving(state=state, since=since, reason=reason)


def fingerprint(name, data=FIRST):
    return roster(data).people[name].credentials[0].key.fingerprint


def adding_person(who, role):
    return lambda data, at: person(data, who, role, at=at)


def adding_service(who, boss):
    return lambda data, at: with_service(
        data, service=who, name="S", builder_ids=[f"https://{who}"], controllers=[boss], now=at
    )


def enrolling(who, key, use, by):
    return lambda data, at: with_credential(data, who, enrolment(key, who, use, by=by, at=at))


def sending_away(who, state, days):
    return lambda data, at: without_person(data, who, leaving(state, at - days * DAY))


def taking_back(who, state, days):
    return lambda data, at: without_key(data, fingerprint(who), leaving(state, at - days * DAY))


STEPS = st.one_of(
    st.builds(adding_person, PEOPLE, st.sampled_from(["approver", "custodian"])),
    st.builds(adding_service, PEOPLE, PEOPLE),
    st.builds(enrolling, PEOPLE, KEYS, USES, st.lists(PEOPLE, max_size=3)),
    st.builds(sending_away, PEOPLE, STATES, st.integers(-3, 3)),
    st.builds(taking_back, st.sampled_from(["alice", "bob", "kim"]), STATES, st.integers(-3, 3)),
)


def drafted(data, steps, at):
    """Do what can be done of `steps`, a minute each; a refused step leaves the draft as it was."""
    for minute, step in enumerate(steps):
        try:
            data = step(data, at + timedelta(minutes=minute))
        except WorkstationError:
            continue
    return data


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=6), st.lists(STEPS, max_size=6))
def test_drafting_gives_whole_rosters_each_a_successor_of_all_before(earlier, later):
    second = drafted(second_roster(), earlier, LATER)
    third = drafted(next_version(second, now=LATER + 30 * DAY), later, LATER + 30 * DAY)

    chain = [roster(data) for data in (FIRST, second, third)]
    # What leaves fewer than two custodians is drafted, and then no successor.
    enough = [len(each.custodians) >= 2 for each in chain]
    for old in range(3):
        for new in range(old + 1, 3):
            assert not successor_violations(chain[old], chain[new]) or not all(enough[old : new + 1])


def test_the_first_roster_may_be_the_first():
    assert first_violations(roster(FIRST)) == ()


def test_a_first_roster_whose_keys_were_enrolled_by_one_is_refused():
    data = changed(FIRST, lambda d: key_of(d, "alice").update(enrolledBy=["kim"]))

    (found,) = first_violations(roster(data))

    assert (found.rule, "was enrolled by 1 people, 2 wanted" in found.detail) == ("ROSTER-SUCCESSION", True)


def double_key(document, one, other):
    again = {**key_of(document, one), "uses": ["evidence"], "tokenSerial": "fresh"}
    again.pop("proof", None)
    holder(document, other)["credentials"].append(again)


def double_serial(document, one, other):
    key_of(document, other)["tokenSerial"] = key_of(document, one)["tokenSerial"]


def double_tag(document, one, other):
    holder(document, other)["uniquenessTag"] = holder(document, one)["uniquenessTag"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([double_key, double_serial, double_tag]),
    st.permutations(["kim", "lars", "mona", "alice", "bob"]),
)
def test_a_key_token_or_human_there_twice_makes_the_whole_roster_invalid(double, people):
    one, other, *_ = people

    with pytest.raises(Malformed, match=r"found twice|one holder wanted"):
        roster(changed(FIRST, lambda d: double(d, one, other)))


def test_a_next_version_is_the_same_people_under_a_higher_number():
    old, new = roster(FIRST), roster(second_roster())

    assert (new.version, new.created, new.people) == (2, LATER, old.people)


@pytest.mark.parametrize("state", [State.RETIRED, State.REVOKED])
def test_a_key_leaves_from_a_time_on_for_a_reason(state):
    data = without_key(FIRST, fingerprint("alice"), leaving(state, reason="lost on a train"))

    credential = roster(data).people["alice"].credentials[0]
    assert (credential.state, credential.state_since, credential.state_reason) == (
        state,
        LATER,
        "lost on a train",
    )
    assert (credential.valid_at(LATER - DAY), credential.valid_at(LATER)) == (True, False)


def test_a_retired_key_can_be_revoked_and_never_begins_again_by_it():
    retired = without_key(FIRST, fingerprint("alice"), leaving(since=LATER))

    late = without_key(retired, fingerprint("alice"), leaving(State.REVOKED, since=LATER + DAY))
    early = without_key(retired, fingerprint("alice"), leaving(State.REVOKED, since=LATER - DAY))

    since = [roster(data).people["alice"].credentials[0].state_since for data in (late, early)]
    assert since == [LATER, LATER - DAY]


@pytest.mark.parametrize(("first", "then"), [(State.RETIRED, State.RETIRED), (State.REVOKED, State.RETIRED),
                                            (State.REVOKED, State.REVOKED)])  # fmt: skip
def test_what_left_does_not_leave_again(first, then):
    gone = without_key(FIRST, fingerprint("alice"), leaving(first))

    with pytest.raises(Malformed, match=f"{first.value} found, one that can still be {then.value} wanted"):
        without_key(gone, fingerprint("alice"), leaving(then))


def test_a_person_leaves_with_all_their_keys_and_stays_in_the_roster():
    two = with_credential(FIRST, "alice", enrolment("second", "alice"))

    alice = roster(without_person(two, "alice", leaving())).people["alice"]

    assert (alice.left, alice.active_at(LATER - DAY), alice.active_at(LATER)) == (True, True, False)
    assert alice.status[0].reason == "left the house"
    assert {credential.state for credential in alice.credentials} == {State.RETIRED}


def test_a_person_who_is_revoked_takes_retired_keys_along_and_leaves_revoked_ones():
    two = with_credential(FIRST, "alice", enrolment("second", "alice"))
    one = without_key(two, fingerprint("alice"), leaving(State.RETIRED, START + DAY))

    alice = roster(without_person(one, "alice", leaving(State.REVOKED))).people["alice"]

    states = [(credential.state, credential.state_since) for credential in alice.credentials]
    assert states == [(State.REVOKED, START + DAY), (State.REVOKED, LATER)]


@pytest.mark.parametrize("who", ["ci-7", "zoe", ""])
def test_only_a_person_of_the_roster_leaves_it(who):
    with pytest.raises(Malformed, match="nobody of this id found"):
        without_person(FIRST, who, leaving())


def test_nobody_leaves_twice():
    with pytest.raises(Malformed, match="one who left 2026-02-04T09:00:00Z found"):
        without_person(without_person(FIRST, "alice", leaving()), "alice", leaving())


def test_an_unknown_key_does_not_leave():
    with pytest.raises(Malformed, match="0 found in the roster, one wanted"):
        without_key(FIRST, "ab" * 32, leaving())


@pytest.mark.parametrize("reason", ["", " ", "a\nb", "a\u202eb", "x" * 101])
def test_a_reason_is_printable_text(reason):
    with pytest.raises(Malformed, match=r"a printable name|a string of at most"):
        without_key(FIRST, fingerprint("alice"), leaving(reason=reason))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: key_of(d, "alice").update(stateReason="for no state"),
        lambda d: holder(d, "alice")["status"][0].update(reason="still here"),
    ],
)
def test_a_reason_stands_only_where_something_ended(change):
    with pytest.raises(Malformed):
        roster(changed(FIRST, change))


def test_a_draft_that_is_no_roster_goes_no_further():
    for draft in (b"{}", b"[]", b'{"people":1}', changed(FIRST, lambda d: d.pop("services"))):
        with pytest.raises(Malformed):
            person(draft, "nora")
        with pytest.raises(Malformed):
            next_version(draft, now=LATER)
        with pytest.raises(Malformed):
            without_key(draft, "ab" * 32, leaving())
