"""Custodians at the command line: in one sitting, or passing a proposal on; and what each is refused."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from roster.roster_world import changed, holder, key_of
from token_fixtures import SOFTHSM

from workstation import bootstrap
from workstation.console.main import main
from workstation.core.roster_document import parse_roster
from workstation.process.command import readable


@pytest.fixture
def policy(tmp_path):
    """Give a policy file."""
    return write_policy(tmp_path / "policy.json", 1, 2)


def write_policy(path, version, at_least):
    approvals = {
        "role": "approver", "atLeast": at_least, "distinctBy": "person", "notAnyOf": ["submitter", "builder"],
    }  # fmt: skip
    rule = {
        "id": "release",
        "match": {"purl": ["pkg:generic/demo"], "channel": ["stable"]},
        "approvals": approvals,
    }
    document = {
        "schema": "urn:countersign:policy:v1",
        "policyId": "demo",
        "version": version,
        "effectiveFrom": "2026-01-01T00:00:00Z",
        "defaultDecision": "refuse",
        "rules": [rule],
    }
    path.write_text(json.dumps(document))
    return path


def named(console, option, *names):
    return [part for name in names for part in (option, console.uri(name))]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Give a place for the trust root that `repository` makes once."""
    return tmp_path_factory.mktemp("made") / "trust"


@pytest.fixture
def repository(console, draft, policy, made_once, tmp_path):
    """Give a trust root of kim, lars and mona, made by kim and lars in one sitting."""
    if not made_once.exists():
        words = named(console, "--custodian", "kim", "lars", "mona")
        words += [*named(console, "--signer", "kim", "lars"), "--roster", draft, "--policy", policy]
        assert console.run("trust", "init", *words, "--out", made_once, cards=("kim", "lars")) == 0
    return shutil.copytree(made_once, tmp_path / "trust")


@pytest.fixture
def following(console, draft, tmp_path):
    """Give the draft of the next roster."""
    out = tmp_path / "next.json"
    assert console.run("roster", "next", draft, "--out", out) == 0
    return out


def sign(console, proposal, *names):
    return console.run("trust", "sign", proposal, *named(console, "--signer", *names), cards=names)


def fingerprint(path, name):
    return parse_roster(path.read_bytes()).people[name].credentials[0].key.fingerprint


def test_a_proposal_passed_from_card_to_card_becomes_the_next_trust_root(
    console, repository, following, tmp_path
):
    console.run(
        "roster", "retire", following, "--key", fingerprint(following, "alice"), "--reason", "new card"
    )
    policy = write_policy(tmp_path / "policy-2.json", 2, 1)
    stick, other = tmp_path / "stick", tmp_path / "carried"

    assert console.run(
        "trust", "propose", repository, "--roster", following, "--policy", policy, "--out", stick
    ) == 0  # fmt: skip
    assert not console.said["complete"]
    assert sign(console, stick, "kim") == 0
    assert (len(console.said["signedBy"]), console.said["complete"]) == (1, False)
    shutil.copytree(stick, other)
    assert sign(console, other, "mona") == 0
    assert (len(console.said["signedBy"]), console.said["complete"]) == (2, True)

    assert [found["kind"] for found in console.said["roster"]] == ["retired"]
    assert {"field": "rules[release].approvals.atLeast", "old": "2", "new": "1"} in console.said["policy"]
    assert "RETIRED credential of alice" in console.told
    assert "LOOSER: approvals.atLeast 2 → 1" in console.told
    assert "signed by Kim, key " in console.told
    assert console.run("trust", "complete", other, "--out", repository) == 0
    assert console.run("trust", "show", repository) == 0
    assert (console.said["roster"]["version"], console.said["policy"]["version"]) == (2, 2)


def test_several_custodians_sign_in_one_sitting(console, repository, following, tmp_path):
    stick = tmp_path / "stick"
    console.run("trust", "propose", repository, "--roster", following, "--out", stick)

    assert sign(console, stick, "lars", "mona") == 0

    assert console.said["complete"]


def test_a_proposal_is_shown_and_signed_by_nobody_without_a_card(console, repository, following, tmp_path):
    stick = tmp_path / "stick"
    console.run("trust", "propose", repository, "--roster", following, "--out", stick)

    assert console.run("trust", "sign", stick) == 0
    assert console.said["signedBy"] == []
    assert console.run("trust", "show", stick) == 0
    assert "roster version 1 → 2" in console.told


