"""A window before a scripted desk, for as long as a context lasts: where several tests look at one."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_desk import DeskThread, SampleDesk

from ui.hands import Hands
from ui.look import Look
from ui.start import Options, Screen, assemble
from ui.theme import ThemeName


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A window, the desk it asks, and the hands at it."""

    screen: Screen
    desk: SampleDesk
    line: DeskThread
    hands: Hands


@contextmanager
def opened(application: QApplication, percent: int = 100) -> Generator[Opened]:
    """Open a window that has asked for the queue; close it at the end."""
    # Collected in the desk's thread, a widget would be destroyed there.
    gc.disable()
    desk, theme = SampleDesk(), ThemeName.LIGHT
    line = DeskThread(desk)
    options = Options(
        fd=line.fd, screenshots=None, theme=theme, percent=percent, size=QSize(1280, 800), full=False
    )
    screen = assemble(application, Look(application, theme, percent), options)
    screen.flow.pages.review.details.changes.dwell.set_patience(12)
    hands = Hands(application, screen.window, screen.link, 10)
    hands.settle()
    yield Opened(screen=screen, desk=desk, line=line, hands=hands)
    screen.window.close()
    screen.window.deleteLater()
    QTest.qWait(0)
    line.close()
    gc.enable()
