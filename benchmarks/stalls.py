"""How long the window stands still at worst: a token that hangs, a long intake, and reviews that arrive.

Offscreen, before a scripted desk. Between two turns of the event loop, the processor time of the
screen's own thread is taken: what other programs on the machine take has no part in it.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests" / "ui")]

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_answers import sample_reader, sample_review
from sample_desk import DeskThread, SampleDesk
from sample_release import PIN
from walks import to_opening, to_sign

from ui.hands import Hands
from ui.look import Look
from ui.start import Options, Screen, assemble
from ui.theme import ThemeName
from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import ChangeKind, FileChange, Member, MemberKind
from workstation.desk.face import AskReview

BUDGET_MS = 50
SECONDS = 3
REVIEWS = (1_000, 10_000, 50_000)


class Stalls(QObject):
    """Notes the most processor time between two turns of the event loop, in milliseconds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.worst = 0.0
        self._last = time.thread_time()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self._timer.start(0)

    def begin(self) -> None:
        """Forget what was before."""
        self._turn()
        self.worst = 0.0

    def _turn(self) -> None:
        now = time.thread_time()
        self.worst, self._last = max(self.worst, (now - self._last) * 1000), now


def main() -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    gc.disable()
    _say("a token that hangs, for 3 s", _worst(app, _hung))
    _say("an intake that takes 3 s", _worst(app, _intake))
    for count in REVIEWS:
        work = partial(_review, count)
        _say(f"a review of {count:,} changed files arrives", _worst(app, work))


def _worst(app: QApplication, work: Callable[[Screen, SampleDesk, Stalls], None]) -> float:
    desk = SampleDesk()
    line, look = DeskThread(desk), Look(app, ThemeName.LIGHT, 100)
    options = Options(
        fd=line.fd, screenshots=None, theme=ThemeName.LIGHT, percent=100, size=QSize(1280, 800), full=False
    )
    screen = assemble(app, look, options)
    screen.flow.pages.review.details.changes.dwell.set_patience(12)
    stalls = Stalls(screen.window)
    _hands(screen).settle()
    work(screen, desk, stalls)
    screen.window.close()
    screen.window.deleteLater()
    line.close()
    return stalls.worst


def _hung(screen: Screen, desk: SampleDesk, stalls: Stalls) -> None:
    hands = _hands(screen)
    to_sign(hands)
    hands.tab_to("sign.finding-1.check")
    hands.press("Space")
    hands.tab_to("sign.pin.edit")
    hands.type(PIN)
    desk.gate.clear()
    stalls.begin()
    hands.press("Alt+C")
    QTest.qWait(SECONDS * 1000)


def _intake(screen: Screen, desk: SampleDesk, stalls: Stalls) -> None:
    hands = _hands(screen)
    hands.press("Ctrl+2")
    hands.settle()
    desk.glimpses = [Glimpse(bytes_total=10_000_000_000)]
    desk.gate.clear()
    stalls.begin()
    hands.press("Alt+T")
    QTest.qWait(SECONDS * 1000)


def _review(count: int, screen: Screen, desk: SampleDesk, stalls: Stalls) -> None:
    page = sample_review()
    changes = tuple(_change(f"folder-{number % 97}/file-{number}.txt") for number in range(count))
    many = replace(page, diff=replace(page.diff, changes=changes), reader=sample_reader("alice"))
    desk.overrides[AskReview] = lambda _: many
    hands = _hands(screen)
    to_opening(hands)
    stalls.begin()
    hands.press("Alt+W")
    hands.wait_for_page("review")


def _change(path: str) -> FileChange:
    member = Member(path=path, kind=MemberKind.FILE, size=1, mode=0o644, digest="0" * 64)
    return FileChange(kind=ChangeKind.ADDED, new=member)


def _hands(screen: Screen) -> Hands:
    return Hands(screen.app, screen.window, screen.link, 120)


def _say(what: str, worst: float) -> None:
    print(f"{what:45} {worst:9.1f} ms at worst   {worst / BUDGET_MS:6.2f} of {BUDGET_MS} ms", flush=True)


if __name__ == "__main__":
    main()
