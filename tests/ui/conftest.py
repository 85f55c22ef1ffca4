"""One application for all tests of the screen; a warning of Qt's, or an exception in a slot, fails a test."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).parent))

import pytest
from PySide6.QtCore import QMessageLogContext, QSize, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_desk import DeskThread, SampleDesk

from ui.hands import Hands
from ui.look import Look
from ui.start import Options, Screen, assemble
from ui.theme import ThemeName

# The offscreen platform says this of every window with a smallest size.
HARMLESS = ("This plugin does not support propagateSizeHints()",)


@pytest.fixture(scope="session")
def application() -> QApplication:
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(["countersign-tests"])


@pytest.fixture(autouse=True)
def no_warning_of_qt(application: QApplication) -> Iterator[None]:
    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if message not in HARMLESS:
            said.append(f"{kind.name}: {message}")

    raised: list[BaseException] = []
    hook = sys.excepthook
    sys.excepthook = lambda _kind, error, _trace: raised.append(error)
    before = qInstallMessageHandler(hear)
    yield
    qInstallMessageHandler(before)
    sys.excepthook = hook
    assert said == []
    assert raised == []


@pytest.fixture
def desk() -> SampleDesk:
    return SampleDesk()


@pytest.fixture
def line(desk: SampleDesk) -> Iterator[DeskThread]:
    # Collected in the desk's thread, a widget would be destroyed there.
    gc.disable()
    thread = DeskThread(desk)
    yield thread
    thread.close()
    gc.enable()


@pytest.fixture
def start(application: QApplication, line: DeskThread) -> Iterator[Callable[[], Screen]]:
    screens: list[Screen] = []

    def begin() -> Screen:
        theme = ThemeName.LIGHT
        look = Look(application, theme, 100)
        options = Options(
            fd=line.fd, screenshots=None, theme=theme, percent=100, size=QSize(1280, 800), full=False
        )
        screen = assemble(application, look, options)
        # Tests of dwelling say otherwise; the others need not wait.
        screen.flow.pages.review.details.changes.dwell.set_patience(12)
        screens.append(screen)
        return screen

    yield begin
    for screen in screens:
        screen.window.close()
        screen.window.deleteLater()
    QTest.qWait(0)


@pytest.fixture
def screen(start: Callable[[], Screen]) -> Screen:
    begun = start()
    hands_of(begun).settle()
    return begun


@pytest.fixture
def hands(screen: Screen) -> Hands:
    return hands_of(screen)


def hands_of(screen: Screen) -> Hands:
    return Hands(screen.app, screen.window, screen.link, 10)
