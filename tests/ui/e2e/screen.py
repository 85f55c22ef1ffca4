"""The real window on a real X server, before a scripted desk: for `drive.py` to press keys at.

It runs without its walls: assistive technology needs a bus, which the walls close.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[3])]

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from sample_desk import DeskThread, SampleDesk

from ui.collector import Collector
from ui.look import Look
from ui.start import Options, assemble
from ui.theme import ThemeName


def main() -> int:
    app = QApplication(["countersign"])
    Collector(app)
    line = DeskThread(SampleDesk())
    options = Options(
        fd=line.fd, screenshots=None, theme=ThemeName.LIGHT, percent=100, size=QSize(1280, 800), full=False
    )
    # Held until the end: Qt does not own the parts of a screen.
    screen = assemble(app, Look(app, options.theme, options.percent), options)
    status = app.exec()
    screen.window.deleteLater()
    line.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