def test_a_custodian_sees_what_a_change_forgets_and_is_refused_before_the_pin(
    console, repository, following, tmp_path
):
    stick = tmp_path / "stick"
    console.run("trust", "propose", repository, "--roster", following, "--out", stick)
    forgetful = changed(following.read_bytes(), lambda d: d["people"].remove(holder(d, "alice")))
    (stick / "roster.json").write_bytes(forgetful)
    before = (stick / "proposal.json").read_bytes()

    assert console.run("trust", "sign", stick, *named(console, "--signer", "kim")) == 1

    assert {found["rule"] for found in console.said["violations"]} == {"ROSTER-SUCCESSION"}
    assert "REMOVED person of alice" in console.told
    assert "person alice is gone" in console.told
    assert (stick / "proposal.json").read_bytes() == before


def test_what_forgets_is_not_even_proposed_or_updated(console, repository, following, tmp_path):
    following.write_bytes(
        changed(following.read_bytes(), lambda d: holder(d, "alice")["credentials"].clear())
    )

    words = ("--roster", following)
    assert console.run("trust", "propose", repository, *words, "--out", tmp_path / "stick") == 1
    signers = named(console, "--signer", "kim", "lars")
    assert console.run("trust", "update", repository, *words, *signers) == 1

    assert not (tmp_path / "stick").exists()
    assert console.run("trust", "show", repository) == 0
    assert console.said["roster"]["version"] == 1


def test_a_custodian_signs_no_change_to_their_own_record(console, repository, following, tmp_path):
    stick, signers = tmp_path / "stick", named(console, "--signer", "kim", "lars")
    console.run("roster", "retire", following, "--key", fingerprint(following, "kim"), "--reason", "lost")
    assert console.run("trust", "propose", repository, "--roster", following, "--out", stick) == 0

    assert console.run("trust", "sign", stick, *named(console, "--signer", "kim")) == 1
    assert "kim signs a change to their own record" in console.told
    assert console.run("trust", "update", repository, "--roster", following, *signers) == 1
    assert "kim signs a change to their own record" in console.told

    assert sign(console, stick, "lars", "mona") == 0
    assert console.said["complete"]


def test_somebody_elses_card_and_a_wrong_pin_sign_nothing(console, repository, following, tmp_path):
    stick = tmp_path / "stick"
    console.run("trust", "propose", repository, "--roster", following, "--out", stick)
    before = (stick / "proposal.json").read_bytes()

    assert sign(console, stick, "alice") == 4
    assert console.run("trust", "sign", stick, *named(console, "--signer", "kim"), cards=("lars",)) == 5

    assert (stick / "proposal.json").read_bytes() == before


ROTATIONS = {
    "one custodian": ((), ("kim", "lars", "dave"), ("kim", "lars")),
    "the threshold": (("--threshold", "3"), (), ("kim", "lars", "mona")),
    "all custodians": ((), ("dave", "erin", "carol"), ("kim", "lars", "dave", "erin")),
}


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_custodians_rotate(console, repository, tmp_path, rotation):
    words, after, signers = ROTATIONS[rotation]
    stick, root = tmp_path / "stick", repository / "root.json"
    pinned = root.read_bytes()

    asked = (*words, *named(console, "--custodian", *after))
    assert console.run("trust", "propose", repository, *asked, "--out", stick) == 0
    for signer in signers:
        assert not console.said["complete"]
        assert sign(console, stick, signer) == 0
    assert console.said["complete"]
    assert console.run("trust", "complete", stick, "--out", repository) == 0

    assert root.read_bytes() == pinned
    assert console.run("trust", "show", repository, "--root", root) == 0
    assert console.said["root"] == 2


def test_a_first_trust_root_is_made_by_carrying_too(console, draft, policy, tmp_path):
    stick, out = tmp_path / "stick", tmp_path / "trust"
    words = ("--roster", draft, "--policy", policy, "--out", stick)

    assert console.run("trust", "propose", *words, *named(console, "--custodian", "kim", "lars")) == 0
    for name in ("kim", "lars"):
        assert console.run("trust", "complete", stick, "--out", out) == 4
        assert sign(console, stick, name) == 0
    assert console.run("trust", "complete", stick, "--out", out) == 0

    assert console.run("trust", "show", out) == 0


