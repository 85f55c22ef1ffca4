"""Worlds with a journal in them."""

from __future__ import annotations

import shutil

import pytest
from journal.journal_world import JournalWorld, LogWorld, commissioned


@pytest.fixture
def world(tmp_path):
    """Give a place for a journal opened in this process."""
    return LogWorld(directory=tmp_path)


@pytest.fixture(scope="session")
def commissioned_once(tmp_path_factory):
    """Make a journal through its writer; copy it before writing."""
    return commissioned(tmp_path_factory.mktemp("commissioned") / "journal")


@pytest.fixture
def station(commissioned_once, tmp_path):
    """Give a freshly commissioned journal behind its writer."""
    shutil.copytree(commissioned_once.directory, tmp_path / "journal")
    return JournalWorld(
        directory=tmp_path / "journal",
        seal_key=commissioned_once.seal_key,
        station_key=commissioned_once.station_key,
        fingerprint=commissioned_once.fingerprint,
        token=commissioned_once.token,
    )
