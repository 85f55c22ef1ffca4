"""The shell's world: the expensive part is made once, and each test gets its own copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from shell.journey import Journey, World, set_out, travelled
from shell.station import Station


@pytest.fixture(scope="session")
def world(holders_home: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a workstation that has released 1.0; never changed."""
    return set_out(tmp_path_factory.mktemp("shell"), holders_home)


@pytest.fixture(scope="session")
def journey(world: World, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Return the journey of 1.1; never changed."""
    return travelled(world, tmp_path_factory.mktemp("journey") / "home")


@pytest.fixture
def own(tmp_path: Path) -> Callable[[Station], Station]:
    """Return a way to get this test's own copy of a workstation."""
    return lambda station: station.copied_to(tmp_path / "own")


@pytest.fixture
def fresh(world: World, own: Callable[[Station], Station]) -> Station:
    """Return this test's own workstation, which has released 1.0."""
    return own(world.station)


@pytest.fixture
def admitted(journey: Journey, own: Callable[[Station], Station]) -> Station:
    """Return this test's own workstation, which has taken in the request for 1.1."""
    return own(journey.admitted)


@pytest.fixture
def released(journey: Journey, own: Callable[[Station], Station]) -> Station:
    """Return this test's own workstation, which has released 1.1."""
    return own(journey.released)