def test_a_first_trust_root_wants_documents_and_keys_enrolled_by_two(console, draft, policy, tmp_path):
    custodians = named(console, "--custodian", "kim", "lars")
    out = ("--out", tmp_path / "stick")

    assert console.run("trust", "propose", "--roster", draft, *custodians, *out) == 2
    assert console.run("trust", "propose", "--roster", draft, "--policy", policy, *out) == 3
    draft.write_bytes(changed(draft.read_bytes(), lambda d: key_of(d, "alice").update(enrolledBy=["kim"])))
    assert console.run("trust", "propose", "--roster", draft, "--policy", policy, *custodians, *out) == 1
    words = [*custodians, *named(console, "--signer", "kim", "lars"), "--out", tmp_path / "trust"]
    assert console.run("trust", "init", "--roster", draft, "--policy", policy, *words) == 1

    assert "was enrolled by 1 people, 2 wanted" in console.told
    assert not (tmp_path / "trust").exists()


def test_a_proposal_that_has_expired_on_the_way_is_signed_by_nobody(
    console, repository, following, tmp_path, monkeypatch
):
    stick = tmp_path / "stick"
    console.run("trust", "propose", repository, "--roster", following, "--out", stick, "--good-for", "1")
    late = bootstrap.current_time() + timedelta(days=2)
    monkeypatch.setattr(bootstrap, "current_time", lambda: late)

    assert console.run("trust", "sign", stick, *named(console, "--signer", "kim")) == 1

    assert [found["rule"] for found in console.said["violations"]] == ["TRUST-EXPIRED"]


@pytest.fixture
def station(console, tmp_path, monkeypatch):
    """Give a commissioned workstation: a function that runs a command there."""
    monkeypatch.setenv("COUNTERSIGN_STATE", str(tmp_path / "state"))

    def run(*words):
        console.capsys.readouterr()
        with readable(b"correct horse battery staple\n") as secret:
            options = ("--json", "--module", SOFTHSM, "--passphrase-fd", secret)
            status = main([str(word) for word in (*options, *words)])
        out = console.capsys.readouterr()
        console.said, console.told = json.loads(out.out), out.err
        return status

    words = ("--origin", "ws.example.org/journal", "--outgoing", tmp_path / "out")
    assert run("commission", *words, "--seal-out", tmp_path / "K0") == 0
    return run


def test_a_workstation_follows_completed_proposals_and_nothing_older(
    console, station, repository, following, tmp_path
):
    stick = tmp_path / "stick"
    assert station("trust", "apply", repository) == 2
    assert station("trust", "apply", repository, "--root", repository / "root.json") == 0
    console.run("trust", "propose", repository, "--roster", following, "--out", stick)
    sign(console, stick, "kim")

    assert station("trust", "apply", stick) == 4
    sign(console, stick, "mona")
    assert station("trust", "apply", stick) == 0
    assert station("trust", "apply", repository) == 1
    assert {found["rule"] for found in console.said["violations"]} >= {"TRUST-ROLLBACK", "ROSTER-SUCCESSION"}
    assert station("roster", "show") == 0
    assert console.said["version"] == 2


def test_a_workstation_refuses_a_roster_two_custodians_rewrote_by_other_means(
    console, station, repository, draft, monkeypatch
):
    """With tools that do not ask, custodians can sign what no custodian of ours would; it stops here."""
    assert station("trust", "apply", repository, "--root", repository / "root.json") == 0
    rewritten = draft.with_name("rewritten.json")
    rewritten.write_bytes(
        changed(draft.read_bytes(), lambda d: (d["people"].remove(holder(d, "alice")), d.update(version=2)))
    )
    with monkeypatch.context() as careless:
        careless.setattr("workstation.trust.change.successor_violations", lambda *_, **__: ())
        careless.setattr("workstation.trust.proposing.refuse_no_successor", lambda *_, **__: None)
        careless.setattr("workstation.trust.repository.refuse_no_successor", lambda *_, **__: None)
        signers = named(console, "--signer", "kim", "lars")
        words = ("--roster", rewritten, *signers)
        assert console.run("trust", "update", repository, *words, cards=("kim", "lars")) == 0

    assert station("trust", "apply", repository) == 1

    assert {found["rule"] for found in console.said["violations"]} == {"ROSTER-SUCCESSION"}
    assert "person alice is gone" in console.told


