"""A repository made once, and a directory to make others in."""

from __future__ import annotations

import pytest
from trust.trust_world import World


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Give a verified repository by value; nobody writes to its directory."""
    return World(directory=tmp_path_factory.mktemp("trust") / "repository").make()


@pytest.fixture
def world(tmp_path):
    """Give a place for a repository, and what to make it with."""
    return World(directory=tmp_path / "repository")
