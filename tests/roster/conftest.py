"""Cards made once for all tests here that use the command line: no command of these changes a token."""

from __future__ import annotations

import json
import shutil

import pytest
from roster.console import Console
from token_fixtures import Holders

CUSTODIANS = {"kim": ("lars", "mona"), "lars": ("kim", "mona"), "mona": ("kim", "lars")}


@pytest.fixture(scope="session")
def cards(holders_home, tmp_path_factory):
    """Give a copy of every key holder's card."""
    home = tmp_path_factory.mktemp("roster-cards") / "key-holders"
    shutil.copytree(holders_home, home)
    configuration = home / "softhsm2.conf"
    configuration.write_text(configuration.read_text().replace(str(holders_home), str(home)))
    entries = json.loads((home / "holders.json").read_text())
    return Holders(home=home, entries={entry["holder"]: entry for entry in entries})


@pytest.fixture
def console(cards, monkeypatch, capsys):
    """Give the command line, with those cards in reach."""
    for name, value in cards.environment.items():
        monkeypatch.setenv(name, value)
    return Console(cards, capsys)


@pytest.fixture(scope="session")
def drafted_once(tmp_path_factory):
    """Give a place for the roster that `draft` makes once."""
    return tmp_path_factory.mktemp("drafted") / "roster.json"


@pytest.fixture
def draft(console, drafted_once, tmp_path):
    """Give a roster made at the command line: three custodians and an approver, all with their cards."""
    if not drafted_once.exists():
        path = tmp_path / "making.json"
        for name in CUSTODIANS:
            words = (
                "--id",
                name,
                "--name",
                name.capitalize(),
                "--role",
                "custodian",
                "--mark",
                f"staff {name}",
            )
            assert console.run("roster", "add-person", path, *words) == 0
        words = ("--id", "alice", "--name", "Alice", "--role", "approver", "--mark", "staff alice")
        assert console.run("roster", "add-person", path, *words) == 0
        for name, by in CUSTODIANS.items():
            assert console.enrol(path, name, name, "trust", by=by) == 0
        assert console.enrol(path, "alice", "alice", "countersign", cards=("kim", "lars")) == 0
        path.rename(drafted_once)
    return shutil.copyfile(drafted_once, tmp_path / "roster.json")
