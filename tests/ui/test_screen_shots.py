"""Every screen in every palette looks exactly as it did, pixel by pixel as in tests/ui/pictures, and whole.

`make shots` makes the kept pictures anew. What differs is left in build/shots for a look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cut_text import cut_off
from gallery import GALLERY
from opened import Opened, opened
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.theme import ThemeName

KEPT = Path(__file__).parent / "pictures"
DIFFERENT = Path(__file__).parents[2] / "build" / "shots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A window at one of the places of the gallery."""

    name: str
    at: Opened


@pytest.fixture(scope="module", params=GALLERY)
def place(request: pytest.FixtureRequest, application: QApplication) -> Iterator[Place]:
    """Yield the window at each place: getting there is what takes the time."""
    with opened(application) as at:
        GALLERY[request.param](at.hands, at.line)
        at.hands.settle()
        yield Place(name=request.param, at=at)


def test_a_screen_looks_as_it_did_in_every_palette(place: Place) -> None:
    different = [theme.value for theme in ThemeName if not _as_kept(place, theme)]

    assert different == []


def test_no_text_is_cut_off_also_not_at_one_and_a_half_times_its_size(place: Place) -> None:
    window, look = place.at.screen.window, place.at.screen.look
    usual = cut_off(window)

    for _ in range(5):
        look.larger()
    QTest.qWait(30)
    larger = cut_off(window)

    assert look.percent == 150
    assert (usual, larger) == ([], [])


def test_no_kept_picture_is_of_nothing() -> None:
    names = {path.stem for path in KEPT.glob("*.png")}

    assert names == {f"{name}-{theme.value}" for name in GALLERY for theme in ThemeName}


def _as_kept(place: Place, theme: ThemeName) -> bool:
    """Compare the window in the palette in force, then go to the next palette."""
    QTest.qWait(20)
    screen, name = place.at.screen, f"{place.name}-{theme.value}"
    taken = screen.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    kept = QImage(str(KEPT / f"{name}.png")).convertToFormat(QImage.Format.Format_RGB32)
    screen.look.next_theme()
    if taken == kept:
        return True
    DIFFERENT.mkdir(parents=True, exist_ok=True)
    taken.save(str(DIFFERENT / f"{name}.png"))
    return False
