"""What may follow a roster: nothing vanishes, nothing is undone, nobody signs for themselves."""

from __future__ import annotations

import base64
import copy
import json

import pytest
from core.keys import edwards
from hypothesis import given, settings
from hypothesis import strategies as st
from roster.roster_world import (
    CUSTODIANS,
    DAY,
    FIRST,
    LATER,
    amended,
    changed,
    enrolment,
    holder,
    key_of,
    person,
    roster,
    second_roster,
)

from workstation.core.errors import Untrusted
from workstation.core.roster import Former, State, Use
from workstation.core.roster_draft import next_version, with_credential
from workstation.core.roster_leaving import Leaving, without_key, without_person
from workstation.core.roster_succession import records_changed, refuse_no_successor, successor_violations

REVOKED = Leaving(state=State.REVOKED, since=LATER, reason="lost")
SECOND = second_roster()


def against(old, new, **signers):
    """Return what stands against `new` following `old`, in words."""
    return [found.detail for found in successor_violations(roster(old), roster(new), **signers)]


def after(change, data=SECOND):
    """Return what stands against the second roster after `change`."""
    return against(FIRST, changed(data, change))


def fingerprint(name):
    return edwards(name).public.fingerprint


def test_a_roster_may_stay_and_its_next_version_may_follow():
    assert against(FIRST, FIRST) == []
    assert against(FIRST, SECOND) == []


def drop(document, name):
    document["people"].remove(holder(document, name))


def again(document, name, other):
    holder(document, name)["id"] = other


def move(document, name, other):
    """Give a key to someone else; with a use that needs no proof, so that it parses."""
    holder(document, other)["credentials"].append(holder(document, name)["credentials"].pop())


