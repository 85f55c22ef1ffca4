"""Every screen in every palette looks exactly as it did: compared pixel by pixel with tests/ui/pictures.

`make shots` makes the kept pictures anew. What differs is left in build/shots for a look.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from gallery import GALLERY
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from sample_desk import DeskThread

from ui.hands import Hands
from ui.start import Screen
from ui.theme import ThemeName

KEPT = Path(__file__).parent / "pictures"
DIFFERENT = Path(__file__).parents[2] / "build" / "shots"


@pytest.mark.parametrize("name", GALLERY)
def test_a_screen_looks_as_it_did_in_every_palette(
    screen: Screen, hands: Hands, line: DeskThread, name: str
) -> None:
    GALLERY[name](hands, line)
    hands.settle()

    different = [theme.value for theme in ThemeName if not _as_kept(screen, f"{name}-{theme.value}")]

    assert different == []


def test_no_kept_picture_is_of_nothing() -> None:
    names = {path.stem for path in KEPT.glob("*.png")}

    assert names == {f"{name}-{theme.value}" for name in GALLERY for theme in ThemeName}


def _as_kept(screen: Screen, name: str) -> bool:
    """Compare the window in the palette in force, then go to the next palette."""
    QTest.qWait(20)
    taken = screen.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    kept = QImage(str(KEPT / f"{name}.png")).convertToFormat(QImage.Format.Format_RGB32)
    screen.look.next_theme()
    if taken == kept:
        return True
    DIFFERENT.mkdir(parents=True, exist_ok=True)
    taken.save(str(DIFFERENT / f"{name}.png"))
    return False
