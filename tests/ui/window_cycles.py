"""Opening and closing the window again and again: what each leaves behind. `make windows` opens 2,000."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from PySide6.QtCore import QEvent, QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sample_desk import DeskThread, SampleDesk
from walks import to_opening

from ui.hands import Hands
from ui.look import Look
from ui.start import Options, assemble
from ui.theme import ThemeName

FULL = 2000
_WARM = 20


def main() -> None:
    """Open and close windows, FULL of them or as many as said; end with status 1 when anything grows."""
    full = int(sys.argv[1]) if sys.argv[1:] else FULL
    app = QApplication(["windows"])
    gc.disable()
    run(app, _WARM)
    before = standing(app)
    grown: dict[str, float] = {}
    for number in range(_WARM, full + 1, _WARM):
        run(app, _WARM)
        grown = growth(before, standing(app), number)
        if number % (5 * _WARM) == 0 or number == full:
            sys.stdout.write(f"{number} windows: {grown}\n")
            sys.stdout.flush()
    sys.exit(any(share > LIMITS[name] for name, share in grown.items()))


LIMITS = {"widgets": 0.0, "descriptors": 0.0, "kB": 40.0}
"""How much each window may leave behind on average: no widget, no descriptor, and what the heap splinters."""


def growth(before: dict[str, int], after: dict[str, int], windows: int) -> dict[str, float]:
    """Return how much more there is for each window that was opened and closed."""
    return {name: max(0, after[name] - before[name]) / windows for name in before}


def run(app: QApplication, times: int) -> None:
    """Open a window, go to a review with it, and close it; so many times."""
    look = Look(app, ThemeName.LIGHT, 100)
    for _ in range(times):
        _once(app, look)
    look.deleteLater()
    _let_go(app)


def standing(app: QApplication) -> dict[str, int]:
    """Return how many widgets, descriptors and kilobytes there are now."""
    _let_go(app)
    status = Path("/proc/self/status").read_text()
    return {
        "widgets": len(app.allWidgets()),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "kB": next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")),
    }


def _once(app: QApplication, look: Look) -> None:
    light, line = ThemeName.LIGHT, DeskThread(SampleDesk())
    options = Options(
        fd=line.fd, screenshots=None, theme=light, percent=100, size=QSize(1280, 800), full=False
    )
    screen = assemble(app, look, options)
    hands = Hands(app, screen.window, screen.link, 60)
    hands.settle()
    to_opening(hands)
    hands.press("Alt+W")
    hands.wait_for_page("review")
    screen.window.close()
    screen.window.deleteLater()
    line.close()


def _let_go(app: QApplication) -> None:
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTest.qWait(0)
    # What the collector set aside for good counts here: a process has one window otherwise.
    gc.unfreeze()
    gc.collect()


if __name__ == "__main__":
    main()