GONE = {
    "a person": (lambda d: drop(d, "alice"), ["person alice is gone", "of alice is gone"]),
    "a person, back under another id": (
        lambda d: (drop(d, "bob"), holder(d, "ci-7").update(controllers=["kim"]), d["people"].append(
            {**holder(json.loads(FIRST), "bob"), "id": "robert", "credentials": []}
        )),
        [
            "bob is here again under the new id robert",
            "person bob is gone",
            "bob controlled ci-7, and that is gone",
            "of bob is gone",
        ],
    ),
    "a tag": (
        lambda d: holder(d, "alice").update(uniquenessTag="ab" * 32), ["id alice is used for another human"],
    ),
    "a key": (lambda d: holder(d, "alice")["credentials"].pop(), ["of alice is gone"]),
    "a service": (lambda d: d["services"].clear(), ["service ci-7 is gone", "of ci-7 is gone"]),
    "a service's key, given to a person": (lambda d: move(d, "ci-7", "bob"), ["of ci-7 is given to bob"]),
    "an alias": (lambda d: holder(d, "bob").update(aliases=[]), ["alias bob@example.org of bob is gone"]),
    "an alias, given to another": (
        lambda d: (
            holder(d, "bob").update(aliases=[]), holder(d, "alice").update(aliases=["bob@example.org"]),
        ),
        ["alias alice@example.org of alice is gone", "alias bob@example.org of bob is gone"],
    ),
    "a builder id": (
        lambda d: holder(d, "ci-7").update(builderIds=["https://ci/8"]),
        ["builder id https://ci/7 of ci-7 is gone"],
    ),
    "a proof": (
        lambda d: (key_of(d, "bob").pop("proof")), ["of bob has another proof of possession, or none"],
    ),
    "the secret's check": (
        lambda d: d.update(uniqueness={"scheme": "hmac-sha256", "check": "ab" * 32}),
        ["another secret for the uniqueness tags found"],
    ),
    "all custodians but one": (
        lambda d: [holder(d, name).update(roles=[]) for name in CUSTODIANS[1:]],
        ["1 custodians left, at least 2 wanted"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", GONE)
def test_nothing_vanishes_and_nothing_changes_hands(what):
    change, words = GONE[what]

    found = after(change)

    assert len(found) == len(words)
    assert all(any(detail.endswith(word) for detail in found) for word in words)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uses", ["evidence", "request"]),
        ("tokenSerial", "another"),
        ("enrolled", "2026-01-06T09:00:00Z"),
        ("enrolledBy", ["mona"]),
        ("validFrom", "2026-01-04T09:00:00Z"),
    ],
)
def test_how_a_key_was_enrolled_is_never_rewritten(field, value):
    found = after(lambda d: key_of(d, "ci-7").update({field: value}))

    assert found == [f"key {fingerprint('ci-7')} of ci-7 reads as enrolled differently"]


@pytest.mark.parametrize("version", [1, 2])
def test_the_version_rises(version):
    second = changed(SECOND, lambda d: d.update(version=2))

    found = against(
        second, changed(second, lambda d: d.update(version=version, created="2026-03-01T00:00:00Z"))
    )

    assert found == [f"version {version} found, one higher than 2 wanted"]


def test_a_roster_is_not_older_than_the_one_it_follows():
    found = after(lambda d: d.update(created="2026-01-05T08:59:59Z"))

    assert found == ["made 2026-01-05T08:59:59Z, before the one it follows"]


def test_a_revocation_is_never_undone_nor_put_off():
    revoked = without_key(FIRST, fingerprint("alice"), REVOKED)
    third = next_version(revoked, now=LATER)

    def put(**changes):
        def change(document):
            key = key_of(document, "alice")
            key.update(changes)
            if key["state"] == "active":
                del key["stateSince"], key["stateReason"]

        return against(revoked, changed(third, change))

    key = f"key {fingerprint('alice')} of alice"
    assert put(state="active") == [f"{key} was revoked, and that is undone"]
    assert put(state="retired") == [f"{key} was revoked, and that is undone"]
    assert put(stateSince="2026-02-05T00:00:00Z") == [
        f"{key} was revoked 2026-02-04T09:00:00Z, and that is put off"
    ]
    assert put(stateSince="2026-02-01T00:00:00Z") == []


def test_a_retirement_may_become_a_revocation_but_no_later_one():
    retired = without_key(
        FIRST, fingerprint("alice"), Leaving(state=State.RETIRED, since=LATER, reason="new card")
    )
    third = next_version(retired, now=LATER + DAY)
    late = changed(
        third, lambda d: key_of(d, "alice").update(state="revoked", stateSince="2026-03-01T00:00:00Z")
    )

    assert against(retired, without_key(third, fingerprint("alice"), REVOKED)) == []
    assert [words.partition(", and ")[2] for words in against(retired, late)] == ["that is put off"]


def test_who_left_may_come_back_from_now_on_and_not_from_a_time_gone_by():
    left = without_person(FIRST, "alice", REVOKED)
    third = next_version(left, now=LATER + DAY)

    def back(*status):
        return against(left, changed(third, lambda d: holder(d, "alice").update(status=list(status))))

    gone = {"since": "2026-01-05T09:00:00Z", "until": "2026-02-04T09:00:00Z", "reason": "lost"}
    assert back(gone, {"since": "2026-03-01T00:00:00Z"}) == []
    assert back({"since": "2026-01-05T09:00:00Z"}) == ["alice left 2026-02-04T09:00:00Z, and that is undone"]
    assert back({**gone, "until": "2026-02-05T00:00:00Z"}) == [
        "alice left 2026-02-04T09:00:00Z, and that is undone"
    ]
    assert back({**gone, "until": "2026-02-01T00:00:00Z"}) == []
    assert back(gone, {"since": "2026-01-05T08:00:00Z"}) == ["alice is back as of a time before it was known"]
    assert back({**gone, "since": "2026-01-01T00:00:00Z"}) == ["the history of alice reads differently"]


def test_nobody_and_nothing_is_added_as_of_a_time_gone_by():
    """A puppet for today cannot be given yesterday's card (cooling-off)."""
    third = next_version(SECOND, now=LATER + DAY)
    nora = person(third, "nora", at=LATER - DAY)
    key = with_credential(third, "alice", enrolment("new", "alice", at=LATER - DAY))
    valid = changed(
        with_credential(third, "alice", enrolment("new", "alice", at=LATER + DAY)),
        lambda d: holder(d, "alice")["credentials"][1].update(validFrom="2026-01-01T00:00:00Z"),
    )

    assert against(SECOND, nora) == ["person nora is added as of 2026-02-03T09:00:00Z, before it was known"]
    for late in (key, valid):
        (words,) = against(SECOND, late)
        assert words.startswith(f"key {fingerprint('new')} of alice is enrolled as of ")
    assert against(SECOND, with_credential(third, "alice", enrolment("new", "alice", at=LATER + DAY))) == []


def test_a_countersigning_key_that_comes_later_was_enrolled_by_two():
    new = with_credential(SECOND, "alice", enrolment("new", "alice", at=LATER))
    alone = changed(new, lambda d: holder(d, "alice")["credentials"][1].update(enrolledBy=["kim"]))

    assert against(FIRST, new) == []
    assert against(FIRST, alone) == [f"key {fingerprint('new')} of alice was enrolled by 1 people, 2 wanted"]


def test_names_roles_controllers_and_expiry_may_change():
    def change(document):
        holder(document, "alice").update(name="Alice Archer", roles=["approver", "security"])
        holder(document, "alice")["conflictGroups"].append("team-a")
        holder(document, "ci-7").update(
            controllers=["alice"],
            formerControllers=[{"person": "bob", "until": "2026-02-04T09:00:00Z"}],
            attested="2026-02-04T09:00:00Z",
        )
        key_of(document, "alice")["validTo"] = "2029-01-01T00:00:00Z"

    assert after(change) == []


HANDED_ON = amended("alice", dropped="bob")
"""Bob gave control of the machine to alice."""


def test_whoever_loses_control_is_kept_as_a_former_controller_until_then():
    found = roster(HANDED_ON).services["ci-7"]

    assert (found.controllers, found.former) == (("alice",), (Former(person="bob", until=LATER),))
    assert against(FIRST, HANDED_ON) == []


@pytest.mark.parametrize(
    ("former", "words"),
    [
        ([], "bob controlled ci-7, and that is gone"),
        (
            [{"person": "bob", "until": "2026-01-05T08:59:59Z"}],
            "bob controlled ci-7 2026-01-05T09:00:00Z, after it is said to have ended",
        ),
    ],
)
def test_control_that_ended_is_not_forgotten_and_did_not_end_while_it_was_known(former, words):
    change = {"controllers": ["kim"], "formerControllers": former}

    assert after(lambda d: holder(d, "ci-7").update(change)) == [words]


def test_control_may_end_at_the_moment_the_roster_was_made_that_knew_of_it():
    change = {
        "controllers": ["kim"],
        "formerControllers": [{"person": "bob", "until": "2026-01-05T09:00:00Z"}],
    }

    assert after(lambda d: holder(d, "ci-7").update(change)) == []


@pytest.mark.parametrize(
    ("controllers", "former", "words"),
    [
        (["alice"], [], "bob controlled ci-7, and that is gone"),
        (["alice", "bob"], [], "bob controlled ci-7 before, and that is gone"),
        (
            ["alice"],
            [{"person": "bob", "until": "2026-02-04T08:59:59Z"}],
            "bob controlled ci-7 until 2026-02-04T09:00:00Z; that is put earlier",
        ),
    ],
)
def test_a_former_controller_stays_one(controllers, former, words):
    new = changed(
        next_version(HANDED_ON, now=LATER + DAY),
        lambda d: holder(d, "ci-7").update(controllers=controllers, formerControllers=former),
    )

    assert against(HANDED_ON, new) == [words]


def test_control_may_be_taken_up_again_and_given_up_again():
    back = amended("bob", draft=next_version(HANDED_ON, now=LATER + DAY), at=LATER + DAY)
    gone = amended("kim", dropped="bob", draft=next_version(back, now=LATER + 2 * DAY), at=LATER + 2 * DAY)

    assert against(HANDED_ON, back) == against(back, gone) == against(HANDED_ON, gone) == []
    assert roster(gone).services["ci-7"].former == (Former(person="bob", until=LATER + 2 * DAY),)


def test_controllers_are_never_attested_backwards():
    found = after(lambda d: holder(d, "ci-7").update(attested="2026-01-01T00:00:00Z"))

    assert found == ["the controllers of ci-7 were attested later before"]


def test_a_machine_that_proves_its_key_later_is_welcome():
    found = enrolment("ci-7", "ci-7", Use.EVIDENCE).proof
    proved = with_credential(
        changed(FIRST, lambda d: holder(d, "ci-7")["credentials"].clear()),
        "ci-7",
        enrolment("ci-7", "ci-7", Use.EVIDENCE, token_serial=None),
    )

    assert found == roster(proved).services["ci-7"].credentials[0].proof
    assert against(FIRST, next_version(proved, now=LATER)) == []


def test_a_custodian_signs_no_change_to_their_own_record():
    new = with_credential(SECOND, "kim", enrolment("new", "kim", Use.TRUST, at=LATER, by=("lars", "mona")))
    keys = {name: fingerprint(name) for name in CUSTODIANS}

    def signed_by(*names):
        return against(FIRST, new, signers=frozenset(keys[name] for name in names))

    assert signed_by("lars", "mona") == []
    assert signed_by("kim", "lars") == ["kim signs a change to their own record"]
    assert signed_by() == []
    assert against(FIRST, new) == []
    assert against(FIRST, new, signers=frozenset({fingerprint("a stranger")})) == []
    assert records_changed(roster(FIRST), roster(new)) == {"kim"}


def test_a_custodian_may_sign_what_changes_others():
    new = without_key(SECOND, fingerprint("alice"), REVOKED)

    assert against(FIRST, new, signers=frozenset({fingerprint("kim"), fingerprint("lars")})) == []


def test_whoever_ignores_the_answer_is_stopped():
    refuse_no_successor(None, roster(FIRST))
    refuse_no_successor(roster(FIRST), roster(SECOND))

    with pytest.raises(Untrusted, match=r"^roster: person alice is gone; key"):
        refuse_no_successor(roster(FIRST), roster(changed(SECOND, lambda d: drop(d, "alice"))))


def _later(days):
    def change(document):
        document["version"] += 1
        document["created"] = f"2026-03-{days:02}T00:00:00Z"

    return change


def _with(who, **changes):
    def change(document):
        for each in document["people"]:
            if each["id"] == who:
                each.update(copy.deepcopy(changes))

    return change


def _extra(name, since):
    def change(document):
        if not any(each["id"] == name for each in document["people"]):
            fresh = {**holder(json.loads(FIRST), "alice"), "id": name, "aliases": [], "credentials": []}
            fresh |= {"uniquenessTag": fingerprint(name), "status": [{"since": since}]}
            document["people"].append(fresh)

    return change


def _machine_key(**changes):
    return lambda d: [key.update(changes) for each in d["services"] for key in each["credentials"]]


def _another_key(enrolled, by):
    def change(document):
        for each in document["services"]:
            if len(each["credentials"]) == 1:
                other = {
                    **each["credentials"][0],
                    "enrolled": enrolled,
                    "validFrom": enrolled,
                    "enrolledBy": by,
                }
                key = edwards("other").public
                other |= {
                    "fingerprint": key.fingerprint,
                    "spki": base64.b64encode(key.spki).decode(),
                    "state": "active",
                }
                other.pop("stateSince", None)
                each["credentials"].append(other)

    return change


CHANGES = st.sampled_from(
    [
        _later(1),
        _later(2),
        _with("alice", name="A"),
        _with("alice", aliases=["alice@example.org", "github:1"]),
        _with("alice", aliases=[]),
        _with("alice", roles=["custodian"]),
        _with("kim", roles=[]),
        _with("lars", roles=[]),
        _with("alice", uniquenessTag="ab" * 32),
        _with("alice", status=[{"since": "2026-01-05T09:00:00Z", "until": "2026-02-01T00:00:00Z"}]),
        _with("alice", status=[{"since": "2026-01-05T09:00:00Z", "until": "2026-02-02T00:00:00Z"}]),
        _with("alice", status=[{"since": "2026-01-05T09:00:00Z"}]),
        _extra("nora", "2026-03-01T00:00:00Z"),
        _extra("nora", "2026-03-02T00:00:00Z"),
        _machine_key(state="retired", stateSince="2026-02-01T00:00:00Z"),
        _machine_key(state="revoked", stateSince="2026-02-01T00:00:00Z"),
        _machine_key(state="revoked", stateSince="2026-02-02T00:00:00Z"),
        _machine_key(validTo="2029-01-01T00:00:00Z"),
        _another_key("2026-03-01T00:00:00Z", []),
        _another_key("2026-03-02T00:00:00Z", ["nora"]),
        lambda d: [each.update(attested="2026-02-01T00:00:00Z") for each in d["services"]],
        lambda d: [each.update(attested="2026-02-02T00:00:00Z") for each in d["services"]],
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CHANGES, max_size=3), st.lists(CHANGES, max_size=3))
def test_what_follows_a_successor_is_a_successor_too(first, then):
    """So a workstation that skipped a version is refused nothing it should follow."""

    def next_of(data, changes, days):
        return changed(data, lambda d: [change(d) for change in (_later(days), *changes)])

    middle = next_of(FIRST, first, 1)
    last = next_of(middle, then, 2)

    if not against(FIRST, middle) and not against(middle, last):
        assert against(FIRST, last) == []
