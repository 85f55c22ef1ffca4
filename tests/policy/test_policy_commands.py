"""`policy lint`, `show`, `diff` and `simulate`, as they are typed."""

from __future__ import annotations

import json

import pytest
from core.documents import policy_document
from policy.full_policy import full_policy
from policy.policy_station import PASSPHRASE, commission, follow, opened, passphrase, stop_the_clock
from policy.policy_world import policy_world

from workstation import bootstrap
from workstation.console.main import main
from workstation.core.entry import Kind


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Return a workstation that let dave sign, and refused ned, erin, mallory and a release."""
    world = policy_world()
    world.person("erin")["roles"] = ["auditor"]
    return commission(tmp_path_factory.mktemp("station"), world)


@pytest.fixture
def file(tmp_path):
    """Return a way to write a policy to a file."""

    def write(document, name="policy.json"):
        (tmp_path / name).write_text(json.dumps(document))
        return str(tmp_path / name)

    return write


@pytest.fixture(autouse=True)
def _then(monkeypatch):
    stop_the_clock(monkeypatch)


@pytest.fixture
def run(capsys):
    """Return a way to run a command: its status, its JSON document, its words."""

    def ran(*words):
        with passphrase() as number:
            status = main(["--json", "--passphrase-fd", number, *words])
        out, err = capsys.readouterr()
        return status, json.loads(out), err

    return ran


def changed(**changes):
    document = policy_document()
    document["version"] += 1
    document["rules"][0].update(changes)
    return document


def test_lint_describes_a_good_policy(run, file):
    status, document, words = run("policy", "lint", file(full_policy()))

    assert (status, document["id"], document["version"]) == (0, "example", 5)
    assert "2 approver, 1 security, 1 owner or security, 2 approver" in words


def test_lint_says_where_a_policy_is_wrong(run, file):
    status, document, _ = run("policy", "lint", file(changed(window={})))

    assert status == 3
    assert document["error"]["where"].endswith("policy.json.rules[0].window.zone")


def test_a_diff_says_looser_first_and_is_no_refusal(run, file, capsys):
    old, new = file(policy_document(), "old.json"), file(changed(coolingOffDays=8), "new.json")
    looser = policy_document()
    looser["rules"][0]["approvals"]["atLeast"] = 1

    status = main(["policy", "diff", old, file(looser, "looser.json")])
    lines = capsys.readouterr().out.splitlines()
    status_back, document, words = run("policy", "diff", old, new)

    assert (status, lines) == (0, ["LOOSER: approvals.atLeast 2 → 1 (rule firmware)"])
    assert (status_back, document["overall"]) == (0, "STRICTER")
    assert document["changes"] == [
        {"control": "coolingOffDays", "rule": "firmware", "old": "7 d", "new": "8 d", "direction": "STRICTER"}
    ]
    assert words == "STRICTER: coolingOffDays 7 d → 8 d (rule firmware)\n"


def test_a_diff_of_one_policy_with_itself_finds_nothing(run, file):
    one = file(policy_document())

    assert run("policy", "diff", one, one)[2] == "Both ask for the same.\n"


def test_a_file_is_shown_control_by_control(run, file):
    status, document, words = run("policy", "show", file(full_policy()))

    assert status == 0
    assert document["controls"] == {"policyChange": "2 custodian", "rosterChange": "3 custodian"}
    assert document["rules"][0]["controls"]["token.firmwareAtLeast"] == "5.4.3"
    assert "https://ci.example.org/builders/7 (ci-7) level 2, https://" in words
    assert "    freeze.breakGlass: 2 owner, reviewed within 24 h\n" in words


def test_without_a_file_the_policy_followed_here_is_shown(run, state):
    status, document, _ = run("--state", str(state), "policy", "show")

    assert (status, document["version"]) == (0, 5)


def test_where_no_policy_is_followed_there_is_none_to_show(run, tmp_path):
    status, document, _ = run("--state", str(tmp_path), "policy", "show")

    assert (status, document) == (1, {"policy": None})


def simulated(run, state, name):
    """Return what flips; mallory's card was never asked who it is, so nobody can judge it again."""
    status, document, words = run("--state", str(state), "policy", "simulate", "--policy", name)
    assert (status, document["decisions"]) == (0, 4)
    assert [one["why"] for one in document["notReplayed"]] == [
        "the journal does not know the key that was asked"
    ]
    return document["flips"], words


def test_the_policy_followed_changes_no_decision_and_that_it_was_tried_is_on_record(run, state, file):
    flips, words = simulated(run, state, file(policy_document()))

    with opened(state) as desk:
        read = [entry for entry in desk.parts.journal.entries() if entry.kind is Kind.JOURNAL_READ]
    assert read[-1].payload["purpose"] == "policy simulate"
    assert flips == []
    assert "4 decisions judged again" in words
    assert "none would be another" in words
    assert "could not be judged again: the journal does not know the key" in words


def test_a_stricter_policy_refuses_what_was_let(run, state, file):
    window = {"zone": "UTC", "days": ["sat"], "from": "08:00", "to": "18:00"}

    flips, words = simulated(run, state, file(changed(window=window)))

    assert [(one["who"], one["was"], one["rules"]) for one in flips] == [("Dave", "allowed", ["WINDOW"])]
    assert "countersign by Dave of request" in words
    assert "allowed → blocked, refused by WINDOW" in words


def test_a_looser_policy_lets_what_was_refused(run, state, file):
    document = changed()
    document["rules"][0]["approvals"]["alsoFrom"] = [{"role": "auditor", "atLeast": 1}]

    flips, words = simulated(run, state, file(document))

    assert [(one["who"], one["was"], one["rules"]) for one in flips] == [
        ("Erin", "blocked", ["APPROVER-ROLE"])
    ]
    assert "blocked → allowed, no longer refused by APPROVER-ROLE" in words


def test_each_decision_is_judged_by_the_roster_that_was_followed_then(run, tmp_path, file):
    world = policy_world()
    world.person("erin")["roles"] = ["auditor"]
    state = commission(tmp_path, world)
    world.roster["version"] += 1
    world.person("dave")["roles"] = []
    world.person("erin")["roles"] = ["approver"]
    follow(tmp_path, world)

    flips, words = simulated(run, state, file(policy_document()))

    assert flips == []
    assert "none would be another" in words


def test_before_any_trust_root_there_is_no_past_to_try_a_policy_on(run, tmp_path, file):
    config = bootstrap.Config(module=None, module_sha256=None, production=False, outgoing=tmp_path / "out")
    bootstrap.commission(tmp_path / "state", config, origin="ws/j", passphrase=bytearray(PASSPHRASE))

    status, document, _ = run(
        "--state", str(tmp_path / "state"), "policy", "simulate", "--policy", file(changed())
    )

    assert (status, document["decisions"], document["flips"]) == (0, 0, [])
