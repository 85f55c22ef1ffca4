"""The semantic diff: everything that reads differently has a line, and nothing else has."""

from __future__ import annotations

import pytest
from core.keys import edwards
from roster.attesting_maker import maker
from roster.roster_world import (
    DAY,
    FIRST,
    LATER,
    changed,
    enrolment,
    holder,
    key_of,
    person,
    roster,
    second_roster,
)

from workstation.core.document_diff import field_changes
from workstation.core.errors import Malformed
from workstation.core.roster import State, Use
from workstation.core.roster_diff import Kind, roster_changes
from workstation.core.roster_draft import with_attestation_roots, with_credential, with_service
from workstation.core.roster_leaving import Leaving, without_key, without_person

SECOND = second_roster()


def changes(new, old=FIRST):
    """Return what changed as (kind, what, holder)."""
    found = roster_changes(roster(old), roster(new))
    return [(change.kind.value, change.what, change.holder) for change in found]


def test_another_version_of_the_same_people_is_no_change():
    assert changes(SECOND) == []


def test_a_first_roster_is_added_whole():
    found = roster_changes(None, roster(FIRST))

    assert {change.kind for change in found} == {Kind.ADDED}
    assert [change.what for change in found].count("person") == 5
    assert [change.what for change in found].count("service") == 1
    assert [change.what for change in found].count("credential") == 6


CHANGES = {
    "a maker of tokens": (
        lambda: with_attestation_roots(SECOND, (maker().der,), now=LATER),
        [("added", "attestation root", "makers of tokens")],
    ),
    "a person": (lambda: person(SECOND, "nora", at=LATER), [("added", "person", "nora")]),
    "a machine": (
        lambda: with_service(
            SECOND, service="ci-8", name="8", builder_ids=[], controllers=["kim"], now=LATER
        ),
        [("added", "service", "ci-8")],
    ),
    "a key": (
        lambda: with_credential(SECOND, "alice", enrolment("new", "alice", at=LATER)),
        [("added", "credential", "alice")],
    ),
    "a key that retires": (
        lambda: without_key(SECOND, edwards("alice").public.fingerprint, leaving(State.RETIRED)),
        [("retired", "credential", "alice")],
    ),
    "a key that is revoked": (
        lambda: without_key(SECOND, edwards("alice").public.fingerprint, leaving(State.REVOKED)),
        [("revoked", "credential", "alice")],
    ),
    "a person who leaves": (
        lambda: without_person(SECOND, "alice", leaving(State.RETIRED)),
        [("retired", "status", "alice"), ("retired", "credential", "alice")],
    ),
}


def leaving(state):
    return Leaving(state=state, since=LATER, reason="because")


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_draft_did_is_what_the_diff_says(what):
    draft, expected = CHANGES[what]

    assert changes(draft()) == expected


def _set(who, **fields):
    return lambda d: holder(d, who).update(fields)


FIELDS = {
    "name": (_set("alice", name="Alicia"), [("changed", "name", "alice")]),
    "role": (
        _set("alice", roles=["auditor"]), [("added", "role", "alice"), ("removed", "role", "alice")],
    ),
    "alias": (_set("alice", aliases=[]), [("removed", "alias", "alice")]),
    "group": (_set("alice", conflictGroups=["a"]), [("added", "conflict group", "alice")]),
    "tag": (_set("alice", uniquenessTag="ab" * 32), [("changed", "uniqueness tag", "alice")]),
    "status": (
        _set("alice", status=[{"since": "2026-01-04T09:00:00Z"}]), [("changed", "status", "alice")],
    ),
    "service name": (_set("ci-7", name="Seven"), [("changed", "name", "ci-7")]),
    "controller": (
        _set("ci-7", controllers=["kim"]),
        [("added", "controller", "ci-7"), ("removed", "controller", "ci-7")],
    ),
    "former controller": (
        _set("ci-7", formerControllers=[{"person": "kim", "until": "2026-01-04T09:00:00Z"}]),
        [("added", "former controller", "ci-7")],
    ),
    "builder id": (_set("ci-7", builderIds=[]), [("removed", "builder id", "ci-7")]),
    "attested": (_set("ci-7", attested="2026-02-01T00:00:00Z"), [("changed", "controllers", "ci-7")]),
    "key's end": (
        lambda d: key_of(d, "alice").update(validTo="2029-01-01T00:00:00Z"),
        [("changed", "credential", "alice")],
    ),
    "key's token": (
        lambda d: key_of(d, "alice").update(tokenSerial="other"), [("changed", "credential", "alice")],
    ),
    "key's proof": (lambda d: key_of(d, "bob").pop("proof"), [("changed", "credential", "bob")]),
    "person gone": (
        lambda d: d["people"].remove(holder(d, "alice")),
        [("removed", "person", "alice"), ("removed", "credential", "alice")],
    ),
    "service gone": (
        lambda d: d["services"].clear(), [("removed", "service", "ci-7"), ("removed", "credential", "ci-7")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_that_differs_has_a_line(field):
    change, expected = FIELDS[field]

    assert changes(changed(SECOND, change)) == expected


def test_a_key_that_changed_hands_is_told_by_both_names():
    def move(document):
        holder(document, "bob")["credentials"].append(holder(document, "ci-7")["credentials"].pop())

    (found,) = roster_changes(roster(FIRST), roster(changed(SECOND, move)))

    assert (found.holder, found.detail) == ("ci-7", f"{edwards('ci-7').public.fingerprint} → bob")


def test_a_line_says_what_became_of_whose_what():
    new = with_credential(SECOND, "alice", enrolment("new", "alice", Use.RECEIPT, at=LATER + DAY))

    (found,) = roster_changes(roster(FIRST), roster(new))

    assert str(found) == (
        f"ADDED credential of alice: key {edwards('new').public.fingerprint} for receipt,"
        " 2026-02-05T09:00:00Z to 2028-01-06T09:00:00Z, in token token-new, proved,"
        " enrolled 2026-02-05T09:00:00Z by kim, lars"
    )
    assert found.to_json()["kind"] == "added"


def test_a_document_is_compared_field_by_field_and_its_items_by_their_ids():
    old = b'{"a":1,"rules":[{"id":"x","n":2},{"id":"y","n":3}],"list":["p"],"same":{}}'
    new = (
        b'{"rules":[{"id":"y","n":3},{"id":"x","n":1}],"list":["p","q"],"same":{},"deep":{"b":[{"c":null}]}}'
    )

    found = [str(change) for change in field_changes(old, new, where="policy.json")]

    assert found == [
        "a: 1 → nothing",
        "deep.b[0].c: nothing → null",
        'list: ["p"] → ["p","q"]',
        "rules[x].n: 2 → 1",
    ]
    assert field_changes(None, b'{"a":"\\u202e"}', where="policy.json")[0].new == '"\\u202e"'
    with pytest.raises(Malformed):
        field_changes(None, b"[]", where="policy.json")
