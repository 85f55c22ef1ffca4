"""Take pictures of every screen; `make shots` does. Run it with --help for what can be chosen."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from gallery import GALLERY
from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_desk import DeskThread, SampleDesk

from ui.hands import Hands
from ui.language import Language, speak
from ui.look import Look
from ui.start import Options, assemble
from ui.theme import ThemeName


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--theme", nargs="*", type=ThemeName, default=list(ThemeName))
    parser.add_argument("--only", nargs="*", default=list(GALLERY))
    parser.add_argument("--percent", type=int, default=100)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--language", type=Language, default=Language.ENGLISH)
    found = parser.parse_args()
    speak(found.language)
    found.directory.mkdir(parents=True, exist_ok=True)
    app = QApplication(["shots"])
    width, height = map(int, found.size.split("x"))
    for name in found.only:
        take(app, name, found.theme, percent=found.percent, size=QSize(width, height), folder=found.directory)


def take(
    app: QApplication, name: str, themes: list[ThemeName], *, percent: int, size: QSize, folder: Path
) -> None:
    """Go to a screen once, and take its picture in each palette."""
    line = DeskThread(SampleDesk())
    light = ThemeName.LIGHT
    options = Options(fd=line.fd, screenshots=None, theme=light, percent=percent, size=size, full=False)
    look = Look(app, light, percent)
    screen = assemble(app, look, options)
    screen.flow.pages.review.details.changes.dwell.set_patience(12)
    hands = Hands(app, screen.window, screen.link, 60)
    hands.settle()
    GALLERY[name](hands, line)
    hands.settle()
    for _ in ThemeName:
        QTest.qWait(20)
        if look.theme.name in themes:
            screen.window.grab().save(str(folder / f"{name}-{look.theme.name.value}.png"))
        look.next_theme()
    screen.window.close()
    screen.window.deleteLater()
    QTest.qWait(0)
    line.close()


if __name__ == "__main__":
    main()
