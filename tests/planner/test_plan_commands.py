"""`request plan` and `why`, as people and programs ask them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from core.documents import BUILDER_ID, PRODUCT
from core.world import NOW

from workstation import clock
from workstation.bootstrap import CONFIG
from workstation.console.main import main
from workstation.core.public_key import parse_spki

AT = "2026-11-20T10:00:00Z"


@pytest.fixture(autouse=True)
def _at_ten(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def plan(*words, trigger="github:1001", channel="stable", product=PRODUCT):
    found = ["--json", "request", "plan", "--product", product, "--channel", channel]
    return main([*found, "--trigger", trigger, "--builder", BUILDER_ID, *words])


def why(station, *words, request=None, before=()):
    with station.passphrase() as descriptor:
        start = ["--json", *before, "--state", str(station.state), "--passphrase-fd", descriptor]
        return main([*start, "why", request or station.request[:12], *words])


def test_a_plan_needs_the_trust_root_and_nothing_else(repository, capsys):
    status = plan("--trust", str(repository), "--at", AT)

    said = capsys.readouterr()
    found = json.loads(said.out)
    assert status == 0
    assert found["possible"] is True
    assert [one["person"] for one in found["people"] if one["maySign"]] == ["alice", "carol", "dave", "erin"]
    assert found["needs"] == [{"role": "approver", "atLeast": 2, "possible": 4}]
    assert "✔ A quorum is possible." in said.err


def test_a_plan_without_a_quorum_says_no_and_what_would_help(repository, capsys):
    authors = [word for name in ("alice", "carol", "dave") for word in ("--also", name)]

    status = plan("--trust", str(repository), *authors, product=f"{PRODUCT}@2.4.0")

    said = capsys.readouterr()
    found = json.loads(said.out)
    assert status == 1
    assert found["possible"] is False
    assert ["let Alice (alice) start the build instead of github:1001"] in found["changes"]
    assert "■ No quorum can come together." in said.err
    assert "3 without a role that counts here" in said.err


def test_a_plan_can_be_verified_from_a_root_of_ones_own(repository, tmp_path, capsys):
    mine = tmp_path / "root.json"
    mine.write_bytes((repository / "root.json").read_bytes())

    assert plan("--trust", str(repository), "--root", str(mine)) == 0
    assert json.loads(capsys.readouterr().out)["possible"] is True


def test_a_plan_from_a_root_that_is_none_is_not_made(repository, tmp_path):
    other = tmp_path / "root.json"
    other.write_bytes(b"{}")

    assert plan("--trust", str(repository), "--root", str(other)) == 3
    assert plan("--trust", str(repository), "--root", str(tmp_path / "nowhere.json")) == 3


def test_a_plan_from_a_directory_without_a_root_wants_one_named(repository, tmp_path):
    rootless = tmp_path / "repository"
    shutil.copytree(repository, rootless)
    (rootless / "root.json").unlink()

    assert plan("--trust", str(rootless)) == 2


def test_a_plan_with_many_ways_out_says_that_there_are_more(repository, capsys):
    status = plan("--trust", str(repository), *(word for name in ("alice", "carol", "dave", "erin")
                                                for word in ("--also", name)))  # fmt: skip

    said = capsys.readouterr()
    assert status == 1
    assert json.loads(said.out)["complete"] is False
    assert "there may be other ways" in said.err


def test_a_plan_without_any_trust_root_says_which_option_is_missing(tmp_path, capsys):
    status = main(["--state", str(tmp_path), "request", "plan", "--product", PRODUCT, "--channel", "stable",
                   "--trigger", "bob", "--builder", BUILDER_ID])  # fmt: skip

    assert status == 2
    assert "--trust" in capsys.readouterr().err


def test_a_plan_can_be_made_at_the_workstation_from_what_it_follows(station, capsys):
    status = main(["--state", str(station.state), "request", "plan", "--product", PRODUCT, "--channel",
                   "stable", "--trigger", "bob", "--builder", BUILDER_ID])  # fmt: skip

    assert status == 0
    assert "Alice (alice)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status"), [(("--at", "tomorrow"), 3), (("--at", "2027-03-01T00:00:00Z"), 1)]
)
def test_a_plan_is_for_a_time(repository, words, status):
    assert plan("--trust", str(repository), *words) == status


def test_a_product_that_is_none_is_refused(repository):
    assert plan("--trust", str(repository), product="pump") == 3
    assert plan("--trust", str(repository), channel="not a channel") == 3


def test_why_says_that_nothing_blocks_everybody_and_who_may_sign(station, capsys):
    status = why(station)

    said = capsys.readouterr()
    found = json.loads(said.out)
    assert status == 0
    assert (found["verdict"], found["facts"]) == ("allowed", [])
    assert [one["person"] for one in found["people"] if one["maySign"]] == ["alice", "carol", "dave", "erin"]
    assert "✘ Ned (ned)" in said.err


def test_why_says_what_blocks_everybody(station, monkeypatch, capsys):
    monkeypatch.setattr(clock, "now", lambda: NOW.replace(day=28))

    status = why(station)

    found = json.loads(capsys.readouterr().out)
    assert status == 1
    assert [fact["rules"] for fact in found["facts"]] == [["REQUEST-EXPIRED"]]


def test_why_about_no_request_says_where_to_look(station, capsys):
    assert why(station, request="000000000000") == 3
    assert "see queue" in capsys.readouterr().err


def test_why_about_a_card_wants_a_card_reader(station, capsys):
    assert why(station, "--token", "pkcs11:token=alice") == 5
    assert "module_refused" in capsys.readouterr().err


def test_why_about_a_card_asks_it_no_pin(station, holders, tmp_path, monkeypatch, capsys):
    state = tmp_path / "state"
    shutil.copytree(station.state, state)
    config = json.loads((state / CONFIG).read_text())
    config["module"] = str(holders.module.path)
    (state / CONFIG).write_text(json.dumps(config))
    monkeypatch.setenv("SOFTHSM2_CONF", holders.environment["SOFTHSM2_CONF"])

    status = why(replace(station, state=state), "--token", "pkcs11:token=ned")

    (fact,) = json.loads(capsys.readouterr().out)["facts"]
    assert status == 1
    assert fact["rules"] == ["APPROVER-UNKNOWN"]
    assert parse_spki(holders.spki("ned"), where="ned").fingerprint in fact["evidence"][0]
