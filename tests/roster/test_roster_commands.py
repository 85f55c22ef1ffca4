"""The roster at the command line, with cards."""

from __future__ import annotations

from base64 import b64encode

import pytest
from core.keys import edwards
from roster.roster_world import changed, holder, key_of

from workstation.core.roster import State
from workstation.core.roster_document import parse_roster

SECRET = b"sixteen bytes and a few more"


def read(path):
    return parse_roster(path.read_bytes())


def test_a_cards_key_is_enrolled_with_its_own_agreement(draft, cards):
    alice = read(draft).people["alice"].credentials[0]

    assert alice.key.spki == cards.spki("alice")
    assert alice.enrolled_by == ("kim", "lars")
    assert len(alice.proof.challenge) == 32
    assert alice.token_serial


def test_no_two_enrolments_have_the_same_challenge(draft):
    people = read(draft).people.values()
    challenges = [credential.proof.challenge for person in people for credential in person.credentials]

    assert len(set(challenges)) == len(challenges) == 4


@pytest.mark.parametrize("by", [(), ("kim",), ("kim", "kim"), ("alice", "kim"), ("kim", "zoe")])
def test_enrollers_who_are_too_few_or_nobody_else_are_refused(draft, console, by):
    before = draft.read_bytes()

    assert console.enrol(draft, "alice", "carol", "countersign", by=by) == 3

    assert console.said["error"]["where"] == "enrolled by"
    assert draft.read_bytes() == before


def test_a_card_that_is_not_unlocked_is_not_enrolled(draft, console):
    before = draft.read_bytes()

    assert console.enrol(draft, "alice", "carol", "countersign", by=("kim", "lars"), pins=("dave",)) == 5

    assert console.said["error"]["kind"] == "pin_incorrect"
    assert draft.read_bytes() == before


def test_a_card_is_enrolled_for_one_person_only(draft, console):
    assert console.enrol(draft, "kim", "alice", "countersign", by=("lars", "mona")) == 3

    assert "found twice" in console.said["error"]["detail"]


def test_a_persons_key_in_a_file_countersigns_nothing(draft, console, tmp_path):
    path = tmp_path / "key.spki"
    path.write_bytes(edwards("file").public.spki)
    words = ("roster", "enrol", draft, "--holder", "alice", "--key", path, "--by", "kim", "--by", "lars")

    assert console.run(*words, "--use", "countersign") == 3
    assert console.said["error"]["where"] == "proof of possession"
    assert console.run(*words, "--use", "request") == 0


def test_a_machine_is_enrolled_with_a_key_in_a_file(draft, console, tmp_path):
    path = tmp_path / "key.spki"
    path.write_bytes(edwards("station").public.spki)

    assert (
        console.run("roster", "add-service", draft, "--id", "ws-1", "--name", "W", "--controller", "kim") == 0
    )
    assert console.run("roster", "enrol", draft, "--holder", "ws-1", "--key", path, "--use", "station") == 0

    assert read(draft).services["ws-1"].credentials[0].proof is None


def test_a_weak_key_in_a_file_is_refused(draft, console, tmp_path):
    path = tmp_path / "key.spki"
    path.write_bytes(bytes.fromhex("302a300506032b6570032100") + bytes(32))

    assert console.run("roster", "enrol", draft, "--holder", "alice", "--key", path, "--use", "request") == 3

    assert "of small order" in console.said["error"]["detail"]


def add(console, path, name, **how):
    words = ("roster", "add-person", path, "--id", name, "--name", name, "--mark", "staff 4711")
    return console.run(*words, *how.pop("words", ()), **how)


def test_uniqueness_tags_are_made_with_the_rosters_secret(console, tmp_path):
    path, file = tmp_path / "roster.json", tmp_path / "secret"
    file.write_bytes(SECRET + b"\n")

    assert add(console, path, "kim", secret=SECRET) == 0
    assert add(console, path, "kimberly", words=("--secret-file", file)) == 3
    assert "uniqueness tag" in console.said["error"]["detail"]
    assert add(console, path, "lars", secret=b"another secret of sixteen") == 3
    assert add(console, path, "lars") == 3
    assert console.said["error"]["where"] == "roster secret"
    assert SECRET.hex() not in path.read_text()
    assert "4711" not in path.read_text()


def test_an_empty_secret_file_is_not_a_secret(console, tmp_path):
    (tmp_path / "secret").write_bytes(b"\n")

    assert add(console, tmp_path / "roster.json", "kim", words=("--secret-file", tmp_path / "secret")) == 2


def test_the_next_version_begins_beside_the_old(draft, console, tmp_path):
    out = tmp_path / "next.json"

    assert console.run("roster", "next", draft, "--out", out) == 0
    assert console.run("roster", "next", draft, "--out", out) == 3

    assert (read(out).version, read(out).people) == (2, read(draft).people)


def test_keys_and_people_leave_in_the_next_version(draft, console, tmp_path):
    out = tmp_path / "next.json"
    console.run("roster", "next", draft, "--out", out)
    key = read(draft).people["alice"].credentials[0].key.fingerprint

    assert console.run("roster", "retire", out, "--key", key, "--reason", "new card") == 0
    assert console.run(
        "roster", "revoke", out, "--person", "mona", "--since", "2026-01-01T00:00:00Z", "--reason", "gone"
    ) == 0  # fmt: skip
    assert console.run("roster", "retire", out, "--key", key, "--reason", "again") == 3
    assert (
        console.run("roster", "revoke", out, "--person", "mona", "--since", "yesterday", "--reason", "x") == 3
    )

    assert read(out).people["alice"].credentials[0].state is State.RETIRED
    assert read(out).people["mona"].credentials[0].state is State.REVOKED
    assert console.run("roster", "diff", draft, out) == 0
    assert [(found["kind"], found["what"], found["holder"]) for found in console.said["changes"]] == [
        ("retired", "status", "mona"),
        ("revoked", "credential", "mona"),
        ("retired", "credential", "alice"),
    ]


def test_a_diff_says_what_may_not_follow(draft, console, tmp_path):
    out = tmp_path / "other.json"
    out.write_bytes(changed(draft.read_bytes(), lambda d: holder(d, "alice")["credentials"].pop()))

    assert console.run("roster", "diff", draft, out) == 1

    assert {found["rule"] for found in console.said["violations"]} == {"ROSTER-SUCCESSION"}
    assert "REMOVED credential of alice" in console.told
    assert "one higher than 1 wanted" in console.told


def test_a_roster_is_shown_with_who_enrolled_what(draft, console):
    assert console.run("roster", "show", draft) == 0

    alice = console.said["people"][3]
    assert (alice["id"], alice["left"]) == ("alice", False)
    assert alice["credentials"][0]["proved"]
    assert "enrolled by kim, lars" in console.told


def test_a_roster_whose_proof_was_swapped_is_not_even_shown(draft, console):
    def swap(document):
        key_of(document, "alice")["proof"]["challenge"] = b64encode(bytes(32)).decode()

    draft.write_bytes(changed(draft.read_bytes(), swap))

    assert console.run("roster", "show", draft) == 4
    assert "the key did not sign to be enrolled for alice" in console.said["error"]["detail"]