def careless_update(console, monkeypatch, repository, roster, *signers):
    """Have custodians sign the next roster with tools that do not ask."""
    with monkeypatch.context() as careless:
        careless.setattr("workstation.trust.change.successor_violations", lambda *_, **__: ())
        careless.setattr("workstation.trust.repository.refuse_no_successor", lambda *_, **__: None)
        words = ("--roster", roster, *named(console, "--signer", *signers))
        assert console.run("trust", "update", repository, *words, cards=signers) == 0


def test_a_workstation_that_skipped_versions_still_sees_who_changed_their_own_record(
    console, station, repository, following, monkeypatch
):
    """Kim signs a change to their own record; then others sign a version in which nothing happens."""
    assert station("trust", "apply", repository, "--root", repository / "root.json") == 0
    following.write_bytes(changed(following.read_bytes(), lambda d: holder(d, "kim").update(name="Kimberly")))
    careless_update(console, monkeypatch, repository, following, "kim", "lars")
    last = following.with_name("last.json")
    assert console.run("roster", "next", following, "--out", last) == 0
    update = ("--roster", last, *named(console, "--signer", "lars", "mona"))
    assert console.run("trust", "update", repository, *update, cards=("lars", "mona")) == 0

    assert station("trust", "apply", repository) == 1

    assert [found["detail"] for found in console.said["violations"]] == [
        "kim signs a change to their own record"
    ]


def test_a_workstation_that_skipped_versions_wants_each_of_them(
    console, station, repository, following, tmp_path
):
    assert station("trust", "apply", repository, "--root", repository / "root.json") == 0
    last = tmp_path / "last.json"
    assert console.run("roster", "next", following, "--out", last) == 0
    for roster in (following, last):
        update = ("--roster", roster, *named(console, "--signer", "lars", "mona"))
        assert console.run("trust", "update", repository, *update, cards=("lars", "mona")) == 0
    skipped = repository / "metadata" / "2.targets.json"
    kept = skipped.read_bytes()
    skipped.unlink()

    assert station("trust", "apply", repository) == 1
    (found,) = console.said["violations"]
    assert found["detail"] == "targets version 2 not found, every version wanted: each was signed by others"

    skipped.write_bytes(kept)
    assert station("trust", "apply", repository) == 0


def test_the_next_roster_is_delivered_in_one_sitting(console, repository, following):
    signers = named(console, "--signer", "kim", "mona")

    assert (
        console.run("trust", "update", repository, "--roster", following, *signers, cards=("kim", "mona"))
        == 0
    )

    assert console.run("trust", "show", repository) == 0
    assert console.said["roster"]["version"] == 2


def test_a_custodian_to_come_is_named_by_a_key_in_a_file_too(console, repository, cards, tmp_path):
    key, stick = tmp_path / "dave.spki", tmp_path / "stick"
    key.write_bytes(cards.spki("dave"))
    asked = (*named(console, "--custodian", "kim", "lars"), "--custodian", key)

    assert console.run("trust", "propose", repository, *asked, "--out", stick) == 0
    assert sign(console, stick, "kim", "lars") == 0
    assert console.said["complete"]

    assert console.run("trust", "propose", stick, "--threshold", "3", "--out", tmp_path / "next") == 0
    assert sign(console, tmp_path / "next", "kim", "lars", "dave") == 0
    assert console.said["complete"]


def test_what_cannot_be_read_or_written_is_said(console, draft, tmp_path):
    assert console.run("roster", "show", tmp_path / "nothing.json") == 3
    assert console.said["error"]["where"] == str(tmp_path / "nothing.json")
    assert console.run("roster", "next", draft, "--out", tmp_path / "no" / "where.json") == 3
    assert "cannot be written" in console.said["error"]["detail"]


def test_a_workstation_that_follows_nothing_says_so(console, station):
    assert station("trust", "show") == 1
    assert console.said == {"trust": None}
    assert station("roster", "show") == 3
